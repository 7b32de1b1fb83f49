"""Traefik: what it writes itself; its 404 is that of Go's own server, see `go`."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import Mark, whole
from ws101.terms import Hop


def _own(
    name: str, says: Says, status: int, body: str, *headers: Mark, absent: tuple[str, ...] = ()
) -> Signature:
    return Signature(
        name=f"traefik-{name}",
        software="traefik",
        hop=Hop.PROXY,
        says=says,
        source="observed: Traefik 3.7.15",
        statuses=frozenset({status}),
        body=whole(body),
        headers=headers,
        absent=absent,
    )


_UNTYPED = ("content-type", "server")
_REALM: Mark = ("www-authenticate", r'(?i)\Abasic realm="traefik"')

SIGNATURES = (
    _own("basic", Says.BASIC, 401, "401 Unauthorized\n", _REALM),
    _own("403", Says.FORBIDDEN, 403, "Forbidden", absent=_UNTYPED),
    _own("429", Says.RATE, 429, "Too Many Requests", ("x-retry-in", r"\d")),
    _own("500", Says.UPSTREAM_DOWN, 500, "Internal Server Error", absent=_UNTYPED),
    _own("502", Says.UPSTREAM_DOWN, 502, "Bad Gateway", absent=_UNTYPED),
    _own("503", Says.UPSTREAM_DOWN, 503, "no available server\n"),
    _own("504", Says.UPSTREAM_TIMEOUT, 504, "Gateway Timeout", absent=_UNTYPED),
)
