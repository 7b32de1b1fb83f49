"""uvicorn: what it answers itself, without the application or its WebSocket library.

Its 403 means that the application closed before accepting: no such route, a refused Origin, a refused token. Left out
is the 403 that it writes with wsproto: without reason, type and body, it could be anyone's.
"""

from ws101.signature import Says, Signature
from ws101.signatures.marks import NO_BODY, PLAIN_TEXT, whole
from ws101.terms import Hop

_SOURCE = "observed: uvicorn 0.54.0"

SIGNATURES = (
    Signature(
        "uvicorn-400",
        "uvicorn",
        Hop.SERVER,
        Says.MALFORMED,
        _SOURCE,
        frozenset({400}),
        whole("Invalid HTTP request received."),
    ),
    Signature(
        "uvicorn-403",
        "uvicorn",
        Hop.SERVER,
        Says.FORBIDDEN,
        _SOURCE,
        frozenset({403}),
        reason=r"\AForbidden\Z",
        headers=(PLAIN_TEXT, NO_BODY),
    ),
)
