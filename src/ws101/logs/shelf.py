"""Strands by their times and addresses, so that what may belong to another is found without looking at all of them."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ws101.logs.strand import Strand

_LONG = 2.0  # seconds; most handshakes take less
_DAY = 86400.0
_CROWD = 128  # at about one moment; of more, none is compared


class Shelf:
    """Strands that have a time, and lie within so many seconds of another; those without an address under the empty one."""

    def __init__(self, strands: Sequence[Strand], within: float) -> None:
        self._within = within
        self._strands = sorted(strands, key=lambda s: s.order)
        self._of: dict[str, list[Strand]] = defaultdict(list)
        for s in self._strands:
            for address in s.addresses or ("",):
                self._of[address].append(s)
        self._rows: dict[str, _Row] = {}
        self._all: _Row | None = None

    def __iter__(self) -> Iterator[Strand]:
        return iter(self._strands)

    def near(self, one: Strand) -> list[Strand] | None:
        """Return the strands of about the same time, of the same address where there are such; None where it is a crowd."""
        found: dict[int, Strand] = {}
        for address in sorted(one.addresses):
            near = self._row(address).near(one, self._within) if address in self._of else []
            if near is None:
                return None
            found |= {id(s): s for s in near}
        if found and "" not in self._of:
            return [*found.values()]
        near = (self._row("") if found else self._everyone()).near(one, self._within)
        return None if near is None else [*found.values(), *(s for s in near if id(s) not in found)]

    def _row(self, address: str) -> "_Row":
        if address not in self._rows:
            self._rows[address] = _Row(self._of[address])
        return self._rows[address]

    def _everyone(self) -> "_Row":
        if self._all is None:
            self._all = _Row(self._strands)
        return self._all


class _Row:
    """Short strands in the order of their beginnings, and long ones in that of their ends."""

    def __init__(self, strands: list[Strand]) -> None:
        self._short = [s for s in strands if s.end - s.begin <= _LONG]
        self._begins = [s.begin for s in self._short]
        self._long = sorted((s for s in strands if s.end - s.begin > _LONG), key=lambda s: s.end)
        self._ends = [s.end for s in self._long]
        self._closed = sorted((s for s in strands if s.closes), key=lambda s: s.end)
        self._closings = [s.end for s in self._closed]

    def near(self, one: Strand, within: float) -> list[Strand] | None:
        """Return the strands within so many seconds; None where there are too many to compare.

        Proxies write of a handshake when its connection is closed: these moments lie near where both do.
        """
        if one.closes:
            first = bisect_left(self._closings, one.end - within)
            last = bisect_right(self._closings, one.end + within)
            return self._closed[first:last] if last - first <= _CROWD else None
        first = bisect_left(self._begins, max(one.begin, one.end - _DAY) - within - _LONG)
        last = bisect_right(self._begins, one.end + within)
        later = bisect_left(self._ends, max(one.begin, one.end - _DAY) - within)
        if last - first > _CROWD or len(self._long) - later > _CROWD:
            return None
        return [s for s in (*self._short[first:last], *self._long[later:]) if _gap(s, one) <= within]


def _gap(one: Strand, other: Strand) -> float:
    assert one.span is not None
    assert other.span is not None
    return one.span.gap(other.span)
