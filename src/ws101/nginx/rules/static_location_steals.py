"""A location of files answers the socket's path.

## What happens
The handshake meets a page: 404, 403, or 200 with the index of a single-page application.

## Why
No location passes this path on, so the one for files answers, with `try_files … /index.html` for whatever it is asked for.

## How we know
The handshake that was named is led through the configuration; it ends in a location that passes nothing on.

## What to do
Add a location for the socket, with `proxy_pass` and the lines for the upgrade.
"""

from collections.abc import Iterator

from ws101.nginx.model import Location, Server
from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.sign import passing
from ws101.nginx.straying import strayed

_OF_FILES = frozenset({403, 404, 405})
_CAUSE = "proxy-routes-elsewhere"


def _check(scene: Scene) -> Iterator[Offence]:
    stray = {id(one.way) for one in strayed(scene)}
    for way, answer, _ in scene.answered():
        by = answer.by
        if answer.status not in _OF_FILES or by is None or id(way) in stray:
            continue
        if by.name not in {"location", "try_files", "server"} or way.meant is not None:
            continue
        place = way.route.location or way.route.server
        if isinstance(place, Location | Server) and passing(place) is None and place.directive is not None:
            where = (
                "this location" if isinstance(place, Location) else "this server, in which no location fits,"
            )
            message = f"{where} answers {way.url} with a file or {answer.status}, for it passes nothing on"
            remedy = "a location for the socket, with proxy_pass"
            yield offence(way, place.directive, message, remedy=remedy)


RULE = Rule("static-location-steals", Severity.ERROR, _CAUSE, __doc__, _check)
