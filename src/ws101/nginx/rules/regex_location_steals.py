"""A regular expression takes the socket's path from its location.

## What happens
The lines of the socket's location are right, and have no effect: another location answers, often for static files.

## Why
nginx finds the longest prefix first, and then still tries the regular expressions in their order: the first that matches wins,
unless the prefix location says `=` or `^~`.

## How we know
A request for the socket is led through the configuration; it ends in the location with the regular expression.

## What to do
`location ^~ /path/ { … }` for the socket, or a narrower regular expression.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.straying import strayed

_CAUSE = "proxy-routes-elsewhere"


def _check(scene: Scene) -> Iterator[Offence]:
    for stray in strayed(scene):
        if stray.by.is_regex and stray.by.directive is not None:
            message = f"this regular expression takes {stray.way.url} from the location that is made for it"
            yield offence(
                stray.way, stray.by.directive, message, _CAUSE, related=stray.meant,
                remedy="put ^~ before the path of the socket's location",
                severity=Severity.WARNING if stray.works else None,
            )  # fmt: skip


RULE = Rule("regex-location-steals", Severity.ERROR, _CAUSE, __doc__, _check)
