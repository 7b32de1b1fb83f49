"""What `docker compose logs` puts before each line: `server-1  | `, in the colours of a terminal or without."""

import re
from functools import cache

from ws101.logs.line import Line
from ws101.logs.wrapper import Wrapper, inside

_LEVELS = frozenset({"trace", "debug", "info", "notice", "warn", "warning", "error", "critical", "fatal"})


@cache
def _pattern() -> re.Pattern[str]:
    """Names of containers are padded to the longest, and one blank more (docker/compose, pkg/… formatter/logs.go)."""
    return re.compile(r"([A-Za-z0-9][\w.-]{0,120}) {1,120}\| ?", re.ASCII)


def _peel(line: Line) -> Line | None:
    if " |" not in line.text[:250]:
        return None
    head = _pattern().match(line.text)
    # `INFO  | …` is a program's own; a date has no name.
    if head is None or head[1].lower() in _LEVELS or head[1][:4].isdigit():
        return None
    return inside(line, line.text[head.end() :], stream=head[1])


WRAPPER = Wrapper("compose", _peel)
