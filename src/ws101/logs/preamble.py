"""What a program's logger puts before and after a message: the time, the level, its own name, a request's id.

Knows the usual layouts (logback, log4j, Python's logging, Spring Boot, Go, Rails, tracing), and nothing of messages.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from ws101.logs import stamp
from ws101.logs.entry import Level

_LEVELS = {
    Level.DEBUG: "trace trce trc debug dbug dbg verbose finest finer fine silly d",
    Level.INFO: "info inf information informational config http i",
    Level.NOTICE: "notice n",
    Level.WARN: "warn warning wrn w",
    Level.ERROR: "error err eror severe fail e",
    Level.CRIT: "fatal critical crit alert emerg emergency panic dpanic ftl f",
}
_BY_WORD = {word: level for level, words in _LEVELS.items() for word in words.split()}
# pino, bunyan and Python's logging count their levels; both use multiples of ten.
_PINO = {10: Level.DEBUG, 20: Level.DEBUG, 30: Level.INFO, 40: Level.WARN, 50: Level.ERROR, 60: Level.CRIT}
_LONGEST = 400  # characters; what stands before a message is shorter
_PIECES = 8


class Preamble(NamedTuple):
    """`at` is where the message begins and `end` where it ends; what the line does not tell is None or empty."""

    at: int = 0
    end: int = 0
    time: float | None = None
    zoned: bool = True
    level: Level | None = None
    request: str = ""


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Return one of the patterns, compiled when it is first asked for."""
    return re.compile(
        {
            "open": r"(?:[DIWEFAU], )?[\[(<]?",  # Ruby's Logger begins with the level's letter
            # A program's name, as Nest and what runs several programs put it first.
            "tag": r"\[[\w.:@/-]{1,40}\][ \t]+(?:\d{1,8}[ \t]+-[ \t]+)?(?=[\[(]?\d)",
            "clock": r"(?:\d\d:\d\d:\d\d(?:[.,]\d{1,9})?|\d{1,2}:\d\d[AP]M)(?=[\s\]])",
            "close": r"(?: #\d{1,8})?[\])>]?[ \t]*[-|:,]?[ \t]*",
            # The levels of Python's logging stand before a colon with or without a blank, as do Kestrel's.
            "level": (
                r"[\[(<]?(?P<level>[A-Za-z]{1,13})(?: {0,8}[\])>])?"
                r"(?P<after>:?[ \t]+(?:-{1,2}[ \t]+(?::[ \t]+)?|[|:][ \t]+)?|:(?=[\w.]+:)|\|[ \t]*|$)"
            ),
            "thread": r"\[[^\]\n]{0,120}\][ \t]*(?:[-|:][ \t]+)?|(?:MainThread|Thread-\d{1,6})[ \t]+",
            "pid": r"#\d{1,8}[ \t]+|[\w.-]{1,60}\[\d{1,8}:\d{1,12}\][ \t]+|\d{1,8}[ \t]+---[ \t]+|-{2,3}[ \t]+",
            "target": r"[A-Za-z_](?:\w|::|\.){0,120}\][ \t]+",
            "dashed": r"[A-Za-z_](?:[\w.$/@<>-]|::|:(?=\w)){0,120}?[ \t]+[-:|—][ \t]+",
            # Flask's `in app:`, a place in a source, Django's module with its process and thread.
            "place": r"in [\w.]{1,80}:[ \t]+|[\w./\\-]{1,80}\.[a-z]{1,4}:\d{1,6}:?[ \t]+|[A-Za-z_]\w{0,60} \d{1,8} \d{9,16} ",
            "bare": r"(?:[A-Za-z_]\w{0,40}(?:\.[A-Za-z_]\w{0,40}){1,8}|__[a-z]{1,20}__)[ \t]+",
            "colon": r"(?:[A-Za-z_][\w$-]*(?:(?:\.|::)[\w$-]+)+|(?<=[A-Z]:)[A-Za-z_][\w.$-]*)(?::\d{1,6})?:[ \t]*(?=[^:\s])",
            "logfmt": r'(?:^|[ \t])(?:time|ts|t)="?(?P<time>[^"\n]{10,40})',
            "logfmt_level": r'(?:^|[ \t])(?:level|lvl|severity)="?(?P<level>[A-Za-z]{1,13})',
            "request": r"(?:req|request[_-]?id|trace[_-]?id)=(?P<id>[\w.:-]{1,128})",
        }[name]
    )


