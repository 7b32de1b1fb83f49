"""The shape of a source: where bytes of a log come from, or why they do not. Knows no format."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct, field

CHUNK = 1 << 18  # bytes read at once; more is no faster, and less is slower
_BEGINNING = 4096  # bytes
_APART = 60.0  # seconds at least between the last writes to two parts of a log: what was unpacked or copied at once is not in turn


class Source(Struct, frozen=True):
    """One log that can be read; `chunks` gives its bytes from the oldest on, anew at each call.

    `path` and `size` are there where it is a plain file, which can be read at any place. `troubles` says in sentences
    what went wrong while it was read, such as a file that was cut meanwhile; what had been read until then stays. A file is a
    `part_of` a log that may have been rotated, and was last `written` then (seconds since the epoch).
    """

    name: str
    chunks: Callable[[], Iterator[bytes]]
    path: Path | None = None
    size: int | None = None
    troubles: list[str] = field(default_factory=list)
    part_of: str = ""
    written: float | None = None

    @property
    def beginning(self) -> bytes:
        """The first lines of a plain file; nothing where it is none, or cannot be read."""
        with suppress(OSError):
            if self.path is not None:
                with self.path.open("rb") as file:
                    return file.read(_BEGINNING)
        return b""


class Unopened(NamedTuple):
    """A source that cannot be read: `why`, and what would `cure` it."""

    name: str
    why: str
    cure: str


def in_turn(sources: Sequence[Source]) -> list[list[Source]]:
    """Return the sources in groups, one group to be read beside the other, its members one after another: parts of one log.

    They must be given from the oldest on, and were written in this order.
    """
    groups: list[list[Source]] = []
    for source in sources:
        if groups and _follows(groups[-1][-1], source):
            groups[-1].append(source)
        else:
            groups.append([source])
    return groups


def _follows(before: Source, after: Source) -> bool:
    if (
        not after.part_of
        or before.part_of != after.part_of
        or before.written is None
        or after.written is None
    ):
        return False
    return before.written + _APART <= after.written
