"""A field with the client's credentials is taken away.

## What happens
The upstream sees no token and answers 401 or 403, though the client sent one.

## Why
nginx passes Authorization and Cookie on by itself. A `proxy_set_header Authorization "";` or a constant in its place takes the
client's own away; tokens also travel in Cookie and in Sec-WebSocket-Protocol.

## How we know
The handshake is led through the configuration with these fields, and what the upstream gets is compared. Where `auth_basic`
or `auth_request` guards the location, taking Authorization away is held for meant.

## What to do
Remove the line, or set the field to the client's own: `proxy_set_header Authorization $http_authorization;`.
"""

from collections.abc import Iterator

from ws101.nginx.model import Level
from ws101.nginx.offence import field_line, known, offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.simulate import Upstream
from ws101.nginx.sockets import asked_again

_CAUSE = "proxy-strips-authorization"
_GIVEN = (("Authorization", "Bearer ws101"), ("Cookie", "session=ws101"), ("Sec-WebSocket-Protocol", "ws101"))


def _check(scene: Scene) -> Iterator[Offence]:
    for way, _, level in scene.passed:
        lines = [
            (name, value, line) for name, value in _GIVEN if (line := field_line(level, name)) is not None
        ]
        if not lines:
            continue
        headers = way.route.ask.headers
        for name, value in _GIVEN:
            headers = headers.replaced(name, value)
        again = asked_again(way, scene.model, headers=headers)
        if not isinstance(again.upstream, Upstream):
            continue
        for name, value, line in lines:
            got = again.upstream.field(name)
            if got == value or not known(got) or (name == "Authorization" and _guarded(level)):
                continue
            message = f"the client's {name} is {'replaced' if got else 'taken away'}"
            remedy = f"remove the line, or set it to $http_{name.lower().replace('-', '_')}"
            yield offence(again, line, message, _CAUSE, remedy=remedy)


def _guarded(level: Level) -> bool:
    return any(level.setting(name, "off") != "off" for name in ("auth_basic", "auth_request", "auth_jwt"))


RULE = Rule("authorization-stripped", Severity.WARNING, _CAUSE, __doc__, _check)
