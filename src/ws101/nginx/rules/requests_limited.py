"""Handshakes count for a limit_req.

## What happens
When many clients come back at once, as after a restart of the server, handshakes are answered 503 (or `limit_req_status`).

## Why
`limit_req` is in force at the socket's location, often by coming down from the server. Every handshake is a request, and all that
come from one address share its rate.

## How we know
The setting in force at the socket's location; what its zone allows stands in `limit_req_zone`.

## What to do
Give it a `burst` with `nodelay` that holds the clients behind one address, and let clients wait a random time before they come
back.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.tree import Directive

_CAUSE = "proxy-limits-rate"


def _check(scene: Scene) -> Iterator[Offence]:
    zones = {_value(line, "zone").partition(":")[0]: line for line in scene.model.http.own("limit_req_zone")}
    for way, _, level in scene.passed:
        for line in level.nearest("limit_req"):
            zone = zones.get(_value(line, "zone"))
            rate = f" of {_value(zone, 'rate')}" if zone is not None else ""
            burst = _value(line, "burst") or "0"
            message = f"handshakes count for this limit{rate}, with a burst of {burst}"
            yield offence(way, line, message, related=((zone, "is its zone"),) if zone is not None else ())


def _value(line: Directive, name: str) -> str:
    return next((word.partition("=")[2] for word in line.arguments if word.startswith(f"{name}=")), "")


RULE = Rule("requests-limited", Severity.NOTE, _CAUSE, __doc__, _check)