@lru_cache(maxsize=64)  # one format after another asks the same of a line, and again when its record is whole
def split(text: str) -> Preamble:
    """Return what stands before the message of a line, and after it."""
    if "level=" in text[:_LONGEST] or "lvl=" in text[:_LONGEST]:
        return _logfmt(text)
    at, time, zoned = _timed(text)
    tag = _pattern("tag").match(text) if at == 0 and text.startswith("[") and not _leveled(text, 0) else None
    if tag and (tagged := _timed(text, tag.end()))[0] > tag.end():
        at, time, zoned = tagged
    level: Level | None = None
    named = False
    begun = time is not None or at > 0
    for _ in range(_PIECES):
        if at >= _LONGEST:
            break
        if level is None and (found := _leveled(text, at)):
            at, level = found
            begun = True
        elif time is None and level is not None and (late := _timed(text, at))[0] > at:
            at, time, zoned = late
        elif (
            begun
            and not named
            and (skipped := _pattern("thread").match(text, at) or _pattern("pid").match(text, at))
        ):
            at = skipped.end()
        elif begun and not named and (logger := _named(text, at)):
            at, named = logger.end(), True
        # A name that nothing closes off is one where a level stands before or behind it.
        elif begun and not named and (bare := _pattern("bare").match(text, at)):
            if level is None and _leveled(text, bare.end()) is None:
                break
            at, named = bare.end(), True
        else:
            break
    end, request = _suffix(text, at)
    return Preamble(at, end, time, zoned, level, request)


def level_of(word: object) -> Level | None:
    """Return the level that a word or a number stands for."""
    if isinstance(word, str):
        return _BY_WORD.get(word.lower())
    return _PINO.get(word) if isinstance(word, int) else None


def _timed(text: str, at: int = 0) -> tuple[int, float | None, bool]:
    opened = _pattern("open").match(text, at)
    begin = opened.end() if opened else at
    if not text[begin : begin + 1].isalnum():
        return at, None, True
    found = stamp.read(text[begin : begin + 64])
    if found is not None:
        closed = _pattern("close").match(text, begin + found.end)
        return closed.end() if closed else begin + found.end, found.time, found.zoned
    clock = _pattern("clock").match(text, begin)  # a time without its day tells no moment
    closed = _pattern("close").match(text, clock.end()) if clock else None
    return closed.end() if closed else at, None, True


def _leveled(text: str, at: int) -> tuple[int, Level] | None:
    found = _pattern("level").match(text, at)
    level = _BY_WORD.get(found["level"].lower()) if found else None
    if found is None or level is None:
        return None
    # A single letter, or a word in small letters, is a level only where something closes it off.
    plain = text[at].isalpha() and found["after"].isspace()
    if plain and (len(found["level"]) == 1 or (found["level"].islower() and at == 0)):
        return None
    return found.end(), level


def _logfmt(text: str) -> Preamble:
    """Read a line of names and values (logrus, slog, Grafana): its message stays as it is, for it has no one place."""
    when, grave = _pattern("logfmt").search(text), _pattern("logfmt_level").search(text)
    found = stamp.read(when["time"]) if when else None
    time, zoned = (found.time, found.zoned) if found else (None, True)
    end, request = _suffix(text, 0)
    return Preamble(0, end, time, zoned, level_of(grave["level"]) if grave else None, request)


def _named(text: str, at: int) -> re.Match[str] | None:
    return (
        _pattern("place").match(text, at)
        or _pattern("dashed").match(text, at)
        or _pattern("colon").match(text, at)
        or _pattern("target").match(text, at)
    )


def _suffix(text: str, at: int) -> tuple[int, str]:
    bar = text.rfind(" | ", at)
    found = _pattern("request").match(text, bar + 3) if bar >= 0 else None
    return (bar, found["id"]) if found else (len(text), "")
