"""Two servers want to be the default of one address and port.

## What happens
`nginx -t` says `a duplicate default server` and refuses the configuration: what runs is the one before.

## Why
`default_server` stands at the same address and port in two servers, often because a distribution's default site is still
enabled.

## How we know
The `listen` lines of all servers are compared. It is told only where one of the servers has sockets.

## What to do
Leave `default_server` at one of them.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.tree import Directive

_CAUSE = "config-not-loaded"


def _check(scene: Scene) -> Iterator[Offence]:
    first: dict[tuple[str | None, int, str], Directive] = {}
    ports = {way.route.ask.port: way for way in scene.ways}
    for server in scene.model.servers:
        for listen in server.listens:
            if not listen.default or listen.directive is None:
                continue
            key = (listen.address, listen.port, listen.path)
            before = first.setdefault(key, listen.directive)
            if before is not listen.directive and listen.port in ports:
                message = f"port {listen.port} has a default server already, so nginx refuses to start"
                yield offence(
                    ports[listen.port], listen.directive, message, related=((before, "is the first"),)
                )


RULE = Rule("default-server-duplicate", Severity.ERROR, _CAUSE, __doc__, _check)
