"""The URI of proxy_pass makes another path than the one meant.

## What happens
The upstream is asked for `//room` or `/approom` where `/room` or `/app/room` was meant, and answers 404 or 400.

## Why
With a URI behind the host, `proxy_pass` replaces what the location matched by it, letter by letter: `location /ws` with
`proxy_pass http://app/;` makes `/ws/room` into `//room`; `location /ws/` with `http://app/live` makes it into `/liveroom`.

## How we know
A path below the location is led through the configuration, and what the upstream is asked for is read.

## What to do
End both with a slash or neither; or leave the URI out, and the path stays as it is.
"""

import re
from collections.abc import Iterator

from ws101.nginx.model import Location
from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.simulate import Upstream
from ws101.nginx.sockets import asked_again

_CAUSE = "proxy-rewrites-path"
_LEAF = "room"
_DEEP = re.compile(r"socket\.io|sockjs|signalr")  # their clients ask for paths below


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed():
        location = next((one for one in level.lineage() if isinstance(one, Location)), None)
        if location is None or location.modifier not in {"", "^~"}:
            continue
        if sent.target == way.route.ask.target:
            continue  # it goes on as it came
        below = f"{location.path.rstrip('/')}/{_LEAF}"
        again = asked_again(way, scene.model, target=below).upstream
        if not isinstance(again, Upstream) or again.by is not sent.by or not isinstance(again.target, str):
            continue
        path = again.target.partition("?")[0]
        severity = None
        if "//" in path:
            severity = None if location.path.endswith("/") or _DEEP.search(location.path) else Severity.NOTE
            message = f"{below} becomes {path}, with two slashes"
        elif not path.endswith(f"/{_LEAF}") and path.endswith(_LEAF):
            message = f"{below} becomes {path}, without the slash between"
        else:
            continue
        remedy = "end the location and the URI of proxy_pass with a slash both, or leave the URI out"
        yield offence(
            way,
            sent.by,
            message,
            _CAUSE,
            related=((location.directive, "is what it replaces"),) if location.directive else (),
            remedy=remedy,
            severity=severity,
        )


RULE = Rule("path-rewritten", Severity.WARNING, _CAUSE, __doc__, _check)
