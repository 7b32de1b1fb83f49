"""What Android's logcat and Android Studio put before each line: `11-26 01:02:03.456  1234  5678 I okhttp.OkHttpClient: `.

Android's system/logging, liblog/logprint.cpp: threadtime, time, brief and tag. No zone is named, and mostly no year, which is
the caller's to know. A program's lines are those of its process, whatever tag each has.
"""

import re
from functools import cache

from ws101.logs import stamp
from ws101.logs.line import Line
from ws101.logs.wrapper import Wrapper, inside

_LEVELS = "VDIWEFA"


@cache
def _when() -> re.Pattern[str]:
    return re.compile(r"(?:(\d{4})-)?(\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,6})[ \t]+", re.ASCII)


@cache
def _head() -> re.Pattern[str]:
    """What stands after the time: of threadtime, of Android Studio new and old, and of time, brief and tag."""
    tag = r"[^\s:(/][^:(/\n]{0,60}"
    return re.compile(
        rf"(?P<a>\d{{1,7}})[ \t]+\d{{1,7}}[ \t]+[{_LEVELS}][ \t]+{tag}:(?: |$)"
        rf"|(?P<b>\d{{1,7}})-\d{{1,7}}[ \t]+\S{{1,120}}[ \t]+\S{{1,120}}[ \t]+[{_LEVELS}](?:  |$)"
        rf"|(?P<c>\d{{1,7}})-\d{{1,7}}/\S{{1,120}} [{_LEVELS}]/{tag}: "
        rf"|[{_LEVELS}]/{tag}(?:\([ \t]*(?P<d>\d{{1,7}})\))?: ",
        re.ASCII,
    )


def _peel(line: Line, year: int | None) -> Line | None:
    text = line.text
    if not ("-" in text[2:5] or text[1:2] == "/"):
        return None
    when = _when().match(text)
    head = _head().match(text, when.end() if when else 0)
    if head is None or (when is None and text[1:2] != "/"):
        return None
    named = (when[1] or year) if when else None
    at = stamp.iso(f"{named}-{when[2]}") if when and named else None
    process = head[head.lastgroup] if head.lastgroup else ""
    return inside(line, text[head.end() :], at, f"[{process}]" if process else "")


def for_year(year: int | None) -> Wrapper:
    """Return the wrapper; times without a year are of this one."""
    return Wrapper("logcat", lambda line: _peel(line, year))


WRAPPER = for_year(None)
