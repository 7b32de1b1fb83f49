"""What `pm2 logs` puts before each line: `0|server   | `."""

import re
from functools import cache

from ws101.logs.line import Line
from ws101.logs.wrapper import Wrapper, inside


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(r"(\d{1,4}\|[\w.@/-]{1,64}) {1,64}\| ?", re.ASCII)


def _peel(line: Line) -> Line | None:
    head = _pattern().match(line.text) if line.text[:1].isdigit() else None
    return inside(line, line.text[head.end() :], stream=head[1]) if head else None


WRAPPER = Wrapper("pm2", _peel)
