"""Joins what one program's log tells of a handshake one record after the other: that it came, and what became of it.

Knows that programs write both in one stream, and that handshakes at one time may be written in between.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from ws101.logs.entry import Told
from ws101.logs.pairing import components
from ws101.logs.strand import Strand
from ws101.logs.tie import ORDER
from ws101.signature import Says
from ws101.terms import Hop

_OUTCOMES = frozenset({Told.ANSWERED, Told.WRONG})
_WAITS = {Hop.CLIENT: 150.0, Hop.SERVER: 60.0, Hop.AUTH: 60.0}  # seconds from a record to what became of it
_TOGETHER = 0.3  # seconds between records that are written of one outcome
_LINES = 3  # between them, where they have no times
_LINES_WAITED = 500
_DIGITS = re.compile(r"\d+")


def chained(strands: Iterable[Strand]) -> list[Strand]:
    """Join what clients and servers write one record after the other; a proxy's records are told apart by what they hold."""
    programs: dict[tuple[str, Hop], list[Strand]] = defaultdict(list)
    others: list[Strand] = []
    for one in strands:
        sources = {(entry.place.source, entry.hop) for entry in one.entries}
        source, hop = next(iter(sources))
        if len(sources) == 1 and hop in {Hop.CLIENT, Hop.SERVER, Hop.AUTH}:
            programs[source, hop].append(one)
        else:
            others.append(one)
    keys = sorted(programs, key=lambda key: (key[0], ORDER[key[1]]))
    return [*others, *(one for key in keys for one in _chain(programs[key]))]


def _chain(strands: Iterable[Strand]) -> list[Strand]:
    """Join the strands of one hop in one source that follow one another, stream by stream."""
    streams: dict[str, list[Strand]] = defaultdict(list)
    for one in strands:
        streams[one.entries[0].stream].append(one)
    return [one for key in sorted(streams) for one in _in_order(streams[key])]


def _in_order(strands: list[Strand]) -> list[Strand]:
    found: list[Strand] = []
    pending: list[Strand] = []  # told to have come, without an outcome yet
    outcomes: list[Strand] = []
    for one in sorted(strands, key=_line):
        if not _has_outcome(one):
            if pending and _of_one_beginning(pending[-1], one):
                pending[-1].take(one, ["order"])
                continue
            if outcomes and (len(outcomes) >= len(pending) or all(_waited(p, one) for p in pending)):
                found += _settled(pending, outcomes)
                pending, outcomes = [], []
            found += _given_up(pending, outcomes, one)
            pending.append(one)
        elif pending or outcomes:
            last = outcomes[-1] if outcomes else None
            if last is not None and _of_one_outcome(last, one):
                last.take(one, ["order"])
            elif not _begun(one) and any(_follows(p, one) for p in pending):
                outcomes.append(one)
            else:
                found += [*_settled(pending, outcomes)]
                pending, outcomes = [], [one]
        else:
            outcomes.append(one)
    return [*found, *_settled(pending, outcomes)]


def _line(one: Strand) -> int:
    return min(entry.place.line for entry in one.entries)


def _begun(one: Strand) -> bool:
    return any(entry.told in {Told.MEANT, Told.SEEN} for entry in one.entries)


def _has_outcome(one: Strand) -> bool:
    return any(entry.told not in {Told.MEANT, Told.SEEN} for entry in one.entries)


def _given_up(pending: list[Strand], outcomes: Sequence[Strand], one: Strand) -> list[Strand]:
    """Take out what has waited too long, if no outcome may be its own; a client that tries again has given up the try before."""
    waited = [p for p in pending if _waited(p, one) and not any(_follows(p, o) for o in outcomes)]
    late = [p for p in pending if p in waited or p.entries[0].hop is Hop.CLIENT]
    if (
        late
        and pending
        and pending[0].entries[0].hop is Hop.CLIENT
        and _line(one) - _line(pending[-1]) <= _LINES
    ):
        late = [p for p in pending if _waited(p, one)]  # written at one time: several clients
    for p in late:
        pending.remove(p)
    return late


