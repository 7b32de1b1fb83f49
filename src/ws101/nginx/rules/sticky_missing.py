"""Requests of one Socket.IO session come to different servers.

## What happens
Some handshakes are answered 400 “Session ID unknown” (code 1), at random; with one server all is well.

## Why
Socket.IO begins by polling and upgrades then: several requests with one session, which only the server that opened it knows. An
`upstream` with several servers and no `ip_hash`, `hash` or `sticky` spreads them.

## How we know
The path is Socket.IO's or SockJS's, and the upstream block has several servers and nothing that keeps a client at one.

## What to do
`ip_hash;` or `hash $http_x_forwarded_for consistent;` in the upstream block; or let clients use `transports: ["websocket"]` alone.
"""

import re
from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "engineio-session-unknown"
_POLLING = re.compile(r"socket\\?\.io|engine\\?\.io|sockjs")
_KEEPING = frozenset({"ip_hash", "hash", "sticky"})


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, _ in scene.passed:
        upstream = scene.model.upstreams.get(sent.server.lower()) if isinstance(sent.server, str) else None
        if upstream is None or not _POLLING.search(way.route.ask.target):
            continue
        lines = list(upstream.children())
        servers = [
            one for one in lines if one.name == "server" and not {"backup", "down"} & set(one.arguments)
        ]
        if len(servers) > 1 and not any(one.name in _KEEPING for one in lines):
            message = f"the requests of one session are spread over {len(servers)} servers"
            yield offence(way, upstream, message, related=((sent.by, "passes them on"),), remedy="ip_hash;")


RULE = Rule("sticky-missing", Severity.WARNING, _CAUSE, __doc__, _check)
