"""The location of a socket does not pass the upgrade on.

## What happens
The upstream gets a plain GET and answers 400, 404 or 426, or a page of its own. `Sec-WebSocket-Key` arrives, and nothing of
what asks for the upgrade.

## Why
Upgrade and Connection are hop-by-hop (RFC 9110, 7.6.1): a proxy consumes them. nginx passes them on only where a
`proxy_set_header` sets them, in every version.

## How we know
The handshake is led through the configuration: it reaches this `proxy_pass`, and no line in force there sets the field.

## What to do
Set both in the location of the socket, and define `$connection_upgrade` once in the http block:

    proxy_http_version 1.1;
    proxy_set_header Upgrade    $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
"""

from collections.abc import Iterator

from ws101.nginx.offence import field_line, offence, shadowed_line
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "proxy-drops-upgrade-headers"


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed:
        lacking = [n for n in ("Upgrade", "Connection") if field_line(level, n) is None]
        if not lacking or any(shadowed_line(sent, name) for name in lacking):
            continue
        message = (
            f"{' and '.join(lacking)} of the handshake {'are' if len(lacking) > 1 else 'is'} not passed on"
        )
        yield offence(
            way,
            sent.by,
            message,
            _CAUSE,
            remedy="set Upgrade to $http_upgrade, and Connection to what a map makes of it",
        )


RULE = Rule("upgrade-not-passed", Severity.ERROR, _CAUSE, __doc__, _check)
