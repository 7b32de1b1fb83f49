"""The upstream is told another scheme than the client's.

## What happens
An application that checks Origin or redirects to https compares with the wrong scheme: 403, or 301 to itself.

## Why
`X-Forwarded-Proto` is a constant, or a variable of something else. Behind another proxy that ends TLS, `$scheme` is `http`
for every client: there `$http_x_forwarded_proto` is the right one.

## How we know
The value of the line in force is worked out for this handshake.

## What to do
`proxy_set_header X-Forwarded-Proto $scheme;` where this nginx ends TLS.
"""

from collections.abc import Iterator

from ws101.nginx.offence import field_line, offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "proxy-forwarded-proto-wrong"
_ACCEPTED = {"https": {"https", "wss"}, "http": {"http", "ws", "https", "wss"}}


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed:
        line, value, scheme = (
            field_line(level, "X-Forwarded-Proto"),
            sent.field("X-Forwarded-Proto"),
            way.route.ask.scheme,
        )
        if line is not None and isinstance(value, str) and value.lower() not in _ACCEPTED[scheme]:
            message = f"the upstream is told X-Forwarded-Proto: {value}, and the client came by {scheme}"
            yield offence(way, line, message, _CAUSE, remedy="proxy_set_header X-Forwarded-Proto $scheme;")


RULE = Rule("forwarded-proto-wrong", Severity.WARNING, _CAUSE, __doc__, _check)
