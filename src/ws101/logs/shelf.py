"""Strands by their times and addresses, so that what may belong to another is found without looking at all of them."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence

from ws101.logs.strand import Strand

_LONG = 2.0  # seconds; most handshakes take less
_DAY = 86400.0
_CROWD = 128  # at about one moment; of more, none is compared


class Shelf:
    """Strands that have a time, and lie within so many seconds of another; those without an address under the empty one."""

    def __init__(self, strands: Sequence[Strand], within: float) -> None:
        self._within = within
        rows: dict[str, list[Strand]] = defaultdict(list)
        for s in sorted(strands, key=lambda s: s.order):
            for address in s.addresses or ("",):
                rows[address].append(s)
        self._rows = {address: _Row(row) for address, row in rows.items()}
        self._all = _Row(sorted(strands, key=lambda s: s.order))

    def near(self, one: Strand) -> list[Strand] | None:
        """Return the strands of about the same time, of the same address where there are such; None where it is a crowd."""
        found: dict[int, Strand] = {}
        for address in sorted(one.addresses):
            row = self._rows.get(address)
            near = row.near(one, self._within) if row else []
            if near is None:
                return None
            found |= {id(s): s for s in near}
        rest = self._rows.get("") if found else self._all
        near = rest.near(one, self._within) if rest else []
        return None if near is None else [*found.values(), *(s for s in near if id(s) not in found)]


class _Row:
    """Short strands in the order of their beginnings, and long ones in that of their ends."""

    def __init__(self, strands: list[Strand]) -> None:
        self._short = [s for s in strands if s.end - s.begin <= _LONG]
        self._begins = [s.begin for s in self._short]
        self._long = sorted((s for s in strands if s.end - s.begin > _LONG), key=lambda s: s.end)
        self._ends = [s.end for s in self._long]

    def near(self, one: Strand, within: float) -> list[Strand] | None:
        """Return the strands within so many seconds; None where there are too many to compare."""
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
