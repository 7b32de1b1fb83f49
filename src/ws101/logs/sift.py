"""Candidates out of bytes: the lines that bear a sign of a handshake, with what may belong to them. Reads no record.

What is passed over bears no sign; how much that is, its caller says.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from ws101.logs.seek import Data, cover, search, search_all

MARGIN = 65536  # bytes around a piece of a source; the reader keeps no more of a line
BEFORE, AFTER = (
    24,
    64,
)  # lines around a sign of a record of several lines: a traceback ends with it, a block begins with it
_NEAR = 8  # other requests' lines between two of one record
# A request is named with its path: where no other sign stands beside, it is another request than a handshake.
_REQUEST = re.compile(rb"\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) [/h*]")
# One request on one line, as every access log writes it, and nginx's error log: no line around it belongs to it.
_ALONE = re.compile(
    rb'HTTP/[0-9.]{1,3}\\?" (?:- )?[0-9]{3}\b|\[[a-z]{4,6}\] [0-9]{1,10}#[0-9]{1,10}: \*[0-9]++ [^\n]*?, client: [^\n]*?, request: "'
)


class Piece(Struct, frozen=True, gc=False):
    """Lines that may tell of a handshake, whole, each with its end; `line` is the number of the first one.

    `alone` says that each of them is a record of one line.
    """

    line: int
    text: bytes
    alone: bool


class Cut(Struct, frozen=True, order=True, gc=False):
    """Whole lines: from which byte of the source to which they stand, and the lines.

    `alone` says that each of them is a record of one line. `line` is the number of the first one, where it is known.
    """

    start: int
    end: int
    text: bytes
    alone: bool
    line: int = 0


class Portion(NamedTuple):
    """The cuts of a part of a source, and the place behind the lines that begin in it; `again` says that it was looked at before."""

    upto: int
    cuts: list[Cut]
    again: bool = False


Wide = Mapping[bytes, Callable[[bytes], bool]]
"""Signs that stand in records of several lines, each with a test of whether a line may go on with such a record."""
NONE_WIDE: Wide = {}


class _Stretch(Struct, frozen=True, gc=False):
    """From where to where lines stand in some data; `alone` says that each is a record of one line, `more` that others may go on with them."""

    first: int
    done: int
    alone: bool = False
    more: bool = False


class Sieve:
    """Keeps the lines that bear one of these signs, and that another sieve passes over, if one is given.

    A line that bears a sign of `wide`, and is gone on with by its neighbour, is part of a record of several lines: what
    stands around it is kept, too.
    """

    def __init__(
        self,
        signs: Iterable[bytes],
        wide: Wide = NONE_WIDE,
        weak: Collection[bytes] = (),
        *,
        escaped: bool = True,
        apart_from: "Sieve | None" = None,
    ) -> None:
        self.signs = cover(signs, escaped=escaped)
        self.wide, self.weak = wide, weak
        self._weak = frozenset(number for number, sign in enumerate(self.signs) if sign in weak)
        self._search, self._search_wide = search(self.signs), search_all((*wide,))
        self._tests = (*wide.values(),)
        self._before = apart_from

    def lacks(self, signs: Iterable[bytes]) -> list[bytes]:
        """Return those of these signs that may stand in a line without any of the sieve's."""
        return [sign for sign in signs if not any(one in sign for one in self.signs)]

    def cuts(self, data: Data, start: int, begin: int, end: int) -> list[Cut]:
        """Return what is kept of the lines that begin in data[begin:end]; `data` stands at `start` in its source.

        The data should go on around them by MARGIN, so that what belongs to a line is there; it may begin and end within a
        line. Cuts stand apart, and may overlap those of the data before: `merged` joins them.
        """
        hits = self._search(data)
        kept: list[_Stretch] = []
        done = begin
        for sign, place, _ in hits:
            if place < done:
                continue
            first = data.rfind(b"\n", 0, place) + 1
            if first >= end:
                break
            behind = data.find(b"\n", place) + 1 or len(data)
            if sign in self._weak and _REQUEST.search(data, first, behind):
                continue
            done = behind
            if first >= begin and not self._kept_before(data, first, done):
                within = bool(kept) and not kept[-1].alone and first < kept[-1].done
                if not self._is_wide(data, first, done, within=within):
                    _keep(kept, _Stretch(first, done, alone=True))
                elif not within or kept[-1].more:
                    _keep(kept, _around(data, first, done, whole=start == 0))
        places = [place for _, place, _ in hits]
        return [self._cut(data, start, one, places) for one in kept]

    def _kept_before(self, data: Data, first: int, done: int) -> bool:
        return self._before is not None and any(sign in data[first:done] for sign in self._before.signs)

    def _is_wide(self, data: Data, first: int, done: int, *, within: bool) -> bool:
        """Return whether a line is part of a record of several lines; for one `within` what may belong to one its sign is enough."""
        if not self.wide or _ALONE.search(data, first, done):
            return False
        tests = {
            self._tests[sign] for sign, _, _ in self._search_wide(data[first : min(done, first + MARGIN)])
        }
        if within or not tests:
            return bool(tests)
        near = [_neighbour(data, _lines(data, done, len(data))), _neighbour(data, _lines_before(data, first))]
        return any(goes_on(one) for goes_on in tests for one in near if one)

    def _cut(self, data: Data, start: int, stretch: _Stretch, hits: Sequence[int]) -> Cut:
        """Cut lines out; among those around a record, other requests' lines are left blank."""
        begin, end = stretch.first, stretch.done
        text = bytes(data[begin:end])
        if not stretch.alone:
            blanked = bytearray(text)
            for first, done in _lines(data, begin, end):
                if not self._may_belong(data, first, done, hits):
                    blanked[first - begin : done - begin] = b" " * (done - first - 1) + b"\n"
            text = bytes(blanked)
        return Cut(start + begin, start + end, text if text.endswith(b"\n") else text + b"\n", stretch.alone)

    def _may_belong(self, data: Data, first: int, done: int, hits: Sequence[int]) -> bool:
        if self._kept_before(data, first, done):
            return False
        at = bisect_left(hits, first)
        return (at < len(hits) and hits[at] < done) or not _ALONE.search(data, first, done)


