"""How far the clocks of several sources are apart, from handshakes that more than one of them tells of.

By what identifies a handshake where there is such; else by sequences that fit at one difference of time and no other.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from ws101.logs.entry import Entry, Told
from ws101.logs.moment import FOREVER, Clock, Clocks, is_late
from ws101.logs.tie import SHARED, named, ties
from ws101.terms import Hop

_SAME = 1.5  # seconds within which clocks are taken for one: whole seconds, and the way from hop to hop
_WIDTH = 1.5  # seconds within which differences are taken for one
_QUARTER = 900.0  # seconds; every zone in use is whole quarters of an hour from UTC
_FARTHEST = 14.5 * 3600.0
_MOST = 150  # entries of each side that are compared
_FEWEST = 3  # handshakes that must fit at a difference that nothing else speaks for
_CERTAIN = 2  # so many more must fit there than anywhere else
_DIFFERENCE = itemgetter(0)

# Whose clock the others are held against: a proxy sees everything, and its machine keeps its time.
_REFERENCES = (Hop.PROXY, Hop.CDN, Hop.SERVER, Hop.AUTH, Hop.TLS, Hop.NETWORK, Hop.CLIENT)


class Estimate(NamedTuple):
    """`offsets` of clocks that could be compared; `unsure` are clocks of which several differences fit as well."""

    offsets: dict[Clock, float]
    unsure: frozenset[Clock]


def estimate(entries: Iterable[Entry], jumps: Mapping[str, Sequence[int]]) -> Estimate:
    """Return how many seconds each clock is ahead of the reference's."""
    plain = Clocks({}, jumps)
    by_clock: dict[Clock, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.time is not None:
            by_clock[plain.of(entry)].append(entry)
    if len(by_clock) < 2:
        return Estimate(dict.fromkeys(by_clock, 0.0), frozenset())
    order = sorted(by_clock, key=lambda clock: _rank(clock, by_clock[clock]))
    offsets = _along(order, _differences(by_clock, plain), {order[0]: 0.0})
    unsure: set[Clock] = set()
    for clock in order[1:]:
        if clock in offsets:
            continue
        known = [e for one in offsets for e in by_clock[one]]
        found = _by_sequence(by_clock[clock], known, Clocks(offsets, jumps))
        if isinstance(found, float):
            offsets[clock] = found
        elif found:
            unsure.add(clock)
    return Estimate(offsets, frozenset(unsure))


def _rank(clock: Clock, entries: Sequence[Entry]) -> tuple[object, ...]:
    zoned = sum(entry.zoned for entry in entries) * 2 > len(entries)
    hop = min(_REFERENCES.index(entry.hop) for entry in entries)
    answered = any(entry.told is Told.ANSWERED for entry in entries)
    return (not zoned, hop, not answered, -len(entries), clock)


# ---- by identity


def _differences(
    by_clock: Mapping[Clock, Sequence[Entry]], plain: Clocks
) -> dict[tuple[Clock, Clock], list[float]]:
    """Return by how much clocks differ for each handshake that both name; one that a clock names twice is left out."""
    moments: dict[tuple[str, str], dict[Clock, list[float]]] = defaultdict(lambda: defaultdict(list))
    for clock, entries in by_clock.items():
        for entry in entries:
            moment = _moment(entry, plain)
            for kind in SHARED:
                if moment is not None and named(entry, kind):
                    moments[kind, named(entry, kind)][clock].append(moment)
    found: dict[tuple[Clock, Clock], list[float]] = defaultdict(list)
    for by_name in moments.values():
        once = {clock: min(m) for clock, m in by_name.items() if max(m) - min(m) < _SAME}
        for one in once:
            for other in once:
                if one != other:
                    found[one, other].append(once[other] - once[one])
    return found


def _along(
    order: Sequence[Clock],
    differences: Mapping[tuple[Clock, Clock], Sequence[float]],
    offsets: dict[Clock, float],
) -> dict[Clock, float]:
    """Follow the differences from the reference on, the best attested first."""
    while True:
        steps = [
            (-len(found), order.index(one), order.index(other), one, other)
            for (one, other), found in differences.items()
            if one in offsets and other not in offsets
        ]
        if not steps:
            return offsets
        *_, one, other = min(steps)
        offsets[other] = _snapped(offsets[one] + _median(differences[one, other]))


def _snapped(difference: float) -> float:
    return 0.0 if abs(difference) <= _SAME else round(difference, 1)


def _moment(entry: Entry, clocks: Clocks) -> float | None:
    span = clocks.span(entry)
    if span is None or span.begin == -FOREVER:
        return None
    begin = clocks.time(entry) if is_late(entry) else None
    return (span.begin if begin is None else begin) + (
        0.5 if entry.time == int(entry.time or 0) and not entry.took else 0.0
    )


# ---- by sequence


def _by_sequence(entries: Sequence[Entry], known: Sequence[Entry], clocks: Clocks) -> float | bool:
    """Return the difference at which these entries fit to those whose clock is known; True where several fit as well."""
    zoned = sum(entry.zoned for entry in entries) * 2 > len(entries)
    pairs = sorted(_fitting(_latest(entries), _latest(known), clocks))
    peaks = list(_peaks(pairs))
    if not peaks:
        return False
    homes = [0.0] if zoned else [_QUARTER * k for k in range(-48, 57)]
    at_home = sorted(((_at(pairs, home), -abs(home), home) for home in homes), reverse=True)
    most_at_home, _, home = at_home[0]
    alone = most_at_home > 0 and (len(at_home) == 1 or at_home[1][0] < most_at_home or home == 0.0)
    best, difference = max(peaks)
    if best >= _FEWEST and best >= most_at_home + max(_CERTAIN, best // 5):
        rivals = [count for count, other in peaks if abs(other - difference) > 2 * _WIDTH]
        return _snapped(difference) if max(rivals, default=0) <= best - _CERTAIN else True
    if alone:
        return _snapped(home + _middle(pairs, home))
    return most_at_home > 0


def _latest(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda e: (e.time or 0.0, e.place.source, e.place.line))[-_MOST:]


def _fitting(
    entries: Sequence[Entry], known: Sequence[Entry], clocks: Clocks
) -> Iterator[tuple[float, int, int]]:
    moments = [
        (j, other, moment) for j, other in enumerate(known) if (moment := _moment(other, clocks)) is not None
    ]
    for i, entry in enumerate(entries):
        here = _moment(entry, clocks)
        if here is None:
            continue
        for j, other, there in moments:
            if is_late(entry) is not is_late(other) and entry.hop is not other.hop:
                continue  # it came long before
            if abs(here - there) <= _FARTHEST and ties(entry, other):
                yield here - there, i, j


def _peaks(pairs: Sequence[tuple[float, int, int]]) -> Iterator[tuple[int, float]]:
    """Yield how many handshakes fit at each difference, and the middle of those that do."""
    begin = 0
    mine: dict[int, int] = defaultdict(int)
    theirs: dict[int, int] = defaultdict(int)
    for difference, i, j in pairs:
        mine[i] += 1
        theirs[j] += 1
        while difference - pairs[begin][0] > _WIDTH:
            _drop(mine, pairs[begin][1])
            _drop(theirs, pairs[begin][2])
            begin += 1
        yield min(len(mine), len(theirs)), (difference + pairs[begin][0]) / 2


def _drop(counts: dict[int, int], key: int) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]


def _near(pairs: Sequence[tuple[float, int, int]], home: float) -> Sequence[tuple[float, int, int]]:
    """Return those of the pairs, which are sorted, that lie at this difference."""
    return pairs[
        bisect_left(pairs, home - _SAME, key=_DIFFERENCE) : bisect_right(pairs, home + _SAME, key=_DIFFERENCE)
    ]


def _at(pairs: Sequence[tuple[float, int, int]], home: float) -> int:
    near = _near(pairs, home)
    return min(len({i for _, i, _ in near}), len({j for _, _, j in near}))


def _middle(pairs: Sequence[tuple[float, int, int]], home: float) -> float:
    middle = _median(difference - home for difference, _, _ in _near(pairs, home))
    return 0.0 if abs(middle) <= _SAME else middle


def _median(values: Iterable[float]) -> float:
    """Return the middle one of these, or what is between the two in the middle; `statistics` loads random and decimal for it."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return (ordered[half] + ordered[~half]) / 2
