"""The subrequest that asks for permission carries the upgrade, too.

## What happens
The authentication service gets a handshake where it expects a plain GET, and answers 400, 426, or even 101: nginx makes 500 or
403 of it.

## Why
The location of `auth_request` inherits the lines that pass Upgrade and Connection on.

## How we know
The location that `auth_request` names has a line in force that passes Upgrade on.

## What to do
In that location: `proxy_set_header Upgrade "";` and `proxy_set_header Connection "";`, beside `proxy_pass_request_body off;`.
"""

from collections.abc import Iterator

from ws101.nginx.model import Location, Server
from ws101.nginx.offence import field_line, offence, value_text
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "proxy-subrequest-refused"


def _check(scene: Scene) -> Iterator[Offence]:
    for way, _, level in scene.passed:
        asked = level.nearest("auth_request")
        target = (asked[0].arguments or ("off",))[0] if asked else "off"
        found = _location(way.route.server, target) if way.route.server and target != "off" else None
        line = field_line(found, "Upgrade") if found is not None and found.handler is not None else None
        if line is not None and "$http_upgrade" in value_text(line):
            message = f"the subrequest to {target} carries the upgrade, too"
            yield offence(
                way, line, message, related=((asked[0], "makes the subrequest"),),
                remedy='proxy_set_header Upgrade ""; and Connection ""; in its location',
            )  # fmt: skip


def _location(server: Server, target: str) -> Location | None:
    path, places = target.partition("?")[0], server.locations
    fitting = [one for prefix, one in places.prefixes.items() if path.startswith(prefix)]
    return places.exact.get(path) or max(fitting, key=lambda one: len(one.path), default=None)


RULE = Rule("auth-request-upgraded", Severity.WARNING, _CAUSE, __doc__, _check)
