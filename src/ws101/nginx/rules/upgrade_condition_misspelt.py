"""A condition on Upgrade never holds for a handshake.

## What happens
The server for WebSockets is never asked, or every handshake is refused: the `if` takes none of them for one.

## Why
`=` and `~` compare letter by letter, and clients write `websocket`. RFC 6455, 4.2.1 has servers read it in any case; nginx does what
stands here.

## How we know
The text of the condition is `websocket` but for the case of its letters.

## What to do
`if ($http_upgrade = websocket)`, or `~*` in the place of `~`.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.repairs.conditions import misspelt
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "proxy-routes-elsewhere"


def _check(scene: Scene) -> Iterator[Offence]:
    for way in scene.ways:
        found = misspelt(way.level) if way.level else None
        if found is not None:
            message = "clients write `Upgrade: websocket`, and here the case of letters counts"
            yield offence(way, found, message, _CAUSE, remedy="if ($http_upgrade = websocket)")


RULE = Rule("upgrade-condition-misspelt", Severity.ERROR, _CAUSE, __doc__, _check)
