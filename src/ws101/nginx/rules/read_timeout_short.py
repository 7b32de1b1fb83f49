"""A silent socket is cut after a short time.

## What happens
The handshake works, and the socket is gone after a constant silence: the client sees 1006.

## Why
`proxy_read_timeout` (60 s unless it is set) runs on after the 101: nginx closes both sides when the upstream sends nothing for
so long. Frames of either pings or data start it anew.

## How we know
The setting in force at this `proxy_pass`.

## What to do
Let the server ping at less than half of it, which also finds dead peers; or `proxy_read_timeout 1h;` in the socket's location.
"""

import re
from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity

_CAUSE = "idle-timeout"
_DEFAULT = 60
_PART = re.compile(r"(\d+)\s*(ms|[smhdwMy]?)\s*")
_UNITS = {
    "ms": 0.001,
    "s": 1,
    "": 1,
    "m": 60,
    "h": 3600,
    "d": 86400,
    "w": 604800,
    "M": 2592000,
    "y": 31536000,
}


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed():
        lines = level.nearest("proxy_read_timeout")
        seconds = seconds_of(level.setting("proxy_read_timeout", f"{_DEFAULT}s"))
        if seconds is None or seconds > _DEFAULT:
            continue
        because = "" if lines else ", the default of proxy_read_timeout"
        message = f"a socket on which the upstream is silent is cut after {seconds:g} s{because}"
        severity = Severity.WARNING if seconds < _DEFAULT else Severity.NOTE
        yield offence(
            way, lines[0] if lines else sent.by, message, _CAUSE, remedy="ping more often, or proxy_read_timeout 1h;",
            severity=severity,
        )  # fmt: skip


def seconds_of(text: str) -> float | None:
    """Return a time as nginx writes it in seconds: `60`, `1h 30m`, `500ms`; None for no time."""
    parts = _PART.findall(text)
    if not parts or "".join(f"{number}{unit}" for number, unit in parts) != re.sub(r"\s", "", text):
        return None
    return float(sum(int(number) * _UNITS[unit] for number, unit in parts))


RULE = Rule("read-timeout-short", Severity.WARNING, _CAUSE, __doc__, _check)
