"""Varnish: its error page. It passes no upgrade on unless it is told to pipe."""

from ws101.signature import Says, Signature
from ws101.terms import Hop


def _own(name: str, says: Says, status: int, words: str) -> Signature:
    body = rf"(?s)<h1>Error {words}.*<h3>Guru Meditation:</h3>.*Varnish cache server"
    return Signature(
        f"varnish-{name}", "varnish", Hop.PROXY, says, "observed: Varnish 7.1.1", frozenset({status}), body
    )


SIGNATURES = (
    _own("400", Says.MALFORMED, 400, "400 "),
    _own("403", Says.FORBIDDEN, 403, "403 "),
    _own("503", Says.UPSTREAM_DOWN, 503, "503 Backend fetch failed"),
)
