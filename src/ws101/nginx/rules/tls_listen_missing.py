"""wss:// comes to a port that speaks plain HTTP, or to one where nobody listens.

## What happens
The TLS handshake fails (`wrong version number`), or the connection is refused.

## Why
`listen 443;` without `ssl`, or no `listen` for the URL's port in this configuration.

## How we know
The URL is held against the `listen` lines.

## What to do
`listen 443 ssl;` with a certificate; or ws:// where another proxy before nginx ends TLS.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.sockets import Told

_CAUSE = "tls-to-plaintext-port"


def _check(scene: Scene) -> Iterator[Offence]:
    for way in scene.ways:
        if way.told is not Told.URL or way.route.state is not None:
            continue
        port = way.route.ask.port
        socket = scene.model.socket(None, port)
        if socket is None:
            lines = [line for server in scene.model.servers for line in server.own("listen")]
            if lines:
                message = f"{way.url} asks for port {port}, and no server of this configuration listens there"
                yield offence(
                    way, lines[0], message, related=tuple((line, "listens elsewhere") for line in lines[1:4])
                )
        elif way.route.ask.tls and not socket.tls:
            line = next(
                (line for line in socket.default.own("listen") if str(port) in line.arguments[0]), None
            )
            place = line or socket.default.directive
            if place is not None:
                message = f"{way.url} speaks TLS to port {port}, and this listener does not"
                yield offence(way, place, message, remedy=f"listen {port} ssl;")


RULE = Rule("tls-listen-missing", Severity.ERROR, _CAUSE, __doc__, _check)
