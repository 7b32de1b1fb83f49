"""Another location answers the path of the socket.

## What happens
The lines of the socket's location are right, and have no effect: another location answers.

## Why
An exact location, a longer prefix, or a nested one fits the path better; which one stands first does not count for prefixes.

## How we know
A request for the socket is led through the configuration; it ends in the other location.

## What to do
Take the two apart: give the socket a path of its own, or move its lines into the location that answers.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.straying import strayed

_CAUSE = "proxy-routes-elsewhere"


def _check(scene: Scene) -> Iterator[Offence]:
    for stray in strayed(scene):
        if not stray.by.is_regex and stray.by.directive is not None:
            message = f"this location answers {stray.way.url}, and not the one that is made for it"
            yield offence(
                stray.way,
                stray.by.directive,
                message,
                related=stray.meant,
                severity=Severity.WARNING if stray.works else None,
            )


RULE = Rule("location-shadowed", Severity.ERROR, _CAUSE, __doc__, _check)
