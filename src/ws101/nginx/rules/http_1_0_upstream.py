"""The upstream is spoken to in HTTP/1.0.

## What happens
The upstream refuses the upgrade: 505, 426, 400 or 404, as its library has it. A few lenient ones answer 101.

## Why
Before 1.29.7, `proxy_http_version` is 1.0 unless it is set; later it is 1.1. RFC 6455, 4.1 demands 1.1 or higher.

## How we know
The setting in force at this `proxy_pass`, and the version of nginx that was given or assumed.

## What to do
`proxy_http_version 1.1;` in the location, or once in the http block.
"""

from collections.abc import Iterator

from ws101.nginx.edit import Edit
from ws101.nginx.model import Level, Location
from ws101.nginx.offence import offence
from ws101.nginx.placing import into
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "proxy-speaks-http-1.0"


_REMEDY = "proxy_http_version 1.1;"


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed:
        lines = level.nearest("proxy_http_version")
        if sent.protocol != "HTTP/1.1":
            version = ".".join(map(str, scene.version))
            because = "" if lines else f", which nginx {version} does unless it is told otherwise"
            message = f"the upstream is spoken to in {sent.protocol}{because}"
            yield offence(way, lines[0] if lines else sent.by, message, _CAUSE, remedy=_REMEDY)
        elif not lines and not scene.version_known:
            message = (
                "before 1.29.7, nginx speaks HTTP/1.0 to this upstream (--nginx-version tells which one runs)"
            )
            yield Offence(
                sent.by, message, edits=_written(level), safe=True, remedy=_REMEDY, way=way, severity=Severity.WARNING
            )  # fmt: skip


def _written(level: Level) -> tuple[Edit, ...]:
    location = next((one.directive for one in level.lineage() if isinstance(one, Location)), None)
    behind = (*level.own("proxy_set_header"), *level.own("proxy_pass"))
    return into(location, (_REMEDY,), behind) if location is not None else ()


RULE = Rule("http-1.0-upstream", Severity.ERROR, _CAUSE, __doc__, _check)
