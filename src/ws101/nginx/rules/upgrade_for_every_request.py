"""Plain requests are sent with Connection: upgrade, too.

## What happens
Sockets work. Other requests through the same location ask the upstream for an upgrade to nothing: some servers answer 400 or
426, and connections to the upstream are not kept alive.

## Why
`proxy_set_header Connection "upgrade";` is a constant, and so is a map whose `default` is `upgrade` and that has no entry for
the empty text. `$http_connection` hands a hop-by-hop field through as the client wrote it.

## How we know
The same request without Upgrade is led through the configuration; Connection still says upgrade.

## What to do
Let a map decide: `default upgrade;` and `"" "";`, and send `$connection_upgrade`. In a location of sockets alone it does no harm.
"""

from collections.abc import Iterator

from ws101.nginx.offence import field_line, offence, says_upgrade
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.simulate import Upstream
from ws101.nginx.sockets import asked_again


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed():
        line = field_line(level, "Connection")
        if line is None or not sent.upgrades:
            continue
        plain = way.route.ask.headers.without("upgrade", "connection")
        again = asked_again(way, scene.model, headers=plain).upstream
        if isinstance(again, Upstream) and says_upgrade(again.field("Connection")):
            message = "requests without an upgrade are sent with Connection: upgrade, too"
            yield offence(way, line, message, remedy="a map of $http_upgrade with an entry for ''")


RULE = Rule("upgrade-for-every-request", Severity.NOTE, "", __doc__, _check)
