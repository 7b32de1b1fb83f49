"""What `grep` over several files puts before each line: `/var/log/nginx/access.log:`, with -n the line's number as well."""

import re
from functools import cache

from ws101.logs.line import Line
from ws101.logs.wrapper import Wrapper, inside


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(
        r"([\w./@-]{1,255}[._]log(?:[.-]\d{1,8})?(?:\.gz|\.zst|\.xz)?)[:-](?:\d{1,12}[:-])?", re.ASCII
    )


def _peel(line: Line) -> Line | None:
    head = _pattern().match(line.text) if "log" in line.text[:250] else None
    return inside(line, line.text[head.end() :], stream=head[1]) if head else None


WRAPPER = Wrapper("grep", _peel)
