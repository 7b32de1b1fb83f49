"""A field of the handshake itself is taken away or changed.

## What happens
The upstream misses Sec-WebSocket-Key or its version and refuses with 400 or 426; or it answers to another key, and the client
drops the 101.

## Why
`proxy_pass_request_headers off;` sends only what is set. A `proxy_set_header Sec-WebSocket-Key` with a constant, as in examples,
or with nothing replaces the client's own.

## How we know
The handshake is led through the configuration, and what the upstream gets is compared.

## What to do
Remove the line: nginx passes these fields on by itself.
"""

from collections.abc import Iterator

from ws101.nginx.offence import field_line, known, offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "proxy-garbles-upgrade-headers"
_FIELDS = ("Sec-WebSocket-Key", "Sec-WebSocket-Version")


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed:
        off = [line for line in level.nearest("proxy_pass_request_headers") if line.arguments == ("off",)]
        for name in _FIELDS:
            got, line = sent.field(name), field_line(level, name)
            place = line or (off[0] if off else None)
            if place is None or not known(got) or got == way.route.ask.headers.get(name):
                continue
            message = f"the client's {name} is {'replaced' if got else 'not passed on'}"
            yield offence(way, place, message, _CAUSE, remedy="remove the line")


RULE = Rule("handshake-field-lost", Severity.ERROR, _CAUSE, __doc__, _check)
