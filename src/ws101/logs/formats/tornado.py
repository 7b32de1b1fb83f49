"""tornado's log, and Jupyter's: `[W 261126 01:30:28 web:2591] 400 GET /ws (127.0.0.1) 0.38ms`, and the reason behind it.

Observed: tornado 6.6.1, also with a format of one's own. The reason is written at level debug only, right after the request's line.
"""

import re
from collections.abc import Sequence
from functools import cache

from ws101.logs import sayings, stamp
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.oneline import Shape, formats
from ws101.logs.preamble import Preamble, level_of
from ws101.logs.record import Record
from ws101.signature import Says
from ws101.terms import Hop

NAME, SOFTWARE = "tornado", "tornado"
_SIGNS = (b"101 GET ", b"400 GET ", b"403 GET ", b"404 GET ", b"426 GET ", b"401 GET ", b"500 GET ")


@cache
def _pattern(name: str) -> re.Pattern[str]:
    head = (
        r"\[(?P<level>[DIWEC]) (?:(?P<short>\d{6}) |(?P<day>\d{4}-\d\d-\d\d) )?(?P<clock>\d\d:\d\d:\d\d(?:\.\d{1,6})?)"
        r"(?: [\w.:-]{1,60})?\][ \t]+"
    )
    return re.compile(
        {
            "request": head
            + r"(?P<status>\d{3}) (?P<method>[A-Z]{1,12}) (?P<path>/\S{0,4000}) \((?:[\w-]{1,40}@)?(?P<client>[\w.:%]{1,60})\)"
            + r"(?:: (?P<words>.{0,400})| (?P<ms>\d{1,9}\.\d{1,6})ms)",
            "reason": r"\[[DW] (?:\d{6} |\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d(?:\.\d{1,6})? websocket:\d{1,6}\][ \t]+",
        }[name]
    )


def _opens(text: str) -> bool:
    return text.startswith("[") and _pattern("request").match(text) is not None


def _continues(text: str) -> bool:
    return text.startswith("[") and _pattern("reason").match(text) is not None


def _read(lines: Sequence[Line]) -> Entry | None:
    match = _pattern("request").match(lines[0].text)
    # A line such as `403 GET /deny (127.0.0.1): denied` comes before the request's own.
    if match is None or match["ms"] is None:
        return None
    reasons = [_pattern("reason").sub("", line.text, count=1) for line in lines[1:]]
    heard = next((h for reason in reasons if (h := sayings.recognise(reason, about=True))), None)
    time = _time(match)
    found = Record(lines, Preamble(time=time, zoned=False, level=level_of(match["level"])), (lines[0].text,))
    return found.entry(
        NAME,
        SOFTWARE,
        Hop.SERVER,
        told=Told.ANSWERED,
        method=match["method"],
        path=match["path"],
        status=int(match["status"]),
        client=match["client"],
        took=float(match["ms"]) / 1000,
        says=heard.says if heard else Says.NOTHING,
        words=reasons[0] if reasons else "",
    )


def _time(match: re.Match[str]) -> float | None:
    short = match["short"]
    day = match["day"] or (f"20{short[:2]}-{short[2:4]}-{short[4:]}" if short else "")
    found = stamp.iso(f"{day} {match['clock']}") if day else None
    return found.time if found else None


FORMAT = Format(NAME, SOFTWARE, Hop.SERVER, _opens, _read, _SIGNS, _continues)
# The same by `logging.basicConfig`, under the logger's name or none.
PLAIN = formats(
    "tornado-plain",
    SOFTWARE,
    Hop.SERVER,
    _SIGNS,
    (
        Shape(
            "ms",
            r"(?P<status>\d{3}) (?P<method>[A-Z]{1,12}) (?P<path>/\S{0,4000}) \((?P<client>[\w.:%]{1,60})\) (?P<ms>\d{1,9}\.\d{1,6})ms",
        ),
    ),
)
FORMATS = (FORMAT, PLAIN)
