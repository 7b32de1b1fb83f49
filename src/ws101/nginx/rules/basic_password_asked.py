"""The socket asks for a password by auth_basic.

## What happens
A handshake without a Basic password is answered 401. One that carries `Authorization: Bearer …` cannot carry both.

## Why
`auth_basic` is in force at the socket's location, often by coming down from the server. Scripts in browsers cannot set
Authorization for a WebSocket.

## How we know
The handshake is led through the configuration; nginx answers 401 at this line.

## What to do
`auth_basic off;` in the socket's location, and let the application check the token.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "proxy-asks-own-credentials"


def _check(scene: Scene) -> Iterator[Offence]:
    for way in scene.ways:
        by = way.route.outcome.by
        if by is not None and by.name == "auth_basic":
            message = (
                "this socket asks for a Basic password, which leaves no room for a token in Authorization"
            )
            yield offence(way, by, message, remedy="auth_basic off; in the socket's location")


RULE = Rule("basic-password-asked", Severity.WARNING, _CAUSE, __doc__, _check)
