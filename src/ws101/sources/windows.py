"""A big file in windows: what a sieve keeps of one, whole lines, and how many end before a place. Knows no format."""

import os
from collections.abc import Callable, Generator, Sequence
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import astuple

from ws101.logs.seek import Data
from ws101.logs.sift import MARGIN, Cut, Sieve
from ws101.sources.crew import Crew, Work, may_fork

_BLOCK = 1 << 19
_BEGINNING = 96 << 20
_SHARED = 256 << 20  # bytes, from which on workers count sooner than one does without them


class Windows(Struct, frozen=True):
    """An open file of `size` bytes, looked at through windows; each is sifted for the lines that begin in it."""

    file: int
    size: int
    width: int

    @property
    def offsets(self) -> range:
        return range(0, self.size, self.width)

    def sifted(
        self, sieve: Sieve, offsets: Sequence[int], workers: int
    ) -> Generator[tuple[int, list[Cut]], None, None]:
        """Yield the offset of each of these windows, and what a sieve keeps of it."""

        def work() -> Callable[[int], list[tuple[int, int, bytes, bool, int]]]:
            cuts = self.sifter(sieve)
            return lambda offset: [astuple(cut) for cut in cuts(offset)]

        with Crew(work, offsets, workers) as crew:
            for offset, kept in crew:
                yield offset, [Cut(*cut) for cut in kept]

    def sifter(self, sieve: Sieve, *, back: bool = False) -> Callable[[int], list[Cut]]:
        """Return what tells of a window what a sieve keeps of it, and with `back` of the MARGIN before it.

        What is read goes into a buffer that is used again.
        """
        buffer = bytearray()

        def cuts(offset: int) -> list[Cut]:
            nonlocal buffer
            start = max(offset - MARGIN, 0)
            length = min(offset + self.width + MARGIN, self.size) - start
            if len(buffer) != length:
                buffer = bytearray(length)
            read = os.preadv(self.file, [buffer], start)
            data = buffer if read == length else buffer[:read]  # the file was cut meanwhile
            begin = line_at(data, max(offset - MARGIN - start, min(start, 1)) if back else offset - start)
            return sieve.cuts(data, start, begin, min(offset + self.width, self.size) - start)

        return cuts

    def lines(self, start: int, end: int) -> bytes:
        """Return the whole lines between two places; the last one may end with the file."""
        before = min(start, 1)
        data = os.pread(self.file, end - start + before, start - before)
        first = line_at(data, before)
        last = len(data) if end >= self.size else data.rfind(b"\n") + 1
        return data[first:last]


def line_at(data: Data, place: int) -> int:
    """Return where the first line begins that begins at this place or behind it; the data's end where none does."""
    return 0 if place <= 0 else data.find(b"\n", place - 1) + 1 or len(data)


def beginning(file: int, size: int) -> Crew[int]:
    """Return who counts the ends of lines in the first blocks of a big file, beside what else is done: most of what is cited stands there."""
    places = range(0, min(size, _BEGINNING), _BLOCK) if size >= _SHARED and may_fork() else range(0)
    return Crew(_counting(file), places, 1)


def counted(file: int, places: Sequence[int], workers: int = 0, first: Sequence[int] = ()) -> list[int]:
    """Return how many lines end before each of these places of a file, which rise; so many do in the `first` blocks."""
    known = first[: places[-1] // _BLOCK]
    rest = range(len(known) * _BLOCK, places[-1] - _BLOCK + 1, _BLOCK)
    with Crew(_counting(file), rest, workers if len(rest) * _BLOCK >= _SHARED else 0) as crew:
        before = [*accumulate([*known, *(number for _, number in crew)], initial=0)]
    return [before[place // _BLOCK] + _ends(file, place - place % _BLOCK, place % _BLOCK) for place in places]


def _counting(file: int) -> Work[int]:
    return lambda: lambda start: _ends(file, start, _BLOCK)


def _ends(file: int, start: int, length: int) -> int:
    return os.pread(file, length, start).count(b"\n")
