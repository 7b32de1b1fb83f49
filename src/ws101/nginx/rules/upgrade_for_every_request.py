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

from ws101.nginx.offence import field_line, offence, says_upgrade, value_text
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.simulate import Upstream
from ws101.nginx.sockets import Way, asked_again
from ws101.nginx.variable import names_in


def _check(scene: Scene) -> Iterator[Offence]:
    decided: dict[str, bool] = {}
    for way, sent, level in scene.passed:
        line = field_line(level, "Connection")
        if line is None or not sent.upgrades:
            continue
        text = value_text(line)
        if text not in decided or not _of_upgrade_alone(scene, text):
            decided[text] = _always(scene, way)
        if decided[text]:
            message = "requests without an upgrade are sent with Connection: upgrade, too"
            yield offence(way, line, message, remedy="a map of $http_upgrade with an entry for ''")


def _always(scene: Scene, way: Way) -> bool:
    plain = way.route.ask.headers.without("upgrade", "connection")
    again = asked_again(way, scene.model, headers=plain).upstream
    return isinstance(again, Upstream) and says_upgrade(again.field("Connection"))


def _of_upgrade_alone(scene: Scene, text: str) -> bool:
    """Whether a value depends on Upgrade and nothing else, so that what it is for one location it is for all."""
    maps = (scene.model.variables.maps.get(name) for name in names_in(text))
    return all(one is not None and one.arguments[0] == "$http_upgrade" for one in maps)


RULE = Rule("upgrade-for-every-request", Severity.NOTE, "", __doc__, _check)
