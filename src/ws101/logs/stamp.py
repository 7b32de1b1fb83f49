"""Notations of time in logs: text in, seconds since the epoch out. Knows no log's format.

Where the writer names no zone, the digits are read as UTC and `zoned` is false.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

_MONTHS = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
    "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}  # fmt: skip
_SECONDS = {f"{second:02}": second for second in range(60)}
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_CLOCK = (
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?!(?:[.,]\d{1,9})?[ \u202f][AaPp][Mm]\b)"
    r"(?:[.,](?P<fraction>\d{1,9}))?"
)
_ZONE = r"(?: ?(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)(?![\w:]))?"
_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_ISO = rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)(?:[T ]| T ){_CLOCK}{_ZONE}"
_SLASHED = rf"(?P<year>\d{{4}})/(?P<month>\d\d)/(?P<day>\d\d) (?:- )?{_CLOCK}{_ZONE}"
_DOTTED = rf"(?P<day>\d\d)\.(?P<month>\d\d)\.(?P<year>\d{{4}})[ T] ?{_CLOCK}{_ZONE}"
_TWELVE = r"(?P<hour>\d{1,2}):(?P<minute>\d\d):(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?[ \u202f](?P<half>[AaPp][Mm])(?!\w)"
_ISO_OF_TWELVE = rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)[ T]{_TWELVE}"
_US = rf"(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})/(?P<year>\d{{4}}),? {_TWELVE}"
_CLF = rf"(?P<day>\d\d)/(?P<month>[A-Z][a-z]{{2}})/(?P<year>\d{{4}}):{_CLOCK}{_ZONE}"
_CLF_ZONE = r"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d ([+-]\d{4})\]"
_TOMCAT = rf"(?P<day>\d\d)-(?P<month>[A-Z][a-z]{{2}})-(?P<year>\d{{4}}) {_CLOCK}{_ZONE}"
_SYSLOG = rf"(?P<month>[A-Z][a-z]{{2}}) (?P<day>[ \d]\d) {_CLOCK}(?! \d{{4}})"
_ASCTIME = rf"{_WEEKDAY} (?P<month>[A-Z][a-z]{{2}}) (?P<day>[ \d]\d) {_CLOCK} (?P<year>\d{{4}})"
_HTTP = rf"{_WEEKDAY}, (?P<day>\d\d) (?P<month>[A-Z][a-z]{{2}}) (?P<year>\d{{4}}) {_CLOCK}{_ZONE}"
_JOURNAL = rf"{_WEEKDAY} (?P<iso>{_ISO})"
_JAVA = rf"(?P<month>[A-Z][a-z]{{2}}) (?P<day>\d{{1,2}}), (?P<year>\d{{4}}),? {_TWELVE}"
_KLOG = rf"[IWEF](?P<month>\d\d)(?P<day>\d\d) {_CLOCK}"
_EPOCH = r"(\d{10})(?:(\d{3})|(\d{6})|(\d{9})|[.](\d{1,9}))?(?![\w.:/-])"
_BRACKETS = {"[": "]", "(": ")", '"': '"'}


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Compile when first used: a log has one or two notations, and ten would delay every start."""
    return re.compile(text, re.ASCII)


class Stamp(NamedTuple):
    """A time that stands at the start of a text, and where the text goes on after it."""

    time: float
    zoned: bool
    end: int


def read(text: str, year: int | None = None) -> Stamp | None:
    """Return the time at the start of the text in whatever notation, alone or in brackets or quotes.

    `year` is for notations that name none; without it, they are not read.
    """
    closing = _BRACKETS.get(text[:1])
    if closing:
        inner = _bare(text[1:64], year)
        if inner is None or not text.startswith(closing, inner.end + 1):
            return None
        return inner._replace(end=inner.end + 2)
    return _bare(text, year)


def _bare(text: str, year: int | None) -> Stamp | None:
    if text[:1].isdigit():
        after_year, after_day = text[4:5], text[2:3]
        reader = (
            {"-": iso, "/": go}.get(after_year)
            or {"/": clf, "-": tomcat, ".": dotted}.get(after_day)
            or epoch
        )
        return reader(text) or (twelve(text) if "/" in text[1:5] or after_year == "-" else None)
    for worded in (asctime, http, journal, java):
        if stamp := worded(text):
            return stamp
    return (syslog(text, year) or klog(text, year)) if year is not None else None


def iso(text: str) -> Stamp | None:
    """Read ISO 8601 as it is written: T or a blank, a point or a comma, a zone or none."""
    return _stamp(_pattern(_ISO).match(text))


def go(text: str) -> Stamp | None:
    """Read `2026/11/26 01:02:03`, of Go's log and nginx's error log, with or without a fraction."""
    return _stamp(_pattern(_SLASHED).match(text))


def dotted(text: str) -> Stamp | None:
    """Read `26.11.2026 01:02:03`, the day first, as it is written in German and other languages."""
    return _stamp(_pattern(_DOTTED).match(text))


def twelve(text: str) -> Stamp | None:
    """Read `2026-11-26 1:02:03 PM`, and `11/26/2026, 1:02:03 PM` of American English: a clock of twelve hours goes with the month first."""
    return _stamp(_pattern(_ISO_OF_TWELVE).match(text) or _pattern(_US).match(text))


nginx_error = go


