"""There are few connections for sockets, which keep them.

## What happens
From some number of open sockets on, nginx accepts no more: clients time out, and the log says `worker_connections are not enough`.

## Why
An open socket holds two connections, to the client and to the upstream, for as long as it is open. `worker_connections` is 512
unless it is set.

## How we know
The `events` block. It is told where the file has one, and its number is below 1024.

## What to do
`worker_connections 8192;` and a `worker_rlimit_nofile` of twice as much.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.tree import flattened

_FEW, _DEFAULT = 1024, 512


def _check(scene: Scene) -> Iterator[Offence]:
    events = (one for one in flattened(scene.model.configuration.main.directives) if one.name == "events")
    for block in events:
        line = next(
            (one for one in block.children() if one.name == "worker_connections" and one.arguments), None
        )
        number = line.arguments[0] if line else str(_DEFAULT)
        way = next(iter(scene.passed), None)
        if way is not None and number.isdigit() and int(number) < _FEW:
            message = (
                f"a worker has {number} connections, and each socket takes two for as long as it is open"
            )
            yield offence(way[0], line or block, message, remedy="worker_connections 8192;")


RULE = Rule("worker-connections-few", Severity.NOTE, "server-overloaded", __doc__, _check)
