"""The proxy asks for an extension or a subprotocol that the client did not.

## What happens
The upstream answers 101 with `permessage-deflate` or a subprotocol that was not offered, and the client fails the connection, as
RFC 6455, 4.1 demands.

## Why
`proxy_set_header Sec-WebSocket-Extensions permessage-deflate;` or the like is a constant for every client.

## How we know
The handshake that offers nothing is led through the configuration; the upstream gets an offer.

## What to do
Remove the line, or set the field to the client's own.
"""

from collections.abc import Iterator

from ws101.nginx.offence import field_line, offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_FIELDS = ("Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol")


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed:
        for name in _FIELDS:
            line, value = field_line(level, name), sent.field(name)
            if line is not None and isinstance(value, str) and value and not way.route.ask.headers.get(name):
                message = f"{name}: {value} is sent for clients that offered nothing"
                yield offence(way, line, message, remedy="remove the line")


RULE = Rule("negotiation-forged", Severity.WARNING, "extension-mismatch", __doc__, _check)
