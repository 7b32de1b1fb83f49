"""What syslog and `journalctl` put before each line: RFC 3164 and RFC 5424, as sent and as written to files.

RFC 3164 names neither year nor zone; the year is the caller's to know, and without it there is no time.
"""

import re
from functools import cache

from ws101.logs import stamp
from ws101.logs.line import Line
from ws101.logs.stamp import Stamp
from ws101.logs.wrapper import Wrapper, inside

_LEVELS = frozenset(
    {
        "TRACE",
        "DEBUG",
        "INFO",
        "NOTICE",
        "WARN",
        "WARNING",
        "ERROR",
        "CRITICAL",
        "FATAL",
        "debug",
        "info",
        "warn",
        "error",
    }
    | {"TRC", "DBG", "INF", "WRN", "ERR", "FTL"}
)


@cache
def _priority() -> re.Pattern[str]:
    return re.compile(r"<\d{1,3}>(1 )?", re.ASCII)


@cache
def _tag() -> re.Pattern[str]:
    """Host and program; Heroku leaves the host out. A program without a number must be one word before a colon."""
    return re.compile(r" (?:([\w.:-]{1,255}) )?([\w./@-]{1,128})(?:\[([\w.-]{1,32})\])?:(?: |\Z)", re.ASCII)


@cache
def _rfc5424() -> re.Pattern[str]:
    """After the time: host, program, process, kind of message, and structured data."""
    return re.compile(
        r" (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) (?:-|(?:\[[^\]\\]*(?:\\.[^\]\\]*)*\]){1,16})(?: (?:\ufeff)?|\Z)"
    )


def _peel(line: Line, year: int | None) -> Line | None:
    text = line.text
    position, version = 0, None
    if text.startswith("<"):
        head = _priority().match(text)
        if head is None:
            return None
        position, version = head.end(), head[1]
    at, position = _time(text, position, year)
    if position < 0:
        return None
    return _structured(line, at, position) if version else _tagged(line, at, position)


def _time(text: str, position: int, year: int | None) -> tuple[Stamp | None, int]:
    """Return the time, and where the text goes on after it; -1 where no time of syslog's or a journal's stands there."""
    if text.startswith("- ", position):
        return None, position + 1
    start = text[position : position + 64]
    if start[:1].isdigit():
        found = (
            stamp.iso(start) if start[10:11] == "T" else stamp.epoch(start) if start[10:11] == "." else None
        )
    elif start[:1].isupper():
        found = stamp.journal(start)
        if found is None and (yearless := stamp.syslog(start, year or 2000)):
            return yearless if year else None, position + yearless.end
    else:
        found = None
    return found, position + found.end if found else -1


def _tagged(line: Line, at: Stamp | None, position: int) -> Line | None:
    head = _tag().match(line.text, position)
    if head is None:
        return None
    host, program, process = head.groups()
    # `2026-11-26T01:02:03Z INFO server: …` is a program's own.
    if (host is None and process is None) or _LEVELS & {host, program}:
        return None
    return inside(line, line.text[head.end() :], at, f"{program}[{process}]" if process else program)


def _structured(line: Line, at: Stamp | None, position: int) -> Line | None:
    head = _rfc5424().match(line.text, position)
    if head is None:
        return None
    _, program, process, _ = head.groups()
    return inside(line, line.text[head.end() :], at, program if process == "-" else f"{program}[{process}]")


def for_year(year: int | None) -> Wrapper:
    """Return the wrapper; times without a year are of this one."""
    return Wrapper("syslog", lambda line: _peel(line, year))


WRAPPER = for_year(None)