def clf_time(text: str) -> float | None:
    """Return the seconds of a whole `26/Nov/2026:01:02:03 +0000`; lines of one minute share what is worked out."""
    second = _SECONDS.get(text[18:20]) if len(text) == 26 else None
    if second is None:
        return _whole(clf, text)
    begun = _whole(clf, f"{text[:18]}00{text[20:]}")
    return None if begun is None else begun + second


def clf_zone(text: str) -> int:
    """Return by how many seconds the clocks are ahead of UTC of those who wrote such times; 0 where they differ, or none did."""
    zones = set(_pattern(_CLF_ZONE).findall(text))
    if len(zones) != 1:
        return 0
    (zone,) = zones
    seconds = int(zone[1:3]) * 3600 + int(zone[3:]) * 60
    return -seconds if zone.startswith("-") else seconds


def go_time(day: str, clock: str) -> float | None:
    """Return the seconds of a whole `2026/11/26` and `01:02:03`, likewise."""
    second = _SECONDS.get(clock[6:])
    if second is None:
        return _whole(go, f"{day} {clock}")
    begun = _whole(go, f"{day} {clock[:6]}00")
    return None if begun is None else begun + second


@lru_cache(maxsize=4096)
def _whole(read: Callable[[str], Stamp | None], text: str) -> float | None:
    stamp = read(text)
    return stamp.time if stamp and stamp.end == len(text) else None


def clf(text: str) -> Stamp | None:
    """Read the common log format's `10/Oct/2000:13:55:36 -0700`; HAProxy's has milliseconds and no zone."""
    return _stamp(_pattern(_CLF).match(text))


def tomcat(text: str) -> Stamp | None:
    """Read `26-Nov-2026 01:02:03.123`."""
    return _stamp(_pattern(_TOMCAT).match(text))


def asctime(text: str) -> Stamp | None:
    """Read `Thu Nov 26 01:02:03.123456 2026`, of Apache's error log."""
    return _stamp(_pattern(_ASCTIME).match(text))


def http(text: str) -> Stamp | None:
    """Read RFC 9110's `Thu, 26 Nov 2026 01:02:03 GMT`."""
    return _stamp(_pattern(_HTTP).match(text))


def journal(text: str) -> Stamp | None:
    """Read `Thu 2026-11-26 01:02:03 UTC`, of journalctl's short-full."""
    return _stamp(_pattern(_JOURNAL).match(text))


def java(text: str) -> Stamp | None:
    """Read `Nov 26, 2026 1:02:03 AM`, of java.util.logging."""
    return _stamp(_pattern(_JAVA).match(text))


def syslog(text: str, year: int) -> Stamp | None:
    """Read RFC 3164's `Nov 26 01:02:03`."""
    return _stamp(_pattern(_SYSLOG).match(text), year)


def klog(text: str, year: int) -> Stamp | None:
    """Read Kubernetes' `I1126 01:02:03.123456`."""
    return _stamp(_pattern(_KLOG).match(text), year)


def epoch(text: str) -> Stamp | None:
    """Read seconds since the epoch with or without a fraction, or as a whole number of milli-, micro- or nanoseconds."""
    match = _pattern(_EPOCH).match(text)
    if match is None:
        return None
    seconds, milli, micro, nano, fraction = match.groups()
    return Stamp(float(f"{seconds}.{milli or micro or nano or fraction or 0}"), zoned=True, end=match.end())


def of_number(number: float) -> float | None:
    """Return seconds of a number of seconds, milli-, micro- or nanoseconds since the epoch; None where it is none."""
    for unit in (1, 1_000, 1_000_000, 1_000_000_000):
        if 1e9 <= number / unit < 1e10:
            return number / unit
    return None


def _stamp(match: re.Match[str] | None, year: int | None = None) -> Stamp | None:
    if match is None:
        return None
    part = match.groupdict()
    month = part["month"]
    day = _midnight(
        int(part.get("year") or year or 0), _MONTHS.get(month) or _digits(month), int(part["day"])
    )
    hour, minute, second = int(part["hour"]), int(part["minute"]), int(part["second"])
    if "half" in part:
        hour = hour % 12 + 12 * (part["half"].upper() == "PM") if 1 <= hour <= 12 else 24
    zone = part.get("zone")
    offset = _offset(zone or "Z")
    if day is None or offset is None or hour > 23 or minute > 59 or second > 60:
        return None
    fraction = part.get("fraction")
    time = day + hour * 3600 + minute * 60 + second - offset + (float(f"0.{fraction}") if fraction else 0.0)
    return Stamp(time, zone is not None, match.end())


def _digits(month: str) -> int:
    return int(month) if month.isdigit() else 0


@lru_cache(maxsize=256)
def _offset(zone: str) -> int | None:
    """Return seconds east of UTC; None where there is no such zone."""
    if zone in {"Z", "UTC", "GMT"}:
        return 0
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    if hours > 15 or minutes > 59:
        return None
    return (-1 if zone[0] == "-" else 1) * (hours * 3600 + minutes * 60)


@lru_cache(maxsize=1024)
def _midnight(year: int, month: int, day: int) -> float | None:
    """Return the epoch's seconds at this day's start; None where there is no such day."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= month <= 12 or not 1 <= day <= _LENGTHS[month - 1] + (leap and month == 2) or year < 1970:
        return None
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400 + sum(_LENGTHS[: month - 1])
    return float((days + (leap and month > 2) + day - 719163) * 86400)  # 719163: 1970-01-01 counted so
