"""A subrequest decides about each handshake.

## What happens
401 or 403 of the authentication service becomes the handshake's answer; any other than 2xx, and no answer, becomes 500.

## Why
`auth_request` is in force at the socket's location. The service sees the handshake's fields, and often expects a cookie where the
client sends a token, or the reverse.

## How we know
The setting in force at the socket's location. What the service answers does not stand in the configuration.

## What to do
See that the service takes the credentials that the socket's client sends; or `auth_request off;` where the application checks
them itself.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "proxy-subrequest-refused"


def _check(scene: Scene) -> Iterator[Offence]:
    for way in scene.ways:
        lines = way.level.nearest("auth_request") if way.level is not None else []
        if lines and lines[0].arguments not in {("off",), ()}:
            yield offence(way, lines[0], f"a subrequest to {lines[0].arguments[0]} must allow each handshake")


RULE = Rule("subrequest-asked", Severity.NOTE, _CAUSE, __doc__, _check)
