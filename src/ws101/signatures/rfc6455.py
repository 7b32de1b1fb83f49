"""What RFC 6455 itself makes plain, whoever wrote the answer."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import EMPTY
from ws101.terms import Hop

SIGNATURES = (
    # Section 4.4: the server lists the versions that it supports when it refuses the one that it was asked for.
    Signature(
        "rfc6455-version",
        "a websocket server",
        Hop.SERVER,
        Says.VERSION,
        "observed: wsproto 1.3.2 in uvicorn 0.54.0, Tomcat 10.1.60",
        frozenset({400, 426}),
        EMPTY,
        headers=(("sec-websocket-version", r"\A\d[\d, ]*\Z"),),
    ),
)
