"""aiohttp's server. Upgrade is looked at before Connection."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import PLAIN_TEXT, Mark, begins
from ws101.terms import Hop

_SOURCE = "observed: aiohttp 3.14.5"


def _text(name: str, says: Says, status: int, body: str, *headers: Mark) -> Signature:
    return Signature(
        f"aiohttp-{name}",
        "aiohttp",
        Hop.SERVER,
        says,
        _SOURCE,
        frozenset({status}),
        body,
        headers=(PLAIN_TEXT, *headers),
    )


_BROKEN = r"\A(?:Missing|Duplicate) 'Host' header|\ABad status line:|\AInvalid (?:method encountered|header token|header value):"

SIGNATURES = (
    _text("no-upgrade", Says.NO_UPGRADE, 400, begins("No WebSocket UPGRADE hdr: ")),
    _text("no-connection", Says.NO_CONNECTION, 400, begins("No CONNECTION upgrade hdr: ")),
    _text("version", Says.VERSION, 400, r"\AUnsupported version: .{0,20}\Z"),
    _text("no-key", Says.KEY_MISSING, 400, r"\AHandshake error: None\Z"),
    _text("key", Says.KEY_INVALID, 400, begins("Handshake error: '")),
    _text("too-large", Says.HEADER_TOO_LARGE, 400, r"\AGot more than \d+ bytes .*when reading"),
    _text("malformed", Says.MALFORMED, 400, _BROKEN),
    _text("401", Says.CREDENTIALS, 401, r"\A401: Unauthorized\Z"),
    _text("403", Says.FORBIDDEN, 403, r"\A403: Forbidden\Z"),
    _text("404", Says.NO_ROUTE, 404, r"\A404: Not Found\Z"),
    _text("405", Says.METHOD, 405, r"\A405: Method Not Allowed\Z"),
    _text("500", Says.ERROR, 500, r"\A500 Internal Server Error\s+Server got itself in trouble"),
)
