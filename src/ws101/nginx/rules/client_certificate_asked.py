"""The server asks every client for a certificate.

## What happens
A handshake without a certificate is answered 400 “No required SSL certificate was sent”. Browsers ask their user for one only when
a page is opened, never for a socket alone.

## Why
`ssl_verify_client on;` counts for the whole server, its sockets included.

## How we know
The setting of the server that answers the handshake.

## What to do
Give clients a certificate; or a server of its own for the socket; or `ssl_verify_client optional;` and a check in other locations.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "client-certificate-required"


def _check(scene: Scene) -> Iterator[Offence]:
    for way in scene.ways:
        lines = (
            way.route.server.nearest("ssl_verify_client") if way.route.server and way.route.ask.tls else []
        )
        if lines and lines[0].arguments == ("on",):
            yield offence(way, lines[0], f"{way.url} is answered 400 without a client certificate")


RULE = Rule("client-certificate-asked", Severity.NOTE, _CAUSE, __doc__, _check)
