"""The location of the socket is internal.

## What happens
nginx answers 404 to every client.

## Why
`internal` lets only redirections inside nginx in. It was copied along, or stands in an included file.

## How we know
The handshake is led through the configuration, and is refused at this line.

## What to do
Remove `internal` from the socket's location.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "proxy-routes-elsewhere"


def _check(scene: Scene) -> Iterator[Offence]:
    for way, answer, _ in scene.answered:
        if answer.by is not None and answer.by.name == "internal":
            yield offence(way, answer.by, f"{way.url} is answered 404, for this location is internal")


RULE = Rule("internal-location", Severity.ERROR, _CAUSE, __doc__, _check)
