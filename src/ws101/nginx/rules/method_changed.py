"""The upstream gets another method than GET.

## What happens
The upstream answers 405, 400 or 404.

## Why
`proxy_method` replaces the client's method for all requests of the location.

## How we know
The handshake, a GET, is led through the configuration.

## What to do
Keep `proxy_method` out of the socket's location.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed:
        lines = level.nearest("proxy_method")
        if lines and sent.method != "GET":
            yield offence(way, lines[0], f"the upstream gets {sent.method}, and a handshake is a GET")


RULE = Rule("method-changed", Severity.ERROR, "method-not-get", __doc__, _check)
