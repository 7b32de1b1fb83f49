"""Reads a log by signs alone, a file on several cores, a stream as it comes: what is left is candidates. Reads no record.

Lines of a file have no numbers until somebody cites them: to count the ends of lines takes longer than to find the signs.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from ws101.logs.sift import MARGIN, Cut, Piece, Portion, Sieve, Wide, is_alone, merged
from ws101.sources.crew import Crew
from ws101.sources.source import Source
from ws101.sources.windows import Windows, beginning, counted, line_at

WORTH = 2 << 20  # bytes of a file, from which on its candidates are sooner found than all of it is read
_WINDOW = 4 << 20
_MOST_WORKERS = 4
_NARROW = 1 << 20  # bytes of a stream that are searched at once
_SKIMMED = (
    12  # narrow windows, to know the formats of rare lines: for what is learned later workers are sent anew
)
_REQUESTS = 100  # of one narrow window
_HEAD, _TAIL = (
    32 << 10,
    4 << 10,
)  # bytes handed on whatever they are: they tell which formats a log has, and how far it goes
_BITS = 20  # for the lines of one piece, in the number of a line that is not counted yet
_SAMPLED = 1000  # lines of a stream that tell what it holds
_PLACES, _SAMPLE = 64, 2048  # of a file, besides its beginning, and the bytes read there


class Wanted(Protocol):
    """What is looked for: logs.lookout.Lookout.

    Before it begins `sample` is shown lines from all over the source, and `skim` some that bear a sign.
    """

    @property
    def signs(self) -> Collection[bytes]: ...
    @property
    def wide(self) -> Wide: ...
    @property
    def weak(self) -> Collection[bytes]: ...
    @property
    def escaped(self) -> bool: ...
    def sample(self, lines: Sequence[bytes]) -> None: ...
    def skim(self, lines: Iterable[bytes]) -> None: ...
    def look(self) -> None: ...


def cores() -> int:
    """Return how many workers one file keeps busy here."""
    return min(
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        _MOST_WORKERS,
    )


class Survey(Struct):
    """Reads one source, and yields its candidates in order; what is looked for may become more meanwhile.

    `size` bytes were looked through so far, and `kept` of them handed on: the others bear no sign. The lines of a file have
    numbers that only `numbers` can read. `free` says how many workers may be sent; so many are `at_work`.
    """

    source: Source
    lookout: Wanted
    free: Callable[[], int] = cores
    window: int = _WINDOW
    size: int = 0
    kept: int = 0
    at_work: int = 0
    _looked_for: int = 0
    _counting: Crew[int] | None = None
    _beginning: list[int] = field(default_factory=list)

    def __iter__(self) -> Iterator[list[Piece]]:
        """Yield the candidates of each part of the source."""
        for cuts in merged(self._stream() if self.source.path is None else self._file()):
            self.kept += sum(cut.end - cut.start for cut in cuts)
            yield [Piece(cut.line or (cut.start << _BITS) + 1, cut.text, cut.alone) for cut in cuts]

    @property
    def passed_over(self) -> int:
        """How many bytes bear no sign."""
        return self.size - self.kept

    @property
    def times_as_large(self) -> int:
        """How many times as large the source is as what of it is handed on whatever it is."""
        return max(1, self.size // (_HEAD + _TAIL))

    def numbers(self, lines: Iterable[int]) -> dict[int, int]:
        """Return the true number of each of these lines, by the number that it has in pieces and what was read of them."""
        if self._counting is not None:
            self._beginning = [number for _, number in self._counting]
            self._counting.close()
            self._counting = None
        wanted = sorted(set(lines))
        if self.source.path is None or not wanted:
            return {line: line for line in wanted}
        with self.source.path.open("rb", buffering=0) as file:
            before = counted(file.fileno(), [line >> _BITS for line in wanted], self.free(), self._beginning)
        return {line: (line & (1 << _BITS) - 1) + n for line, n in zip(wanted, before, strict=True)}

    def _sieve(self) -> Sieve:
        lookout = self.lookout
        return Sieve(lookout.signs, lookout.wide, lookout.weak, escaped=lookout.escaped)

    def _lacking(self, sieve: Sieve) -> list[bytes]:
        """Return what is looked for since, as paths and formats came up."""
        self.lookout.look()
        if len(self.lookout.signs) == self._looked_for:
            return []
        self._looked_for = len(self.lookout.signs)
        return sieve.lacks(self.lookout.signs)

    def _file(self) -> Iterator[Portion]:
        assert self.source.path is not None
        with self.source.path.open("rb", buffering=0) as file:
            windows = Windows(file.fileno(), os.fstat(file.fileno()).st_size, self.window)
            if self.free():
                self._counting = beginning(windows.file, windows.size)
                self._counting.start()
            self.lookout.sample(_samples(windows))
            self.lookout.look()
            self.lookout.skim(_signed(replace(windows, width=_NARROW), self._sieve()))
            left = windows.offsets
            while left:
                sieve, self.at_work = self._sieve(), 0
                self.at_work = self.free()
                turn = left if self.at_work else left[:1]
                with closing(windows.sifted(sieve, turn, self.at_work)) as sifted:
                    for offset, cuts in sifted:
                        left = left[1:]
                        upto = self.size = min(offset + self.window, windows.size)
                        yield Portion(upto, [*_head(windows, offset), *cuts, *_tail(windows, upto)])
                        if needles := self._lacking(sieve):
                            # What taught them may stand in the margin before the window: it was held back until what follows was known.
                            again = windows.sifter(Sieve(needles, apart_from=sieve), back=True)
                            yield Portion(upto, again(offset), again=True)
                            break
            self.at_work = 0
            gone = windows.size - os.fstat(file.fileno()).st_size
        if gone > 0:
            self.source.troubles.append(
                f"{self.source.path} was cut while it was read: {gone} bytes are gone."
            )

    def _stream(self) -> Iterator[Portion]:
        data, start, seek, lines = b"", 0, 0, 1
        sieve = Sieve(())
        for parts, last in _blocks(self.source.chunks(), min(self.window, _NARROW)):
            self.size += sum(map(len, parts))
            data = b"".join((data, *parts))
            parts.clear()  # many streams wait for one another
            end = len(data) if last else max(len(data) - MARGIN, seek)
            begin = line_at(data, seek)
            if start + seek == 0:
                self.lookout.sample(data.splitlines()[:_SAMPLED])
                self.lookout.look()
                sieve = self._sieve()
            cuts = sieve.cuts(data, start, begin, end)
            if start + seek == 0:
                cuts = [*_cut(0, data[: data.rfind(b"\n", 0, _HEAD) + 1] or data[:_HEAD]), *cuts]
            yield Portion(start + end, _with_numbers(cuts, data, start, lines))
            if needles := self._lacking(sieve):
                first = line_at(data, 1) if start else 0
                again = Sieve(needles, apart_from=sieve).cuts(data, start, first, end)
                yield Portion(start + end, _with_numbers(again, data, start, lines), again=True)
                sieve = self._sieve()
            drop = max(end - MARGIN, 0)
            lines += data.count(b"\n", 0, drop)
            data, start, seek = data[drop:], start + drop, end - drop


def _with_numbers(cuts: list[Cut], data: bytes, start: int, line: int) -> list[Cut]:
    """Return the cuts with the numbers of their first lines; `line` is the one of the data's first line."""
    at = 0
    numbered = []
    for cut in sorted(cuts):
        line += data.count(b"\n", at, cut.start - start)
        at = cut.start - start
        numbered.append(replace(cut, line=line))
    return numbered


