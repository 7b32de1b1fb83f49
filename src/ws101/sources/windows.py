"""A big file in windows, each sifted by one of several workers, handed on in order. Knows no format.

The workers are threads: reading and searching let go of the interpreter's lock. Windows are read into buffers that are used
again, and not mapped: pages of a mapped file count as the process's own.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from ws101.logs.sift import MARGIN, Cut, Sieve

_AHEAD = 2  # windows that a worker may be ahead
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Windows:
    """An open file of `size` bytes, looked at through windows; each is sifted for the lines that begin in it."""

    file: int
    size: int
    width: int

    @property
    def offsets(self) -> range:
        return range(0, self.size, self.width)

    def buffer(self) -> bytearray:
        return bytearray(min(self.width + 2 * MARGIN, self.size + 1))

    def cuts(self, offset: int, sieve: Sieve, buffer: bytearray, *, back: bool = False) -> list[Cut]:
        """Return what a sieve keeps of one window, and with `back` of the MARGIN before it."""
        start = max(offset - MARGIN, 0)
        length = os.preadv(self.file, [buffer], start)
        data = buffer if length == len(buffer) else bytes(buffer[:length])
        begin = line_at(data, min(offset - start, 1) if back else offset - start)
        return sieve.cuts(data, start, begin, min(offset + self.width, self.size) - start)

    def lines(self, start: int, end: int) -> bytes:
        """Return the whole lines between two places; the last one may end with the file."""
        before = min(start, 1)
        data = os.pread(self.file, end - start + before, start - before)
        first = line_at(data, before)
        last = len(data) if end >= self.size else data.rfind(b"\n") + 1
        return data[first:last]


class Crew:
    """Workers on windows; iterating gives each window's offset and cuts, in order. `sieve` may be changed meanwhile."""

    def __init__(self, windows: Windows, sieve: Sieve, workers: int) -> None:
        self.windows, self.sieve = windows, sieve
        self._workers = min(workers, len(windows.offsets))
        self._done: list[SimpleQueue[tuple[Sieve, list[Cut] | BaseException]]] = [
            SimpleQueue() for _ in range(self._workers)
        ]
        self._room = [threading.Semaphore(_AHEAD) for _ in range(self._workers)]
        self._stop = False
        self._threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True)
            for number in range(self._workers)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop = True
        for room in self._room:
            room.release()
        for thread in self._threads:
            thread.join()

    def __iter__(self) -> Iterator[tuple[int, list[Cut]]]:
        for number, offset in enumerate(self.windows.offsets):
            worker = number % self._workers
            used, cuts = self._done[worker].get()
            self._room[worker].release()
            if isinstance(cuts, BaseException):
                raise cuts
            if used is not self.sieve:  # what is looked for now was learned meanwhile
                cuts = self.windows.cuts(offset, self.sieve, self.windows.buffer())
            yield offset, cuts

    def look_again(self, offset: int, needles: Sequence[bytes], new: Sieve) -> list[Cut]:
        """Look by a new sieve from this window on; return what was passed over for want of these needles of it.

        What taught them may stand in the margin before the window: it was held back until what follows was known.
        """
        sieve = Sieve(needles, apart_from=self.sieve)
        self.sieve = new
        return self.windows.cuts(offset, sieve, self.windows.buffer(), back=True)

    def _work(self, number: int) -> None:
        buffer = self.windows.buffer()
        for offset in self.windows.offsets[number :: self._workers]:
            self._room[number].acquire()
            if self._stop:
                return
            sieve = self.sieve
            try:
                self._done[number].put((sieve, self.windows.cuts(offset, sieve, buffer)))
            except BaseException as error:  # noqa: BLE001 - raised again by whoever takes the windows
                self._done[number].put((sieve, error))
                return


def line_at(data: bytes | bytearray, place: int) -> int:
    """Return where the first line begins that begins at this place or behind it; the data's end where none does."""
    return 0 if place <= 0 else data.find(b"\n", place - 1) + 1 or len(data)


def counted(file: int, places: Sequence[int]) -> list[int]:
    """Return how many lines end before each of these places of a file, which rise."""
    counts: list[int] = []
    at = lines = 0
    for place in places:
        while at < place:
            data = os.pread(file, min(_BLOCK, place - at), at)
            if not data:
                break
            lines += data.count(b"\n")
            at += len(data)
        counts.append(lines)
    return counts
