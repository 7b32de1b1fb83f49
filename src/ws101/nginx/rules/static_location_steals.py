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

from ws101.nginx.model import Location
from ws101.nginx.offence import offence
from ws101.nginx.outcome import Answered
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.sign import passing
from ws101.nginx.straying import strayed

_OF_FILES = frozenset({403, 404, 405})
_CAUSE = "proxy-routes-elsewhere"


def _check(scene: Scene) -> Iterator[Offence]:
    stray = {id(one.way) for one in strayed(scene)}
    for way, answer, _ in scene.answered:
        if id(way) in stray or way.meant is not None or not _by_files(answer):
            continue
        place = way.route.location or way.route.server
        if place is not None and passing(place) is None and place.directive is not None:
            where = (
                "this location" if isinstance(place, Location) else "this server, in which no location fits,"
            )
            message = f"{where} answers {way.url} with a page of its own or {answer.status}, for it passes nothing on"
            yield offence(way, place.directive, message, remedy="a location for the socket, with proxy_pass")


def _by_files(answer: Answered) -> bool:
    """Whether files answer; try_files is led round in a circle where the file that it falls back to is not there."""
    name = answer.by.name if answer.by else ""
    return name == "try_files" or (name in {"location", "server"} and answer.status in _OF_FILES)


RULE = Rule("static-location-steals", Severity.ERROR, _CAUSE, __doc__, _check)
