"""Follows files that are written to, through rotation by renaming and by copying and truncating. Knows no format.

Looks again every few milliseconds: that costs a thousandth of a core, works on every file system, and shows a line as soon
as a notification would; inotify is not in the standard library, and does not reach network file systems.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from ws101.sources.file import watched
from ws101.sources.source import CHUNK
from ws101.sources.windows import counted

LOOK_AGAIN = 0.02  # seconds
_LOOKS_AROUND = 10  # looks, after which rotation is looked for
_LOOKS_FOR_NEW = 50  # looks, after which new files are looked for
_GRACE = (
    250  # looks for which a file that was renamed is still read: its writer opens the new one some time later
)
_REMEMBERED = 64  # bytes before the place that was read up to; where they changed, the file was written anew


class _Renamed(Struct):
    """A file that has another name now, what was read of it, and the look after which nothing more is expected."""

    file: int
    at: int
    until: int


class Tail:
    """The end of one file; `poll` returns what was written since. A file that is not there yet is waited for."""

    def __init__(self, path: Path, *, from_start: bool = False) -> None:
        self.path = path
        self.troubles: list[str] = []
        self._file = -1
        self._at = 0
        self._before = b""
        self._renamed: list[_Renamed] = []
        self._looks = 0
        self._open(from_start=from_start)

    def poll(self) -> bytes:
        """Return what is new, b"" where nothing is; at most a chunk at a time."""
        self._looks += 1
        if self._renamed and (late := self._late()):
            return late
        new = self._read()
        if not new and (self._file < 0 or self._looks % _LOOKS_AROUND == 0):
            self._look_around()
            new = self._read()
        return new

    def close(self) -> None:
        """Close what is open."""
        for file in (*(old.file for old in self._renamed), *([self._file] if self._file >= 0 else [])):
            os.close(file)
        self._renamed, self._file = [], -1

    def _open(self, *, from_start: bool) -> None:
        try:
            self._file = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            self._file = -1
            return
        self._at = 0 if from_start else os.fstat(self._file).st_size
        self._remember()

    def _read(self) -> bytes:
        if self._file < 0:
            return b""
        size = os.fstat(self._file).st_size
        if size == self._at:
            return b""
        if size < self._at or self._written_anew():
            self.troubles.append(f"{self.path} was cut; what was written between two looks may be missing.")
            self._at, self._before = 0, b""
        new = os.pread(self._file, CHUNK, self._at)
        self._at += len(new)
        self._before = (self._before + new)[-_REMEMBERED:]
        return new

    def _remember(self) -> None:
        length = min(_REMEMBERED, self._at)
        self._before = os.pread(self._file, length, self._at - length) if length else b""

    def _written_anew(self) -> bool:
        return os.pread(self._file, len(self._before), self._at - len(self._before)) != self._before

    def _look_around(self) -> None:
        """Go over to a new file of this name; the one before it is read for a while yet."""
        try:
            there = self.path.stat()
        except OSError:
            return  # renamed, and the new one is not there yet
        if self._file >= 0:
            here = os.fstat(self._file)
            if (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino):
                return
            self._renamed.append(_Renamed(self._file, self._at, self._looks + _GRACE))
        self._before = b""
        self._open(from_start=True)

    def _late(self) -> bytes:
        """Return what was written to a file after it was renamed."""
        for old in self._renamed:
            if new := os.pread(old.file, CHUNK, old.at):
                old.at += len(new)
                return new
        for old in self._renamed:
            if old.until < self._looks:
                os.close(old.file)
        self._renamed = [old for old in self._renamed if old.until >= self._looks]
        return b""


class Tails:
    """The ends of all files of some names; new ones are found as they appear, and read from their start."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._tails = {path: Tail(path) for path in watched(names)}
        self._looks = 0

    def troubles(self) -> list[str]:
        """Return what went wrong since this was asked last."""
        heard = [trouble for tail in self._tails.values() for trouble in tail.troubles]
        for tail in self._tails.values():
            tail.troubles.clear()
        return heard

    def poll(self) -> Iterator[tuple[str, bytes]]:
        """Yield what is new in each file."""
        self._looks += 1
        if self._looks % _LOOKS_FOR_NEW == 0:
            for path in watched(self._names):
                if path not in self._tails:
                    self._tails[path] = Tail(path, from_start=True)
        for path, tail in self._tails.items():
            if new := tail.poll():
                yield str(path), new

    def close(self) -> None:
        """Close every file."""
        for tail in self._tails.values():
            tail.close()


def lines_before(path: Path, size: int | None = None) -> int:
    """Return how many lines end in a file's first bytes, all of them where no `size` is given; 0 where it cannot be read."""
    with contextlib.suppress(OSError), path.open("rb", buffering=0) as file:
        return counted(file.fileno(), [os.fstat(file.fileno()).st_size if size is None else size])[0]
    return 0


async def follow_files(
    names: Sequence[str],
    *,
    told: Callable[[str], None] = lambda _: None,
    ready: Callable[[], None] = lambda: None,
) -> AsyncIterator[tuple[str, bytes]]:
    """Yield what is written to these files from now on, each piece with its file's name; `told` hears of what went wrong.

    `ready` is called once they are open: what is written after that is not missed.
    """
    tails = Tails(names)
    ready()
    try:
        while True:
            busy = False
            for name, new in tails.poll():
                busy = True
                yield name, new
            for trouble in tails.troubles():
                told(trouble)
            await asyncio.sleep(0 if busy else LOOK_AGAIN)
    finally:
        tails.close()
