"""A silent socket is cut after a short time.

## What happens
The handshake works, and the socket is gone after a constant silence: the client sees 1006.

## Why
`proxy_read_timeout` (60 s unless it is set) runs on after the 101: nginx closes both sides when neither has sent anything for
so long. Frames of either side, pings or data, start it anew.

## How we know
The setting in force at this `proxy_pass`.

## What to do
Let either side ping at less than half of it, which also finds dead peers; or `proxy_read_timeout 1h;` in the socket's location.
"""

from collections.abc import Iterator

from ws101.nginx.limit import seconds_of
from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "idle-timeout"
_DEFAULT = 60


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed:
        lines = level.nearest("proxy_read_timeout")
        seconds = seconds_of(level.setting("proxy_read_timeout", f"{_DEFAULT}s"))
        if seconds is None or seconds > _DEFAULT:
            continue
        because = "" if lines else ", the default of proxy_read_timeout"
        message = f"a socket that is silent both ways is cut after {seconds:g} s{because}"
        severity = Severity.WARNING if seconds < _DEFAULT else Severity.NOTE
        yield offence(
            way, lines[0] if lines else sent.by, message, _CAUSE, remedy="ping more often, or proxy_read_timeout 1h;",
            severity=severity,
        )  # fmt: skip


RULE = Rule("read-timeout-short", Severity.WARNING, _CAUSE, __doc__, _check)
