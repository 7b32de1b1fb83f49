"""Reads what people write for a duration, a list and a timer; what fits nothing, or several, is told with what there is."""

import re
from collections.abc import Sequence
from typing import TypeVar

from ws101.errors import UsageError
from ws101.redact import printable
from ws101.timers.wire import DAY, Timer, TimerList

V = TypeVar("V", Timer, TimerList)

_UNITS = re.compile(r"(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d\d)", re.ASCII)
_ENOUGH = 4  # characters of an id that are taken for one


def duration(text: str) -> int:
    """Return the milliseconds of `25m`, `1h30m`, `90s` or `25:00`; raises UsageError."""
    found = _CLOCK.fullmatch(text) or (
        _UNITS.fullmatch(text.replace(" ", "").lower()) if text.strip() else None
    )
    if found is None:
        raise UsageError(f"{text[:40]!r} is no duration. Write 25m, 1h30m, 90s or 25:00.")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    total = ((hours * 60 + minutes) * 60 + seconds) * 1000
    if not 1000 <= total <= 7 * DAY:
        raise UsageError(f"{text[:40]!r} is out of bounds: a timer lasts from one second to seven days.")
    return total


def find(items: Sequence[V], word: str, kind: str, hint: str = "") -> V:
    """Return the item of this name or id, or of the beginning of one; raises UsageError with what could be meant."""
    wanted = word.lower()
    for fits in (
        [item for item in items if item.id == word],
        [item for item in items if item.name == word],
        [item for item in items if item.name.lower() == wanted],
        [item for item in items if _begins(item, wanted)],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            said = ", ".join(f"{printable(item.name)} ({item.id[:8]})" for item in fits[:5])
            raise UsageError(
                f"{word[:40]!r} could be any of these {kind}s: {said}. Write more of it, or the id."
            )
    there = ", ".join(printable(item.name) for item in items[:10]) + (", …" if len(items) > 10 else "")
    known = f"There are: {there}." if items else f"There are no {kind}s. {hint}".rstrip()
    raise UsageError(f"there is no {kind} {word[:40]!r}. {known}")


def _begins(item: Timer | TimerList, wanted: str) -> bool:
    by_id = len(wanted) >= _ENOUGH and item.id.lower().startswith(wanted)
    return bool(wanted) and (item.name.lower().startswith(wanted) or by_id)
