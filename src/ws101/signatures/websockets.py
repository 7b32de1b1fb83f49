"""The Python library websockets, alone or inside uvicorn: each refusal names its reason.

Connection is looked at before Upgrade, so a complaint about Connection says nothing of Upgrade.
"""

from ws101.signature import Says, Signature
from ws101.terms import Hop

_SOURCE = "observed: websockets 17.4, alone and in uvicorn 0.54.0"
OPENING = r"Failed to open a WebSocket connection[:.]\s"
_INVALID = "(?:did not receive a valid HTTP request; )?"

REASONS: tuple[tuple[str, Says, str], ...] = (
    ("no-upgrade", Says.NO_UPGRADE, r"(?:missing|invalid) (?:Connection|Upgrade) header"),
    ("version", Says.VERSION, r"(?:missing|invalid) Sec-WebSocket-Version header"),
    ("no-key", Says.KEY_MISSING, r"missing Sec-WebSocket-Key header"),
    ("key", Says.KEY_INVALID, r"invalid Sec-WebSocket-Key header"),
    (
        "subprotocol",
        Says.SUBPROTOCOL,
        r"invalid Sec-WebSocket-Protocol header|(?:missing|invalid) subprotocol",
    ),
    ("extension", Says.EXTENSION, r"invalid Sec-WebSocket-Extensions header"),
    ("origin", Says.ORIGIN, r"(?:missing|invalid) Origin header"),
    ("http-version", Says.HTTP_VERSION, rf"{_INVALID}unsupported (?:HTTP version|protocol)"),
    ("method", Says.METHOD, rf"{_INVALID}unsupported HTTP method"),
    (
        "too-large",
        Says.HEADER_TOO_LARGE,
        rf"{_INVALID}(?:read \d+ bytes, expected no more|expected no more than \d+ headers|too many HTTP headers|line too long|Separator is found)",
    ),
    ("error", Says.ERROR, r"See server log for more information"),
)

SIGNATURES = tuple(
    Signature(
        f"websockets-{name}",
        "websockets",
        Hop.SERVER,
        says,
        _SOURCE,
        body=rf"\A{OPENING}(?:{reason})",
    )
    for name, says, reason in REASONS
)
