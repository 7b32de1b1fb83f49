"""Joins what one log tells of handshakes to what others told: where one fits alone, or all that fit are alike.

What fits to several that are not alike is left apart, and both sides are told so.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from msgspec import Struct, field

from ws101.logs.entry import Told
from ws101.logs.moment import FOREVER
from ws101.logs.replicas import NO_REPLICAS, Replicas
from ws101.logs.shelf import Shelf
from ws101.logs.strand import Strand
from ws101.logs.tie import BETWEEN, NAMES
from ws101.signature import Says

_STRONG = frozenset({"client", "path", "the path's end", *NAMES.values()})
# Seconds between two logs' times, of which clocks on one network keep the first two; with 0 they overlap, as in one whole second.
_TIERS = (0.0, 0.3, 1.5)
_OPENED = 101
_COMPARISONS = 200_000  # of what has no time, after which the rest is left apart
_CROWDED = (
    "more handshakes fit to it than can be told apart; what an open socket's line lacks is the time at which it was opened,"
    " as $request_time tells it"
)

Tie = set[str] | None  # what two strands have in common; None where they cannot be of one handshake
Fits = Callable[[Tie, Strand, Strand], bool]


def fold(left: list[Strand], right: Sequence[Strand], replicas: Replicas = NO_REPLICAS) -> None:
    """Join each strand on the right to one on the left, or put it there beside the others."""
    table = _Table(replicas)
    rest = list(right)
    for fits in (strongly, weakly):
        for within in _TIERS:
            rest = _by_time(left, rest, table, within, fits)
        if any(one.span is None for one in rest) or any(one.span is None for one in left):
            rest = _in_sequence(left, rest, table, fits)
    rest = _rewritten(left, rest, table)
    rest = _gone_on(left, rest, table)
    table.say(rest, left)
    left.extend(rest)


class _Table(Struct):
    """What was settled between two sides: who is `taken`, between whom there was a doubt, and what too much fits to."""

    replicas: Replicas
    taken: set[int] = field(default_factory=set)
    doubts: list[tuple[list[Strand], list[Strand]]] = field(default_factory=list)
    crowds: list[Strand] = field(default_factory=list)
    _ties: dict[tuple[int, int], Tie] = field(default_factory=dict)

    def tie(self, other: Strand, one: Strand) -> Tie:
        """Return what the two have in common; neither changes before it is joined, and then it is compared no more."""
        pair = (id(other), id(one))
        if pair not in self._ties:
            tie = other.ties(one)
            apart = tie is not None and self.replicas.divide(other, one, tie)
            self._ties[pair] = None if apart else tie
        return self._ties[pair]

    def join(self, other: Strand, one: Strand, by: str) -> None:
        other.take(one, sorted({*(self.tie(other, one) or ()), by}))
        self.taken.add(id(other))

    def join_rewritten(self, other: Strand, one: Strand) -> None:
        """Join two whose paths differ, which may be chance, and is said."""
        other.apart[
            f"{one.places} is joined by status and time alone, for its path differs, as where a proxy rewrites it"
        ] = None
        other.take(one, ["status", "time"])
        self.taken.add(id(other))

    def say(self, rest: Sequence[Strand], others: Sequence[Strand]) -> None:
        """Tell both sides of each doubt that is left."""
        left = {id(one) for one in rest}
        crowd = [one for one in self.crowds if id(one) in left]
        for one in crowd:
            one.apart[_CROWDED] = None
        sources = {entry.place.source for one in crowd for entry in one.entries}
        for s in others if sources else ():
            s.near |= sources
        for these, ones in self.doubts:
            free = [s for s in these if id(s) not in self.taken]
            open_ones = [s for s in ones if id(s) in left]
            if free and open_ones:
                _say_apart(free, open_ones)


def strongly(tie: Tie, _one: Strand, _other: Strand) -> bool:
    """Return whether two strands have more in common than a moment and a status."""
    return bool(tie and tie & _STRONG)


def weakly(tie: Tie, one: Strand, other: Strand) -> bool:
    """Return whether two strands have something in common, be it a status alone, or the moment where one tells nothing more."""
    if tie is None or tie & _STRONG:
        return tie is not None
    if "status" in tie and (one.at_client or other.at_client):
        return True
    if one.span is None or other.span is None:
        return False
    if "status" in tie and (_nameless(one) or _nameless(other)):
        return True  # a library may log its refusal without saying what was asked for
    if any(seen(*pair) for seen in (_met_tls, _saw_tls_fail) for pair in ((one, other), (other, one))):
        return True
    return any(not any(e.path or e.client or e.status for e in s.entries) for s in (one, other))


def _met_tls(one: Strand, other: Strand) -> bool:
    """Whether one saw TLS where it expected HTTP, so that it read no request, and the other met no answer."""
    saw = _nameless(one) and any(entry.says is Says.TLS_TO_PLAIN for entry in one.entries)
    return saw and not any(entry.status for entry in other.entries)


def _saw_tls_fail(one: Strand, other: Strand) -> bool:
    """Whether one saw a connection end before a request came, and the other is a client whose TLS failed."""
    before = all(e.told is Told.WRONG and e.hop in BETWEEN and not e.path for e in one.entries)
    return before and other.at_client and any(e.says.name.startswith("TLS_") for e in other.entries)


def _nameless(one: Strand) -> bool:
    return not any(entry.path or entry.client for entry in one.entries)


# ---- by time


def _by_time(
    left: Sequence[Strand], right: Sequence[Strand], table: _Table, within: float, fits: Fits
) -> list[Strand]:
    if not left or all(one.span is None for one in right):
        return list(right)
    free = [s for s in left if s.span is not None and id(s) not in table.taken]
    every, not_opened = Shelf(free, within), Shelf([s for s in free if s.status != _OPENED], within)
    found: list[tuple[Strand, list[Strand]]] = []
    for one in right:
        near = (not_opened if one.failed else every).near(one) if one.span is not None else []
        if near is None:
            table.crowds.append(one)
        there = [s for s in near or () if _is_at_one_time(s, one, within)]
        found.append((one, [s for s in there if fits(table.tie(s, one), s, one)]))
    return _settle(found, table)


def _is_at_one_time(one: Strand, other: Strand, within: float) -> bool:
    """Return whether two are near each other: what proxies alone tell of, and waited for, by when they wrote it."""
    if one.by_proxies and other.by_proxies and (one.waited or other.waited):
        return abs(one.end - other.end) <= within
    return within > 0 or (
        one.span is not None and other.span is not None and one.span.overlap(other.span) > 0
    )


def _rewritten(left: Sequence[Strand], right: Sequence[Strand], table: _Table) -> list[Strand]:
    """Join what a proxy and a server behind it were asked for at two paths, where nothing but the path speaks against it.

    That is where each is the other's only partner, and no request at either path has another partner, or none.
    """
    shelf = Shelf([s for s in left if s.span is not None and s.path and id(s) not in table.taken], _TIERS[1])
    asked = [one for one in right if one.span is not None and one.path]
    found = [(one, [s for s in shelf.near(one) or () if s.rewrites(one)]) for one in asked]
    pairs: dict[tuple[str, str], list[tuple[Strand, Strand]]] = defaultdict(list)
    for ones, others, _ in components([(one, near) for one, near in found if near]):
        if len(ones) == len(others) == 1:
            pairs[others[0].path, ones[0].path].append((others[0], ones[0]))
    outside, inside = Counter(s.path for s in shelf), Counter(one.path for one in asked)
    joined = set()
    for (outer, inner), met in pairs.items():
        if len(met) == outside[outer] == inside[inner]:
            for other, one in met:
                table.join_rewritten(other, one)
                joined.add(id(one))
    return [one for one in right if id(one) not in joined]


def _gone_on(left: Sequence[Strand], right: Sequence[Strand], table: _Table) -> list[Strand]:
    """Join what failed at one upstream with what the proxy answered all the same, by the next."""
    failed = [one for one in right if one.span is not None and one.status is None and one.failed]
    if not failed:
        return list(right)
    answered = (s for s in left if s.span is not None and s.status is not None and id(s) not in table.taken)
    shelf = Shelf([s for s in answered if not s.failed], _TIERS[-1])
    found = [(one, [s for s in shelf.near(one) or () if s.went_on(one)]) for one in failed]
    apart = {id(one) for one in _settle(found, table)}
    joined = {id(one) for one in failed} - apart
    return [one for one in right if id(one) not in joined]


# ---- by their order alone


def _in_sequence(left: Sequence[Strand], right: Sequence[Strand], table: _Table, fits: Fits) -> list[Strand]:
    """Join what has no time in the order in which it was written, kind by kind."""
    free = sorted((s for s in left if id(s) not in table.taken), key=lambda s: s.order)
    rows: dict[str, list[Strand]] = defaultdict(list)
    for s in free:
        for address in s.addresses or ("",):
            rows[address].append(s)
    kinds: dict[tuple[Hashable, frozenset[str]], list[Strand]] = defaultdict(list)
    for one in sorted(right, key=lambda s: s.order):
        known = frozenset(address for address in one.addresses if address in rows)
        kinds[one.character, known].append(one)
    rest: list[Strand] = []
    for at, ((_, known), ones) in enumerate(kinds.items()):
        among = _of_these(rows, known) if known else free
        if at * len(among) > _COMPARISONS:
            table.crowds += ones
            rest += ones
            continue
        others = [
            s for s in among
            if id(s) not in table.taken and (s.span is None or ones[0].span is None)
            and fits(table.tie(s, ones[0]), s, ones[0])
        ]  # fmt: skip
        others = _closest(others, ones, table)
        if not others:
            rest += ones
        elif len(others) == len(ones) or len({s.character for s in others}) == 1:
            rest += _side_by_side(others, ones, table)
        else:
            table.doubts.append((others, ones))
            rest += ones
    return rest


def _closest(others: list[Strand], ones: Sequence[Strand], table: _Table) -> list[Strand]:
    """Return those that have the most in common, where they are enough and alike: what tells less may be of anything."""
    common = [len(table.tie(s, ones[0]) or ()) for s in others]
    most = [s for s, number in zip(others, common, strict=True) if number == max(common)]
    return most if len(most) >= len(ones) and _all_alike(most) else others


def _of_these(rows: Mapping[str, Sequence[Strand]], known: frozenset[str]) -> list[Strand]:
    """Return the strands of these addresses and those of none, in their order."""
    found = {id(s): s for address in (*known, "") for s in rows.get(address, ())}
    return sorted(found.values(), key=lambda s: s.order)


def _side_by_side(others: Sequence[Strand], ones: Sequence[Strand], table: _Table) -> list[Strand]:
    """Join the last of each; where they are not as many, or more than one, it is said that any of them may be meant."""
    count = min(len(others), len(ones))
    for other, one in zip(others[-count:], ones[-count:], strict=True):
        if len(others) != len(ones):
            other.say_alike(one, max(len(others), len(ones)))
        table.join(other, one, "order")
    return list(ones[: len(ones) - count])


# ---- what fits to what


def _settle(found: Sequence[tuple[Strand, list[Strand]]], table: _Table) -> list[Strand]:
    """Join what fits alone; return what is left of the right side."""
    rest = [one for one, near in found if not near]
    for ones, others, edges in components([(one, near) for one, near in found if near]):
        if len(ones) == len(others) == 1:
            table.join(others[0], ones[0], "time")
        elif matched := _matched(ones, others, edges):
            alike = _all_alike(ones) and _all_alike(others)
            joined = {id(one) for one, _, _ in matched}
            rest += [one for one in ones if id(one) not in joined]
            for one, other, forced in matched:
                if alike and not forced:
                    other.say_alike(one, max(len(others), len(ones)))
                table.join(other, one, "time")
        else:
            table.doubts.append((others, ones))
            rest += ones
    return rest


def components(
    found: Sequence[tuple[Strand, list[Strand]]],
) -> Iterable[tuple[list[Strand], list[Strand], dict[int, list[Strand]]]]:
    """Yield the strands that hang together by what fits to what, both sides in order, with what fits to each."""
    edges: dict[int, list[Strand]] = defaultdict(list)
    right = {id(one) for one, _ in found}
    everyone = {id(s): s for one, near in found for s in (one, *near)}
    for one, near in found:
        for other in near:
            edges[id(one)].append(other)
            edges[id(other)].append(one)
    seen: set[int] = set()
    for start in everyone:
        if start in seen:
            continue
        stack, members = [start], []
        seen.add(start)
        while stack:
            here = stack.pop()
            members.append(everyone[here])
            for s in edges[here]:
                if id(s) not in seen:
                    seen.add(id(s))
                    stack.append(id(s))
        members.sort(key=lambda s: s.order)
        yield [s for s in members if id(s) in right], [s for s in members if id(s) not in right], edges


def _matched(
    ones: Sequence[Strand], others: Sequence[Strand], edges: dict[int, list[Strand]]
) -> list[tuple[Strand, Strand, bool]]:
    """Return pairs: forced ones, else as many as there are in their order if all on each side are alike.

    There are as many on both sides; of open sockets, whose lines do not tell when they were opened, some may be missing.
    """
    if len(ones) == len(others) and (forced := _forced(ones, others, edges)):
        return forced
    more = max(ones, others, key=len)
    if len(ones) != len(others) and any(s.span is None or s.begin > -FOREVER for s in more):
        return []
    if not (_all_alike(ones) and _all_alike(others)):
        return []
    free = {id(other): None for other in others}
    pairs: list[tuple[Strand, Strand, bool]] = []
    for one in ones:
        fitting = {id(s): s for s in edges[id(one)]}
        first = next((key for key in free if key in fitting), None)
        if first is not None:
            del free[first]
            pairs.append((one, fitting[first], False))
    return pairs if len(pairs) == min(len(ones), len(others)) else []


def _forced(
    ones: Sequence[Strand], others: Sequence[Strand], edges: dict[int, list[Strand]]
) -> list[tuple[Strand, Strand, bool]]:
    """Return the only way in which each finds a partner, or nothing where there are several."""
    left = {id(s): {id(o) for o in edges[id(s)]} for s in (*ones, *others)}
    by_id = {id(s): s for s in (*ones, *others)}
    right = {id(s) for s in ones}
    pairs: list[tuple[Strand, Strand, bool]] = []
    leaves = [key for key, near in left.items() if len(near) == 1]
    while leaves:
        key = leaves.pop()
        if key not in left or len(left[key]) != 1:
            continue
        (partner,) = left[key]
        one, other = (key, partner) if key in right else (partner, key)
        pairs.append((by_id[one], by_id[other], True))
        for gone in (key, partner):
            for near in left.pop(gone):
                if near in left:
                    left[near].discard(gone)
                    if len(left[near]) == 1:
                        leaves.append(near)
    return pairs if len(pairs) == len(ones) else []


def _all_alike(strands: Sequence[Strand]) -> bool:
    return len({s.character for s in strands}) == 1


# ---- what is said of it


def _say_apart(others: Sequence[Strand], ones: Sequence[Strand]) -> None:
    for mine, theirs in ((others, ones), (ones, others)):
        sources = {entry.place.source for s in theirs for entry in s.entries}
        for s in mine:
            s.near |= sources
            if s.begin > -FOREVER or s.span is None:
                s.say_apart(theirs)