def _samples(windows: Windows) -> list[bytes]:
    """Return lines from the beginning, and some from many places."""
    places = range(_HEAD, windows.size, max((windows.size - _HEAD) // _PLACES, _SAMPLE))
    texts = [windows.lines(0, _HEAD), *(windows.lines(place, place + _SAMPLE) for place in places)]
    return [line for text in texts for line in text.splitlines()]


def _signed(windows: Windows, sieve: Sieve) -> list[bytes]:
    """Return the lines of the first windows that bear a sign, and those around them; of whole requests a few are enough."""
    cuts = windows.sifter(sieve)
    found: list[bytes] = []
    for offset in windows.offsets[:_SKIMMED]:
        lines = [line for cut in cuts(offset) for line in cut.text.splitlines()]
        requests = [line for line in lines if is_alone(line)]
        found += requests[:: len(requests) // _REQUESTS + 1]
        found += [line for line in lines if not is_alone(line)]
    return found


def _cut(start: int, text: bytes) -> list[Cut]:
    ended = text if text.endswith(b"\n") else text + b"\n"
    return [Cut(start, start + len(text), ended, alone=False)] if text else []


def _head(windows: Windows, offset: int) -> list[Cut]:
    return [] if offset else _cut(0, windows.lines(0, _HEAD))


def _tail(windows: Windows, upto: int) -> list[Cut]:
    text = windows.lines(max(windows.size - _TAIL, 0), windows.size) if upto == windows.size else b""
    return _cut(windows.size - len(text), text)


def _blocks(chunks: Iterator[bytes], size: int) -> Iterator[tuple[list[bytes], bool]]:
    """Yield chunks in blocks of about this size, each with whether it is the last."""
    parts: list[bytes] = []
    held = 0
    for chunk in chunks:
        parts.append(chunk)
        held += len(chunk)
        if held >= size:
            yield parts, False
            parts, held = [], 0
    yield parts, True
