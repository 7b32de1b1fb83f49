"""Joins the entries of all sources into stories, one for each handshake; holds some thousand entries at once.

By what identifies a handshake, then by client, path, status and time with the clocks' offsets; what stays doubtful is said.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from msgspec.structs import replace

from ws101.logs.callers import Callers
from ws101.logs.chain import chained
from ws101.logs.contradiction import contradictions
from ws101.logs.elsewhere import Elsewhere
from ws101.logs.entry import Entry, Told
from ws101.logs.moment import FOREVER, Clock, Clocks, jumps_of, program
from ws101.logs.offset import estimate
from ws101.logs.pairing import fold
from ws101.logs.replicas import Replicas, pairs
from ws101.logs.silence import belied, recalled, silences
from ws101.logs.statement import Statement, with_statements
from ws101.logs.story import Story
from ws101.logs.strand import Strand, strand
from ws101.logs.tie import NAMES, OF_ONE_PROGRAM, OF_ONE_REQUEST, SHARED, named
from ws101.logs.witness import Witness
from ws101.terms import Hop

_MOST = 20_000  # entries held
_SHARE = 4  # of which at least one in so many is told at once
_LARGEST = 32 << 20  # characters of their text
_BY = (*NAMES.values(), "client", "path", "the path's end", "status", "time", "order")
_RETRIES = 32  # with one identity, of which the last are looked at
_ONE_HANDSHAKE = 60.0  # seconds over which one identity is of one handshake
_ANCHOR = {
    hop: at
    for at, hop in enumerate((Hop.PROXY, Hop.CDN, Hop.SERVER, Hop.AUTH, Hop.TLS, Hop.NETWORK, Hop.CLIENT))
}
_RANK = {told: at for at, told in enumerate((Told.ANSWERED, Told.SEEN, Told.MEANT, Told.WRONG, Told.ENDED))}


class Joiner:
    """Takes entries in rough order of time, from several sources in turn; all that fits is joined in any order.

    `witnesses` tells at any time what each source was shown to log, `configured` is what a configuration says of logs;
    `callers` are whom the sources know.
    """

    def __init__(
        self, witnesses: Callable[[], Sequence[Witness]], configured: Sequence[Statement] = ()
    ) -> None:
        self._witnesses = witnesses
        self._configured = configured
        self._held: list[Entry] = []
        self._size = 0
        self._latest = 0.0
        self._arrived: dict[int, float] = {}  # of entries without a time, the latest that was met before
        self._old: set[int] = set()
        self._offsets: dict[Clock, float] = {}
        self._ahead: dict[tuple[str, str], float] = {}
        self._clocks = Clocks()
        self._belied: set[tuple[str, str]] = set()
        self.callers = Callers()

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        """What each source was shown to log, with how far its clock is ahead as far as that is known."""
        return self._with_offsets(self._witnesses())

    def feed(self, entries: Iterable[Entry]) -> Iterator[Story]:
        """Take entries; yield stories whose time is over, where more are held than need be."""
        for entry in entries:
            self._held.append(entry)
            self._size += len(entry.text)
            if entry.client and not entry.forwarded:
                self.callers.meet(entry.place.source, [entry.client.encode("utf-8", "replace")])
            if entry.time is None:
                self._arrived[id(entry)] = self._latest
            else:
                self._latest = max(self._latest, entry.time)
            if len(self._held) > _MOST or self._size > _LARGEST:
                yield from self._half_told()

    def _fold(self, strands: Iterable[Strand], told: Sequence[Strand] = ()) -> list[Strand]:
        """Return the handshakes that these strands tell of, together with those that are told already."""
        every = [*strands]
        replicas = Replicas(self.callers.crowded, frozenset(pairs(every)))
        lanes: dict[tuple[object, ...], list[Strand]] = defaultdict(list)
        for one in every:
            lanes[_lane(one)].append(one)
        found = [*told]
        for lane in sorted(lanes):
            fold(found, sorted(lanes[lane], key=lambda s: s.order), replicas)
        return found

    def settle(self, until: float) -> Iterator[Story]:
        """Yield the stories that ended before this moment of the reference clock; for logs that are followed.

        What has no time is told when nothing joined it since it was asked before.
        """
        if self._held:
            old, self._old = self._old, {id(entry) for entry in self._held}
            strands = self._fold(self._strands())
            yield from self._tell([s for s in strands if _is_over(s, until, old)])

    def finish(self) -> Iterator[Story]:
        """Yield all that is left."""
        if self._held:
            yield from self._tell(self._fold(self._strands()))

    def _half_told(self) -> Iterator[Story]:
        """Yield the older half of what is held; what has no time is as old as what came with it."""
        times = sorted(time for entry in self._held if (time := self._clocks.time(entry)) is not None)
        until = times[len(times) // 2] if times else FOREVER
        strands = self._strands()
        timed = [s for s in self._fold(s for s in strands if s.span is not None) if s.end < until]
        waited = (
            s for s in strands if s.span is None and all(self._arrived[id(e)] < until for e in s.entries)
        )
        told = self._fold(waited, timed)
        enough = sum(len(s.entries) for s in told) * _SHARE > len(self._held)
        yield from self._tell(told if enough else self._fold(self._strands()))

    def _tell(self, told: Sequence[Strand]) -> Iterator[Story]:
        gone = {id(entry) for s in told for entry in s.entries}
        self._held = [entry for entry in self._held if id(entry) not in gone]
        self._size = sum(len(entry.text) for entry in self._held)
        self._arrived = {key: time for key, time in self._arrived.items() if key not in gone}
        ordered = [(one, one.story_order(self._clocks)) for one in sorted(told, key=lambda s: s.order)]
        before = [witness for witness in self.witnesses if witness.every]
        for one, entries in ordered if before else ():
            self._belied |= {(w.source, w.format) for w in belied(one, entries, before)}
        witnesses = self.witnesses
        elsewhere = Elsewhere([one for one, _ in ordered], self._clocks)
        for one, entries in ordered:
            yield self._story(one, entries, witnesses, elsewhere)

    def revised(self, story: Story) -> Story:
        """Return a story as it is by what was learned of the logs after it was told."""
        learned = [s.sure and (s.witness.source, s.witness.format) in self._belied for s in story.silences]
        if not any(learned):
            return story
        silences = (recalled(s) if new else s for s, new in zip(story.silences, learned, strict=True))
        return replace(story, silences=tuple(silences))

    def _story(
        self, one: Strand, entries: tuple[Entry, ...], witnesses: Sequence[Witness], elsewhere: Elsewhere
    ) -> Story:
        return Story(
            entries,
            tuple(sorted(one.by, key=_BY.index)),
            tuple(elsewhere.doubted(silence, one) for silence in silences(one, entries, witnesses)),
            contradictions(entries, witnesses, self._configured),
            (*one.apart, *self._unsure(entries)),
        )

    def _unsure(self, entries: Sequence[Entry]) -> Iterator[str]:
        sources = {
            e.place.source
            for e in entries
            if e.time is not None and self._clocks.of(e) in self._clocks.unsure
        }
        for source in sorted(sources):
            yield f"{source} was joined by the order of its lines: several offsets of its clock fit as well"

    def _with_offsets(self, witnesses: Sequence[Witness]) -> tuple[Witness, ...]:
        placed = (
            replace(
                w,
                offset=self._ahead.get((w.source, w.format)),
                every=w.every and (w.source, w.format) not in self._belied,
            )
            for w in witnesses
        )
        return tuple(with_statements(w, self._configured) for w in placed)

    # ---- joining

    def _strands(self) -> list[Strand]:
        """Return what is held, joined as far as identities and the order within one log tell."""
        entries = sorted(self._held, key=lambda e: (e.place.source, e.place.line, e.format, e.told.name))
        found = estimate(entries, jumps_of(self._witnesses()))
        self._offsets |= found.offsets
        self._clocks = Clocks(self._offsets, jumps_of(self._witnesses()), found.unsure)
        for entry in entries:
            clock = self._clocks.of(entry)
            if entry.time is not None and clock in self._offsets:
                self._ahead[entry.place.source, entry.format] = self._offsets[clock]
        return chained(by_identity([strand(entry, self._clocks) for entry in entries]))


def _is_over(one: Strand, until: float, old: Collection[int]) -> bool:
    if one.span is None:
        return all(id(entry) in old for entry in one.entries)
    return one.end < until


def _lane(one: Strand) -> tuple[object, ...]:
    """Return where a strand comes from: handshakes of one lane are different ones."""
    return min((_ANCHOR[e.hop], _RANK[e.told], e.place.source, e.format, program(e)) for e in one.entries)


def by_identity(strands: Sequence[Strand]) -> list[Strand]:
    """Join what names the same handshake; what is sent again with the same name is another one."""
    bearing = [one for one in strands if any(entry.identity for entry in one.entries)]
    gone: set[int] = set()
    for kind in (*SHARED, *OF_ONE_PROGRAM):
        named: dict[str, list[Strand]] = defaultdict(list)
        for one in bearing:
            if value := _named(one, kind):
                named[value].append(one)
        for group in named.values():
            if len(group) > 1:
                gone |= {id(taken) for taken in _merged(sorted(group, key=lambda s: s.order), kind)}
        bearing = [one for one in bearing if id(one) not in gone]
    return [one for one in strands if id(one) not in gone]


def _named(one: Strand, kind: str) -> str:
    entry = next((e for e in one.entries if named(e, kind)), None)
    if entry is None:
        return ""
    own = f"{entry.place.source} {program(entry)} " if kind in OF_ONE_PROGRAM else ""
    return own + named(entry, kind)


def _merged(group: Sequence[Strand], kind: str) -> Iterator[Strand]:
    """Join the strands that one identity names; yield those that went into another."""
    begun: list[Strand] = []
    for one in group:
        near = [s for s in begun[-_RETRIES:] if _near(s, one) and _fit(s, one, kind)]
        if len(near) == 1:
            near[0].contrary = near[0].contrary or near[0].ties(one) is None
            near[0].take(one, [NAMES[kind]])
            yield one
        else:
            begun.append(one)


def _fit(one: Strand, other: Strand, kind: str) -> bool:
    return not one.clashes(other) if kind in OF_ONE_REQUEST else one.ties(other) is not None


def _near(one: Strand, other: Strand) -> bool:
    if one.span is None or other.span is None:
        return True
    return one.span.gap(other.span) <= _ONE_HANDSHAKE
