"""The path of the socket lacks the location's last slash.

## What happens
nginx answers 301 with the slash added. No WebSocket client follows it: browsers report a failed handshake.

## Why
For a prefix location that ends with a slash and passes requests on, nginx redirects the same path without the slash by itself.

## How we know
The URL that was given is led through the configuration, and ends in this redirection.

## What to do
Use the URL with the slash, or add `location = /path` without it that passes on the same way.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity


def _check(scene: Scene) -> Iterator[Offence]:
    for way, answer, _ in scene.answered:
        location = way.route.location
        if (
            answer.status == 301
            and location is not None
            and answer.by is location.directive
            and answer.by is not None
        ):
            message = f"{way.url} is redirected to {location.path}, and WebSocket clients do not follow"
            remedy = f"ask for {location.path}, or add location = {location.path.rstrip('/')} {{ … }}"
            yield offence(way, answer.by, message, remedy=remedy)


RULE = Rule("slash-redirect", Severity.ERROR, "redirected", __doc__, _check)
