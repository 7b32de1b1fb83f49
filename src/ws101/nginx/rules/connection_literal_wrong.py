"""Connection is set to something that does not say upgrade.

## What happens
The upstream gets `Connection: close`, `keep-alive`, or nothing, beside a sound Upgrade, and takes the request for a plain one:
400, 404 or 426.

## Why
A line for keep-alive to the upstream (`proxy_set_header Connection "";`) came down to the socket's location, or a constant was
copied. RFC 6455, 4.2.1 demands the token `upgrade` in Connection.

## How we know
The value of the line in force is worked out for this handshake; the token is not in it.

## What to do
In the location of the socket: `proxy_set_header Connection $connection_upgrade;`, with the map that gives `upgrade` when
`$http_upgrade` is not empty.
"""

from collections.abc import Iterator

from ws101.nginx.offence import field_line, known, offence, says_upgrade, value_text
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.variable import names_in

_CAUSE = "proxy-garbles-upgrade-headers"


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed:
        line, value = field_line(level, "Connection"), sent.field("Connection")
        if line is None or not known(value) or says_upgrade(value):
            continue
        if any(name in scene.model.variables.maps for name in names_in(value_text(line))):
            continue  # map-wrong names the entry
        got = (
            f"Connection: {value}, which does not say upgrade"
            if value
            else "no Connection, which has to say upgrade"
        )
        message = f"the upstream gets {got}"
        yield offence(way, line, message, _CAUSE, remedy="proxy_set_header Connection $connection_upgrade;")


RULE = Rule("connection-literal-wrong", Severity.ERROR, _CAUSE, __doc__, _check)
