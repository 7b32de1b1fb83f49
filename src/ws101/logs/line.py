"""One line of a log, out of whatever wrapped it. Knows no format."""

from typing import NamedTuple


class Place(NamedTuple):
    """Where a record stands: its source's name, its first line from 1, and how many `lines` it has.

    `line` is 0 where a source has no line numbers, as a journal.
    """

    source: str
    line: int
    lines: int = 1

    def __str__(self) -> str:
        return f"{self.source}:{self.line}" if self.line else self.source


class Line(NamedTuple):
    """One line without its end; `text` is redacted and holds no control characters.

    `time` (seconds since the epoch) and `stream` (container, unit or process, and stdout or stderr, as far as told) are
    what a wrapper says of it. Lines of one stream are in the order in which they were written. Where the wrapper names no
    zone, `zoned` is false, and `time` reads its digits as UTC.
    """

    text: str
    place: Place
    time: float | None = None
    stream: str = ""
    zoned: bool = True
