"""Connections to the upstream are not kept, though keepalive is set.

## What happens
Sockets work. Plain requests through the same location open a new connection to the upstream each.

## Why
A map that gives `close` for requests without Upgrade, as older instructions have it, ends every connection that `keepalive` of
the upstream block would keep.

## How we know
The same request without Upgrade is led through the configuration; Connection says `close`, and the upstream has `keepalive`.

## What to do
`"" "";` in the map in place of `"" close;`.
"""

from collections.abc import Iterator

from ws101.nginx.offence import field_line, offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.simulate import Upstream
from ws101.nginx.sockets import asked_again


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed:
        upstream = scene.model.upstreams.get(sent.server.lower()) if isinstance(sent.server, str) else None
        keeping = [one for one in upstream.children() if one.name == "keepalive"] if upstream else []
        line = field_line(level, "Connection")
        if not keeping or line is None:
            continue
        plain = way.route.ask.headers.without("upgrade", "connection")
        again = asked_again(way, scene.model, headers=plain).upstream
        if isinstance(again, Upstream) and again.field("Connection") == "close":
            message = (
                "requests without an upgrade are sent with Connection: close, so keepalive has no effect"
            )
            yield offence(
                way, line, message, related=((keeping[0], "would keep them"),), remedy="'' ''; in the map"
            )


RULE = Rule("keepalive-closed", Severity.NOTE, "", __doc__, _check)
