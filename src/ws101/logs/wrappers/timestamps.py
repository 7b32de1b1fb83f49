"""The time that an engine or a runner puts before each line: `docker logs -t`, `kubectl logs --timestamps`, GitHub Actions.

Told from a program's own time by its seven to nine digits after the point.
"""

import re
from functools import cache

from ws101.logs import stamp
from ws101.logs.line import Line
from ws101.logs.wrapper import Wrapper, inside


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7,9}(?:Z|[+-]\d\d:\d\d)(?: |\Z)", re.ASCII)


def _peel(line: Line) -> Line | None:
    text = line.text
    if text[10:11] != "T" or text[19:20] != ".":
        return None
    head = _pattern().match(text)
    at = stamp.iso(text) if head else None
    return inside(line, text[head.end() :], at) if head and at else None


WRAPPER = Wrapper("timestamps", _peel)
