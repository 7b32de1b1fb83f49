"""The port does not speak HTTP/1.1.

## What happens
The upgrade is not possible: nginx has no WebSockets over HTTP/2 (RFC 8441) or HTTP/3. The connection is closed, or nobody
listens for TCP at all.

## Why
`listen … http2` without TLS takes HTTP/2 alone before 1.25.1; a `listen … quic` without one of TCP beside it takes HTTP/3 alone.
With TLS, `http2` does no harm: ALPN lets the client choose HTTP/1.1.

## How we know
The options of the `listen` lines, and the version of nginx that was given or assumed.

## What to do
Add a `listen` for HTTP/1.1: `listen 443 ssl;` beside `quic`, or leave `http2` out of the plain one.
"""

from collections.abc import Iterator

from ws101.nginx.listen import Listen
from ws101.nginx.model import Server
from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "upgrade-sent-over-http2"
_BOTH = (1, 25, 1)  # "if the HTTP/2 preface is not there, HTTP/1 is spoken"


def _check(scene: Scene) -> Iterator[Offence]:
    for way in scene.ways:
        server = way.route.server
        if server is None:
            continue
        for listen in server.listens:
            what = _deaf(listen, server, scene.version)
            if what and listen.directive is not None and listen.port == way.route.ask.port:
                yield offence(
                    way, listen.directive, f"this port speaks {what} alone, in which nginx takes no upgrade"
                )


def _deaf(listen: Listen, server: Server, version: tuple[int, ...]) -> str:
    if "quic" in listen.options:
        beside = any(one.port == listen.port and "quic" not in one.options for one in server.listens)
        return "" if beside else "HTTP/3"
    return "HTTP/2" if "http2" in listen.options and not listen.tls and version < _BOTH else ""


RULE = Rule("http1-not-spoken", Severity.ERROR, _CAUSE, __doc__, _check)
