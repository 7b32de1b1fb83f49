"""The shape of a wording: words of a proxy's error log, what they mean, and which line of its source writes them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ws101.logs.entry import Told
from ws101.signature import Says


class Wording(NamedTuple):
    """All of `marks` stand in the message to the letter. `source` is a file of the software's source, or its manual."""

    says: Says
    marks: tuple[str, ...]
    source: str
    told: Told = Told.WRONG


def worded(
    source: str, *rows: tuple[Says, str] | tuple[Says, str, str], told: Told = Told.WRONG
) -> Iterator[Wording]:
    """Yield wordings of one source; each row is what it says, and one or two marks."""
    return (Wording(says, tuple(marks), source, told) for says, *marks in rows)


def recognise(message: str, wordings: Iterable[Wording]) -> Wording | None:
    """Return the first wording whose marks all stand in the message."""
    for wording in wordings:
        for mark in wording.marks:
            if mark not in message:
                break
        else:
            return wording
    return None
