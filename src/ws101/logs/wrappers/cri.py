"""The lines of containers under Kubernetes (CRI): `2026-11-26T01:02:03.123456789Z stdout F …`, P where the line goes on."""

import re
from functools import cache

from ws101.logs import stamp
from ws101.logs.line import Line
from ws101.logs.wrapper import Wrapper, inside


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(r"(\S{19,40}) (stdout|stderr) ([PF])(?::[^ ]{0,64})? ?", re.ASCII)


def _head(text: str) -> re.Match[str] | None:
    return _pattern().match(text) if " std" in text[:48] else None


def _peel(line: Line) -> Line | None:
    head = _head(line.text)
    at = stamp.iso(head[1]) if head else None
    return inside(line, line.text[head.end() :], at, head[2]) if head and at else None


def _partial(line: Line) -> bool:
    head = _head(line.text)
    return head is not None and head[3] == "P"


WRAPPER = Wrapper("cri", _peel, _partial)
