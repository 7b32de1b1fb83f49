"""Rows that differ only in client and moment are counted, and one of each kind is read and joined for all.

So are the rows of one client that stand together, as nginx writes two of what it refuses. What might belong to another record
is read and joined by itself; of records without a time, which may belong to any, as many are joined as there are.
"""

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from operator import itemgetter
from typing import NamedTuple

from msgspec.structs import replace

from ws101.logs.alike import Alike
from ws101.logs.behind import in_a_row
from ws101.logs.beside import NEAR, Beside, Nearby, claim
from ws101.logs.callers import Callers
from ws101.logs.entry import Entry
from ws101.logs.group import (
    OPENED,
    TOGETHER,
    Group,
    as_row,
    groups,
    is_near,
    is_open,
    left_open,
    likeness,
    of_request,
    telling,
)
from ws101.logs.moment import PATIENCE, WAITED_FOR
from ws101.logs.reader import Reader
from ws101.logs.rows import UNIT, Item, Kind, Note, Row, Rows, facts, is_of_rooms, path_of
from ws101.logs.story import Story, might_be_of_another
from ws101.logs.strand import together
from ws101.logs.tally import Measure
from ws101.logs.untimed import Untimed

_ENOUGH = 8000  # rows that are settled at once: each by itself would take several times as long
_HELD = 60_000  # rows; where more come within some seconds, the oldest are settled sooner
_TAKEN = 200_000  # groups that are counted at once
_MOST = 6  # rows of one client that stand together; more are read by themselves
_MOST_OPEN = 20_000  # sockets whose line is waited for
_KINDS = 4000  # of rows that stand together, which are told apart
_PAIRS = 20_000  # of kinds, of which it is known whether both can be of one handshake
_READ = 10_000  # requests that are read by themselves; with more, those of known clients are not
_SPARE = 3  # groups of a kind that are kept to be joined with records without a time
_ASKED = 50  # requests at one time that tell who a source's clients are


class _Lent(NamedTuple):
    """What records without a time measure, and of how many handshakes they may be; `apart` where none of these is known to be theirs."""

    measure: Measure
    among: int
    apart: bool