def is_alone(line: bytes) -> bool:
    """Return whether a line is a whole request of its own, as every access log writes it, or an error of one."""
    return _ALONE.search(line) is not None


def _lines(data: Data, place: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield from where to where lines stand between these places, with their ends."""
    while place < end:
        behind = data.find(b"\n", place) + 1 or len(data)
        yield place, behind
        place = behind


def _lines_before(data: Data, place: int) -> Iterator[tuple[int, int]]:
    """Yield from where to where the lines before this place stand, the nearest first."""
    while place > 0:
        begin = data.rfind(b"\n", 0, place - 1) + 1
        yield begin, place
        place = begin


def _around(data: Data, first: int, done: int, *, whole: bool) -> _Stretch:
    """Return where what may belong to a record of several lines begins and ends; `whole` says that the data's first line is."""
    before, _ = _near(data, (line for line in _lines_before(data, first) if whole or line[0]), BEFORE)
    after, more = _near(data, _lines(data, done, len(data)), AFTER)
    return _Stretch(before[-1][0] if before else first, after[-1][1] if after else done, more=more)


def _near(data: Data, lines: Iterable[tuple[int, int]], most: int) -> tuple[list[tuple[int, int]], bool]:
    """Return which of the first lines are no whole request, and whether more of them may count: behind many requests no record goes on."""
    found, requests = [], 0
    for first, done in islice(lines, most):
        if not _ALONE.search(data, first, done):
            found.append((first, done))
            requests = 0
        elif (requests := requests + 1) == _NEAR:
            return found, False
    return found, True


def _neighbour(data: Data, lines: Iterable[tuple[int, int]]) -> bytes:
    """Return the first of these lines that is neither empty nor a whole request; b"" if it is not near."""
    near, _ = _near(data, lines, _NEAR)
    texts = (bytes(data[first:done]) for first, done in near)
    return next((text.removesuffix(b"\n") for text in texts if text.strip()), b"")


def _keep(kept: list[_Stretch], new: _Stretch) -> None:
    """Add a stretch to those before it; it takes in those that it overlaps, and those that it goes on."""
    while kept and (
        kept[-1].done > new.first or (kept[-1].done == new.first and kept[-1].alone and new.alone)
    ):
        last = kept.pop()
        new = _Stretch(
            min(last.first, new.first),
            max(last.done, new.done),
            last.alone and new.alone,
            last.more or new.more,
        )
    kept.append(new)


def merged(portions: Iterable[Portion]) -> Iterator[list[Cut]]:
    """Yield the cuts of each portion; those that the next one's may overlap, together with it."""
    held: list[Cut] = []
    told: list[Cut] = []
    begun = 0
    for upto, cuts, again in portions:
        if again:
            ready = [part for cut in cuts for part in _apart(cut, [*told, *held])]
        else:
            told, begun = [cut for cut in told if cut.end > begun - MARGIN], upto
            for cut in cuts:
                while held and held[-1].end > cut.start:
                    cut = _union(held.pop(), cut)
                held.append(cut)
            at = next((at for at, cut in enumerate(held) if cut.end > upto - MARGIN), len(held))
            ready, held = held[:at], held[at:]
        told += ready
        yield ready
    yield held


def _apart(cut: Cut, others: Iterable[Cut]) -> Iterator[Cut]:
    """Yield the lines of a cut that these others do not hold: what is learned later may stand around what was kept, or be blank there."""
    near = [one for one in others if cut.start < one.end and one.start < cut.end]
    first = cut.start
    for begin, behind in _lines(cut.text, 0, len(cut.text)):
        start, end = cut.start + begin, cut.start + behind
        if any(
            cut.text[begin:behind] == one.text[start - one.start : end - one.start]
            for one in near
            if one.start <= start
        ):
            if first < start:
                yield _part(cut, first, start)
            first = end
    if first < cut.end:
        yield _part(cut, first, cut.end)


def _part(cut: Cut, start: int, end: int) -> Cut:
    before, line = start - cut.start, cut.line
    if line:
        line += cut.text.count(b"\n", 0, before)
    return Cut(start, end, cut.text[before : len(cut.text) - (cut.end - end)], cut.alone, line)


def _union(before: Cut, after: Cut) -> Cut:
    """Join two cuts that overlap, the later found one behind or around the other."""
    alone = before.alone and after.alone
    if before.start >= after.start and not after.alone:
        return (
            after
            if after.end >= before.end
            else replace(after, end=before.end, text=after.text + _behind(before, after.end))
        )
    text = before.text + _behind(after, before.end)
    return Cut(before.start, max(before.end, after.end), text, alone, before.line)


def _behind(cut: Cut, place: int) -> bytes:
    return cut.text[place - cut.start :] if cut.end > place else b""
