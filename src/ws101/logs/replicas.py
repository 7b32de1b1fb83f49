"""Which proxies stand side by side, as replicas do: then no handshake is in two of their logs, whatever fits.

Of two in a row the inner one has no request that the outer one lacks, and knows few clients, which are the outer one's addresses.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from msgspec import Struct

from ws101.logs.strand import Strand
from ws101.logs.tie import BETWEEN, NAMES

_FEWEST = 8  # handshakes in each log; fewer tell nothing
_MOST = 16  # logs that are compared
_PART = 0.9  # of the inner one's requests, which the outer one has
_AT_ONE_TIME = 1.5  # seconds
_NAMES = frozenset(NAMES.values())

Ends = Mapping[int | None, Sequence[float]]
"""When handshakes ended, in order, by their status."""


class Replicas(Struct, frozen=True):
    """What is known of the sources of proxies: `crowded` ones know many clients, and `pairs` have each what the other lacks."""

    crowded: Collection[str] = ()
    pairs: Collection[frozenset[str]] = ()

    def divide(self, one: Strand, other: Strand, tie: Collection[str]) -> bool:
        """Return whether what fits so is of two handshakes, because the logs of two replicas tell of them."""
        if (len(self.crowded) < 2 and not self.pairs) or not _NAMES.isdisjoint(tie):
            return False
        sources = [
            {mine.place.source, theirs.place.source}
            for mine in one.entries
            for theirs in other.entries
            if mine.hop is theirs.hop
            and mine.hop in BETWEEN
            and mine.place.source != theirs.place.source
            and mine.client
            and theirs.client
        ]
        crowded = "client" not in tie and any(pair <= {*self.crowded} for pair in sources)
        return crowded or any(frozenset(pair) in self.pairs for pair in sources)


NO_REPLICAS = Replicas()


def pairs(strands: Iterable[Strand]) -> Iterator[frozenset[str]]:
    """Yield the sources of proxies of which each has handshakes that the other lacks."""
    ends: dict[str, dict[int | None, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in strands:
        if one.span is not None and one.closes:
            ends[one.entries[0].place.source][one.status].append(one.end)
    for of_one in ends.values():
        for moments in of_one.values():
            moments.sort()
    for names in combinations(sorted(ends)[:_MOST], 2):
        mine, theirs = (ends[name] for name in names)
        shared = _part(mine, theirs), _part(theirs, mine)
        if None not in shared and max(part or 0.0 for part in shared) < _PART:
            yield frozenset(names)


def _part(inner: Ends, outer: Ends) -> float | None:
    """Return the part of these handshakes that the other log may have, while it goes; None where they are too few."""
    first, last = (pick(pick(m) for m in outer.values()) for pick in (min, max))
    within = [(status, end) for status, m in inner.items() for end in m if first <= end <= last]
    if len(within) < _FEWEST:
        return None
    return sum(_has(outer.get(status, ()), end) for status, end in within) / len(within)


def _has(moments: Sequence[float], moment: float) -> bool:
    at = bisect_left(moments, moment - _AT_ONE_TIME)
    return at < len(moments) and moments[at] <= moment + _AT_ONE_TIME
