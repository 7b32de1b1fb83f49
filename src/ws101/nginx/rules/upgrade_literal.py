"""Upgrade is set to something else than the client's own.

## What happens
The upstream reads `Upgrade: http_upgrade`, `Upgrade: upgrade` or no Upgrade at all, and refuses: 400 or 426. Some libraries
quote the value.

## Why
A dollar sign was lost, a variable was mixed up, or the field is set to nothing. With the constant `websocket` the handshake
works, but every other request asks for an upgrade, too.

## How we know
The value of the line in force is worked out for this handshake; it is not `websocket`.

## What to do
`proxy_set_header Upgrade $http_upgrade;`, with the dollar sign.
"""

from collections.abc import Iterator

from ws101.nginx.offence import field_line, known, offence, value_text
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "proxy-garbles-upgrade-headers"
_REMEDY = "proxy_set_header Upgrade $http_upgrade;"


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed:
        line, value = field_line(level, "Upgrade"), sent.field("Upgrade")
        if line is None or not known(value):
            continue
        if str(value or "").lower() != "websocket":
            message = f"the upstream gets {f'Upgrade: {value}' if value else 'no Upgrade'} instead of Upgrade: websocket"
            yield offence(way, line, message, _CAUSE, remedy=_REMEDY)
        elif "$" not in value_text(line):
            message = "every request is sent with Upgrade: websocket, also those that ask for none"
            yield offence(way, line, message, remedy=_REMEDY, severity=Severity.NOTE)


RULE = Rule("upgrade-literal", Severity.ERROR, _CAUSE, __doc__, _check)
