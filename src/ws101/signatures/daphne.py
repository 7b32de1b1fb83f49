"""Daphne, and the library Autobahn inside it (and inside Crossbar): the reason phrase says it all.

Upgrade is looked at first: without it a request never reaches these.
"""

from ws101.signature import Says, Signature
from ws101.terms import Hop

_SOURCE = "observed: daphne 4.2.3 with autobahn 26.10.2"


def _reason(name: str, software: str, says: Says, status: int, phrase: str) -> Signature:
    return Signature(
        f"{software}-{name}",
        software,
        Hop.SERVER,
        says,
        _SOURCE,
        frozenset({status}),
        reason=rf"\A{phrase}",
    )


SIGNATURES = (
    _reason(
        "no-connection",
        "autobahn",
        Says.NO_CONNECTION,
        400,
        "HTTP Connection header(?:s do not include| missing)",
    ),
    _reason("version", "autobahn", Says.VERSION, 400, r"WebSocket version \S* ?not supported"),
    _reason(
        "no-version",
        "autobahn",
        Says.VERSION,
        400,
        "WebSocket connection denied - Hixie76 protocol not supported",
    ),
    _reason("no-key", "autobahn", Says.KEY_MISSING, 400, "HTTP Sec-WebSocket-Key header missing"),
    _reason("key", "autobahn", Says.KEY_INVALID, 400, "bad Sec-WebSocket-Key"),
    _reason("no-host", "autobahn", Says.MALFORMED, 400, "HTTP Host header missing"),
    _reason("method", "autobahn", Says.METHOD, 405, 'HTTP method "'),
    _reason("403", "daphne", Says.FORBIDDEN, 403, r"Access denied\Z"),
    _reason("500", "daphne", Says.ERROR, 500, r"Internal server error\Z"),
)