class Bulk:
    """Takes what all sources tell, in the order of time, and hands on what is to be joined; the rest it counts.

    `counted` says how many records of each source were counted without being joined. What stands for those is in `examples`,
    to be joined in the end, each part by itself. `between` are the moments (seconds since the epoch) between which handshakes are
    asked for, None where there is no bound; `any_big` tells whether there is a source whose rows are counted. `callers` are whom
    the sources of rows know; rows of `known` clients are read, whenever they came, for a server tells of them in a small log.
    """

    def __init__(
        self,
        between: tuple[float | None, float | None] = (None, None),
        any_big: Callable[[], bool] = lambda: True,
    ) -> None:
        self._since, self._until = between
        self._any_big = any_big
        self._held: deque[Rows] = deque()
        self._number = 0
        self._taken = 0
        self._readers: dict[str, Reader] = {}
        self._beside = Beside()
        self.callers = Callers()
        self.known: frozenset[bytes] = frozenset()
        self._untimed = Untimed()
        self._own: dict[bytes, list[Note]] = {}
        self._due: deque[tuple[float, bytes]] = deque()
        self._open: dict[bytes, deque[Note]] = {}
        self._alike: dict[Hashable, Alike] = {}
        self._ties: dict[Hashable, bool] = {}
        self._by_themselves: Counter[tuple[str, int | None]] = (
            Counter()
        )  # requests that were read, by path and status
        self._timeless: dict[int, _Lent] = {}  # by the identity of an entry
        self._lines: dict[tuple[str, int], Measure] = {}
        self.counted: Counter[str] = Counter()
        self.examples: list[list[Entry]] = []

    def entries(self, items: Iterable[Item]) -> Iterator[Entry]:
        """Yield the entries that are to be joined."""
        now = 0.0
        for item in items:
            if item.time is not None:
                now = max(now, item.time)
            for entry in self._hold(item, now) if isinstance(item, Rows) else self._met(item):
                self.callers.see(entry)
                self._beside.add(entry, now, behind=self.callers.is_inner(entry))
                yield entry
            if self._number > _HELD or (self._number > _ENOUGH and self._held[0].last < now - 2 * NEAR):
                yield from self._settle(now - NEAR)
        yield from self._settle(None)
        yield from self._not_counted(self._untimed.finish())
        self._settle_counts()
        self.examples = [*self._join()]

    def stands_for(self, story: Story) -> Measure | None:
        """Return what the records measure that a story stands for, itself among them; None where it stands for itself."""
        found = (self._lines.get((entry.place.source, entry.place.line)) for entry in story.entries)
        rows = next((one for one in found if one is not None), None)
        lent = next((one for entry in story.entries if (one := self._timeless.get(id(entry)))), None)
        if rows is None or lent is None:
            return rows or (lent.measure if lent else None)
        both = Measure()
        both.take(rows)
        both.count = max(rows.count, lent.measure.count) if lent.apart else rows.count + lent.measure.count
        return both

    def doubted(self, story: Story) -> Story:
        """Return a story with the doubt that what has no time in it may be of any handshake that is told alike."""
        lent = [entry for entry in story.entries if id(entry) in self._timeless]
        among = self._timeless[id(lent[0])].among if lent else 0
        if among < 2 or len(lent) == len(story.entries):
            return story
        places = ", ".join(str(entry.place) for entry in lent)
        return replace(story, apart=(*story.apart, might_be_of_another(places, among)))

    def _met(self, entry: Entry) -> Iterable[Entry]:
        """Return what is to be joined by itself of a record that was read."""
        if entry.time is not None or not self._any_big():
            return (entry,)
        self.counted[entry.place.source] += 1
        return self._not_counted(self._untimed.add(entry))

    def _not_counted(self, entries: list[Entry]) -> list[Entry]:
        """Return records that are joined by themselves after all."""
        self.counted.subtract(entry.place.source for entry in entries)
        return entries

    def _hold(self, item: Rows, now: float) -> Iterator[Entry]:
        """Hold rows; yield what is read of those at once of which it is not clear what they go on with."""
        source = item.place.source
        self._readers[source] = item.reader
        self._number += len(item.rows)
        if item.rows:
            self._held.append(Rows(item.reader, item.place, item.rows, []))
            self.callers.meet(source, (row[1] for row in item.rows[:_ASKED]))
        for unit in item.timeless:
            self.counted[source] += 2
            if not self._untimed.again((source, unit.kind)):
                read = [*_read(unit.text, unit.line, item.reader)]
                yield from self._not_counted(self._untimed.take((source, unit.kind), read))
        own, due, bounded = self._own, self._due, self._since is not None or self._until is not None
        expected = bool(item.notes) and self._beside.expects(source, now)
        for note in item.notes:
            if expected and note.connection is UNIT:
                yield from _read(note.text, note.number, item.reader)
            elif bounded and not self._is_asked_for(note.time):
                continue
            elif note.client in own:
                own[note.client].append(note)
            else:
                own[note.client] = [note]
                due.append((note.time, note.client))

    def _is_asked_for(self, time: float) -> bool:
        return (self._since is None or time >= self._since) and (self._until is None or time <= self._until)

    # ---- what is old enough

    def _settle(self, until: float | None) -> Iterator[Entry]:
        """Count the rows held from before this moment, those that stand near to another record excepted: they are read."""
        near = self._beside.nearby()
        ripe = self._ripe(until)
        if not ripe and self._number > _HELD:
            until = max(one.last for one in list(self._held)[: len(self._held) // 2 + 1])
            ripe = self._ripe(until)
        if ripe:
            yield from self._together(min(rows[0][0] for rows in ripe.values()), near)
        found: list[Group] = []
        rest = {source: self._untold(rows, source, found) for source, rows in ripe.items()}
        if len(rest) > 1:
            found += in_a_row(rest, self.callers)
        yield from self._alone_or_alike(found, near)
        for source, rows in rest.items():
            yield from self._plain(rows, source, near)
        yield from self._together(until, near)
        if until is not None:
            self._beside.forget(until - PATIENCE - 3 * NEAR)

    def _ripe(self, until: float | None) -> dict[str, list[Row]]:
        """Take the requests out of those held that came before this moment, by their source."""
        ripe: dict[str, list[Row]] = defaultdict(list)
        left: deque[Rows] = deque()
        for one in self._held:
            rows = one.rows
            at = (
                len(rows)
                if until is None or one.last < until
                else bisect_left(rows, until, key=itemgetter(0))
            )
            if at:
                ripe[one.place.source] += rows[:at]
            if at < len(rows):
                left.append(Rows(one.reader, one.place, rows[at:], []))
        self._held = left
        self._number = sum(len(one.rows) for one in left)
        return ripe

    def _untold(self, rows: list[Row], source: str, closed: list[Group]) -> list[Row]:
        """Return the requests of which no more is told; add the ends of sockets whose beginning was told to `closed`."""
        if self._since is not None or self._until is not None:
            rows = [row for row in rows if self._is_asked_for(row[0])]
        own, opened = self._own, self._open
        told = own.keys() | opened.keys()
        rest: list[Row] = []
        for row in rows:
            if row[1] not in told:
                rest.append(row)
                continue
            time, client, kind, number, text = row
            theirs = own.get(client, [])
            mine = bool(theirs) and (-NEAR <= theirs[-1].time - time <= NEAR or is_near(time, kind, theirs))
            older = client in opened and left_open(one for one in theirs if one.time <= time) <= 0
            if older and (began := self._closed(row)):
                closed.append([began, of_request(row, source)])
            elif mine:
                theirs.append(Note(time, source, number, kind, text, client))
            else:
                rest.append(row)
        return rest

    def _closed(self, row: Row) -> Note | None:
        """Return what was written when a socket was opened, if this is its own line, which is written when it is closed."""
        opened = self._open[row[1]]
        if opened[0].time > row[0] + NEAR or facts(row[2])[1] != OPENED:
            return None
        began = opened.popleft()
        if not opened:
            del self._open[row[1]]
        return began

    def _plain(self, rows: Iterable[Row], source: str, near: Nearby | None) -> Iterator[Entry]:
        kinds: dict[Kind, list[Row]] = defaultdict(list)
        for row in rows:
            if self._is_claimed(near, row[0], row[1], row[2]):
                yield from self._read_all([of_request(row, source)])
            else:
                kinds[row[2]].append(row)
        for kind, alike in kinds.items():
            key = source, kind
            if key not in self._alike:
                self._begin(key, [of_request(alike[0], source)])
            first = self._alike[key]
            if len(first.spare) < _SPARE:
                first.spare += [[of_request(row, source)] for row in alike[1 : 1 + _SPARE]]
            paths = [path_of(kind, row[4]) for row in alike] if first.is_of_rooms else ()
            first.take(map(itemgetter(0), alike), map(itemgetter(1), alike), paths)
            self._count([source], len(alike))

    # ---- rows that stand together

    def _together(self, until: float | None, near: Nearby | None) -> Iterator[Entry]:
        """Count what went wrong before this moment, with the requests that it went wrong with."""
        patience = NEAR if len(self._own) > _HELD else TOGETHER
        found: list[Group] = []
        requests: dict[str, list[Row]] = defaultdict(list)
        while self._due and (until is None or self._due[0][0] < until - NEAR):
            _, client = self._due.popleft()
            left: list[Note] = []
            due = until
            for group in groups(self._own.pop(client)):
                if until is not None and group[-1].time >= until - NEAR:
                    left += group
                    due = group[-1].time
                    continue
                for part in (group,) if _is_whole(group) else self._parts(group):
                    if b"" in [one.connection for one in part]:
                        if len(part) > 1:
                            found.append(part)
                        else:
                            requests[part[0].source].append(as_row(part[0]))
                    elif until is not None and is_open(part) and len(self._open) < _MOST_OPEN:
                        self._open.setdefault(client, deque()).append(part[0])
                    elif until is not None and part[-1].time >= until - patience:
                        left += part
                    else:
                        found.append(part)
            if left and due is not None:
                self._own[client] = left
                self._due.append((due, client))
        if until is None:
            found += [[one] for opened in self._open.values() for one in opened]
        for source, rows in requests.items():
            yield from self._plain(rows, source, near)
        yield from self._alone_or_alike(found, near)

    def _parts(self, group: list[Note]) -> Iterable[list[Note]]:
        """Return the rows of a group in parts, no two of which can be of one handshake."""
        parts: list[list[Note]] = []
        for one in group:
            near = [part for part in parts if any(self._may_be_one(other, one) for other in part)]
            if len(near) == 1:
                near[0].append(one)
            else:
                parts = [part for part in parts if not any(part is other for other in near)]
                parts.append(sorted([*(other for part in near for other in part), one]))
        return parts

    def _may_be_one(self, one: Note, other: Note) -> bool:
        """Return whether two rows of one client may be of one handshake, whenever they came; asked once of two kinds."""
        if one.connection and one.connection == other.connection and one.connection is not UNIT:
            return True
        rooms = is_of_rooms(one.kind) or is_of_rooms(other.kind)
        same = not rooms or path_of(one.kind, one.text) == path_of(other.kind, other.text)
        kinds = one.source, one.kind, other.source, other.kind, same
        may_be = self._ties.get(kinds)
        if may_be is None:
            if len(self._ties) >= _PAIRS:
                return True
            mine, theirs = ([*_read(row.text, row.number, self._readers[row.source])] for row in (one, other))
            may_be = not mine or not theirs or together(mine).ties(together(theirs)) is not None
            self._ties[kinds] = may_be
        return may_be

    def _alone_or_alike(self, found: Iterable[Group], near: Nearby | None) -> Iterator[Entry]:
        """Count these groups by what they have in common; read those that something else may belong to."""
        alike: dict[Hashable, list[Group]] = defaultdict(list)
        for group in found:
            key = likeness(group)
            if (
                len(group) > _MOST
                or any(self._is_claimed(near, one.time, one.client, one.kind) for one in telling(group))
                or not (key in self._alike or len(self._alike) < _KINDS)
            ):
                yield from self._read_all(group)
            else:
                alike[key].append(group)
        for key, ones in alike.items():
            if key not in self._alike:
                self._begin(key, ones[0])
            one = self._alike[key]
            if len(one.spare) < _SPARE:
                one.spare += ones[1 : 1 + _SPARE]
            paths = [path_of(group[-1].kind, group[-1].text) for group in ones] if one.is_of_rooms else ()
            one.take([group[-1].time for group in ones], [group[0].client for group in ones], paths)
            self._count((row.source for row in one.first), len(ones))

    def _is_claimed(self, near: Nearby | None, time: float, client: bytes, kind: Kind) -> bool:
        """Return whether something that is read by itself may be of a row's handshake."""
        if client in self.known and self._by_themselves.total() < _READ:
            return True
        if near is None:
            return False
        path, status = facts(kind)
        begun = range(0, int(PATIENCE) + NEAR, 2 * NEAR) if status in WAITED_FOR else (0,)
        there = (near(int(time) - seconds) for seconds in begun)
        return any(one and (client in one.clients or one.claims(kind, path, status)) for one in there)

    # ---- counting

    def _count(self, sources: Iterable[str], number: int) -> None:
        """Count what was taken of so many groups."""
        for source in sources:
            self.counted[source] += number
        self._taken += number
        if self._taken >= _TAKEN:
            self._settle_counts()

    def _settle_counts(self) -> None:
        self._taken = 0
        for alike in self._alike.values():
            alike.settle()

    def _begin(self, key: Hashable, group: Group) -> None:
        """Begin to count groups like this one, which stands for them."""
        alike = self._alike[key] = Alike(group)
        alike.entries = self._read_for(group, alike.measure)

    def _read_for(self, group: Group, measure: Measure) -> list[Entry]:
        """Read a group as an example of those that a measure counts."""
        for row in group:
            self._lines[row.source, row.number] = measure
        read = [*self._read_all(group)]
        self._by_themselves.subtract(facts(one.kind) for one in group if not one.connection)
        self.counted.subtract(entry.place.source for entry in read)
        return read

    def _read_all(self, group: Group) -> Iterator[Entry]:
        self._by_themselves.update(facts(one.kind) for one in group if not one.connection)
        for one in group:
            yield from _read(one.text, one.number, self._readers[one.source])

    # ---- what has no time

    def _join(self) -> Iterator[list[Entry]]:
        """Yield what is to be joined in the end: each that has no time with what it fits, then one of each of the other kinds."""
        every = [*self._alike.values()]
        left = {id(alike): alike for alike in every}
        alone: list[Entry] = []
        for one in self._untimed.kinds:
            told = claim(one.strand.entries)
            fits = {id(alike): alike.fitting(told, one.strand) for alike in every if alike.measure.count}
            number = sum(alike.measure.count * fits.get(id(alike), 0) for alike in every)
            number += sum(n for about, n in self._by_themselves.items() if told.fits(*about))
            sure = [alike for alike in every if fits.get(id(alike)) == len(alike.telling)]
            sure = [alike for alike in sure if not alike.is_of_rooms] or sure
            apart = len({alike.character for alike in sure}) > 1 or (number < one.count and not sure)
            measure = Measure(one.count)
            self._timeless |= {id(entry): _Lent(measure, number, apart) for entry in one.strand.entries}
            self.counted.subtract(entry.place.source for entry in one.strand.entries)
            if apart:
                alone += one.strand.entries
            elif sure:
                most = max(sure, key=lambda alike: alike.measure.count)
                joined = min(one.count, most.measure.count)
                measure.count = joined + max(one.count - number, 0)
                if joined == most.measure.count and id(most) in left:
                    yield [*left.pop(id(most)).entries, *one.strand.entries]
                elif most.spare:
                    yield [*self._read_for(most.spare.pop(), Measure()), *one.strand.entries]
                else:
                    continue
                most.measure.count -= joined
        yield from (alike.entries for alike in left.values() if not alone)
        if alone:
            yield [*(entry for alike in left.values() for entry in alike.entries), *alone]


def _read(text: bytes, number: int, reader: Reader) -> Iterator[Entry]:
    yield from reader.feed(text + b"\n", number)
    yield from reader.pause()


def _is_whole(group: Group) -> bool:
    """Return whether a group is not to be split: a row, or two, which are joined as they are."""
    return len(group) == 1 or (
        len(group) == 2 and not (is_of_rooms(group[0].kind) or is_of_rooms(group[1].kind))
    )
