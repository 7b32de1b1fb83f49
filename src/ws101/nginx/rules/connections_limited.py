"""The number of open sockets is limited by limit_conn.

## What happens
From some number on, handshakes are answered 503 (or `limit_conn_status`), for one client or for all behind one address.

## Why
`limit_conn` counts a request until it ends, and a socket's ends when the socket is closed. Tabs, users behind one NAT and
half-dead sockets add up.

## How we know
A `limit_conn` is in force at the socket's location; in HTTP/1.1 every socket is a connection of its own.

## What to do
Leave the socket's location out of it, or count with room for reconnecting clients.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "proxy-limits-rate"
_FEW = 20


def _check(scene: Scene) -> Iterator[Offence]:
    for way, _, level in scene.passed:
        for line in level.nearest("limit_conn"):
            number = line.arguments[1] if len(line.arguments) > 1 else ""
            if number.isdigit():
                message = (
                    f"at most {number} sockets may be open at a time per key of zone {line.arguments[0]}"
                )
                severity = Severity.WARNING if int(number) <= _FEW else Severity.NOTE
                yield offence(way, line, message, severity=severity)


RULE = Rule("connections-limited", Severity.WARNING, _CAUSE, __doc__, _check)
