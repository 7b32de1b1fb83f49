"""A field of the 101 is kept from the client.

## What happens
The upstream answers 101, and the client fails the connection: `Sec-WebSocket-Accept` or Upgrade is missing.

## Why
`proxy_hide_header` takes the field out of every answer, also out of a 101.

## How we know
The lines in force at the socket's location.

## What to do
Remove the line.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "upgrade-lost-on-the-way-back"
_NEEDED = frozenset({"upgrade", "sec-websocket-accept", "sec-websocket-protocol", "sec-websocket-extensions"})


def _check(scene: Scene) -> Iterator[Offence]:
    for way, _, level in scene.passed:
        for line in level.nearest("proxy_hide_header"):
            if line.arguments and line.arguments[0].lower() in _NEEDED:
                message = f"{line.arguments[0]} is taken out of the 101"
                yield offence(way, line, message, _CAUSE, remedy="remove the line")


RULE = Rule("answer-field-hidden", Severity.ERROR, _CAUSE, __doc__, _check)
