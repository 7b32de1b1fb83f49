"""The socket is for some addresses only.

## What happens
A client of another address is answered 403.

## Why
`allow` and `deny` are in force at the socket's location: written there, or come down from the server or the http block. Behind
another proxy the address is that proxy's, unless the realip module sets it right.

## How we know
The handshake is led through the configuration; it is refused, or whether it is depends on the client's address.

## What to do
`allow` the clients, or `set_real_ip_from` and `real_ip_header` where another proxy stands before nginx.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "proxy-denies-address"


def _check(scene: Scene) -> Iterator[Offence]:
    for way in scene.ways:
        by = way.route.outcome.by
        level = way.level
        if by is None or level is None or by.name not in {"allow", "deny"} or level.kind == "limit_except":
            continue
        allowed = [line for line in level.nearest("allow") if line.arguments != ("all",)]
        if allowed or by.name == "allow":
            listed = ", ".join(line.arguments[0] for line in allowed)
            message = f"only {listed or 'some addresses'} may use this socket; all others get 403"
            yield offence(way, by, message, severity=Severity.NOTE)
        else:
            yield offence(way, by, f"{way.url} is refused with 403", remedy="allow the clients' addresses")


RULE = Rule("address-denied", Severity.ERROR, _CAUSE, __doc__, _check)
