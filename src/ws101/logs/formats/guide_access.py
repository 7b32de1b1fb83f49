"""Request lines of a server of the guide's kind: `GET /api/v1/timers -> 200`."""

import re
from collections.abc import Sequence
from functools import cache

from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.record import message, record
from ws101.terms import Hop

NAME, SOFTWARE = "guide-access", "the server"


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(
        r"(?P<method>GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) (?P<path>\S+) -> (?P<status>\d{3})(?: |$)"
    )


def _opens(text: str) -> bool:
    return " -> " in text and _pattern().match(message(text)) is not None


def _read(lines: Sequence[Line]) -> Entry | None:
    found = record(lines)
    said = _pattern().match(found.messages[0])
    if said is None:
        return None
    return found.entry(
        NAME,
        SOFTWARE,
        Hop.SERVER,
        told=Told.ANSWERED,
        method=said["method"],
        path=said["path"],
        status=int(said["status"]),
    )


FORMAT = Format(NAME, SOFTWARE, Hop.SERVER, _opens, _read, (b" -> ",))