def _waited(before: Strand, after: Strand) -> bool:
    if before.span is not None and after.span is not None:
        return before.span.gap(after.span) > _WAITS.get(before.entries[0].hop, 60.0)
    return _line(after) - _line(before) > _LINES_WAITED


def _follows(before: Strand, after: Strand) -> bool:
    in_order = _line(before) < _line(after)
    return in_order and before.ties(after) is not None and not _waited(before, after)


def _of_one_beginning(one: Strand, other: Strand) -> bool:
    """Whether a client tells in two formats, close to each other, what it means to send: its program, and its library."""
    return one.at_client and other.at_client and _close(one, other)


def _of_one_outcome(one: Strand, other: Strand) -> bool:
    """Whether two outcomes stand so close to each other that they are of one handshake, and are not of one kind."""
    return not _begun(other) and _close(one, other)


def _close(one: Strand, other: Strand) -> bool:
    kinds = {(e.format, e.told) for e in one.entries} & {(e.format, e.told) for e in other.entries}
    if (kinds and not _one_without_reason(one, other)) or one.ties(other) is None:
        return False
    if one.span is not None and other.span is not None:
        return (
            one.span.gap(other.span) <= _TOGETHER
            and _line(other) - max(e.place.line for e in one.entries) <= 2 * _LINES
        )
    last = max(entry.place.line + entry.place.lines for entry in one.entries)
    return _line(other) - last < _LINES


def _one_without_reason(one: Strand, other: Strand) -> bool:
    """Whether one of two failures that a client tells gives no reason, in other words than the other: as browsers and libraries add."""
    if not (one.at_client and other.at_client) or _shapes(one) & _shapes(other):
        return False  # the same words again are of another try
    return any(
        all(e.status is None and e.says is Says.NOTHING and e.told is Told.WRONG for e in s.entries)
        for s in (one, other)
    )


def _shapes(one: Strand) -> set[str]:
    return {_DIGITS.sub("", entry.words) for entry in one.entries}


def _settled(pending: Sequence[Strand], outcomes: Sequence[Strand]) -> list[Strand]:
    """Join what came with what became of it, where it is clear which is whose; else leave them apart, and say so."""
    if not pending or not outcomes:
        return [*pending, *outcomes]
    if len(pending) == len(outcomes) == 1 and _line(pending[0]) < _line(outcomes[0]):
        pending[0].take(outcomes[0], ["order"])
        return [*pending]
    fits = [(o, [p for p in pending if _follows(p, o)]) for o in outcomes]
    told = {id(s) for o, near in fits if near for s in (o, *near)}
    alone = [s for s in (*pending, *outcomes) if id(s) not in told]
    parts = components([(o, near) for o, near in fits if near])
    return [*alone, *(s for ends, begun, _ in parts for s in _part_settled(begun, ends))]


def _part_settled(pending: Sequence[Strand], outcomes: Sequence[Strand]) -> list[Strand]:
    """Do so for those of which each fits one of the others."""
    fits = {id(o): [p for p in pending if _follows(p, o)] for o in outcomes}
    only = [near[0] for near in fits.values() if len(near) == 1]
    if len(only) == len(outcomes) == len({id(p) for p in only}):
        for outcome in outcomes:
            fits[id(outcome)][0].take(outcome, ["order"])
        return [*pending]
    alike = len({p.character for p in pending}) == len({o.character for o in outcomes}) == 1
    if alike and len(pending) == len(outcomes):
        for one, outcome in zip(pending, outcomes, strict=True):
            one.say_alike(outcome, len(pending))
            one.take(outcome, ["order"])
        return [*pending]
    _say_apart(pending, outcomes)
    return [*pending, *outcomes]


def _say_apart(pending: Sequence[Strand], outcomes: Sequence[Strand]) -> None:
    for mine, theirs in ((pending, outcomes), (outcomes, pending)):
        for s in mine:
            s.say_apart(theirs)
