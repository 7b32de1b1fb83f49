"""Rows that differ only in client and moment are counted, and one of each kind is read and joined for all.

So are the rows of one client that stand together, as nginx writes two of what it refuses. What might belong to another record
is read and joined by itself.
"""

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from ws101.logs.beside import NEAR, Beside, Near
from ws101.logs.entry import Entry
from ws101.logs.reader import Reader
from ws101.logs.rows import Item, Kind, Row, Rows, facts
from ws101.logs.story import Story
from ws101.logs.tally import Measure

_ENOUGH = 4000  # rows that are settled at once: each by itself would take several times as long
_HELD = 60_000  # rows; where more come within some seconds, the oldest are settled sooner
_TOGETHER = 60.0  # seconds within which what is written on one connection is of one handshake
_MOST = 6  # rows of one client that stand together; more are read by themselves
_MOST_OPEN = 20_000  # sockets whose line is waited for
_KINDS = 4000  # of rows that stand together, which are told apart
_OPENED = 101
_GAPS = (0.0, 0.3, 1.5)  # seconds between records, by which it is told whether they are of one handshake


class _Own(NamedTuple):
    """A row of a client of whom more is told than that requests were answered, as `tells` says which of them does."""

    row: Row
    reader: Reader
    connection: bytes = b""
    tells: bool = False


class Bulk:
    """Takes what all sources tell, in the order of time, and hands on what is to be joined; the rest it counts.

    `counted` says how many rows of each source were counted without being read. What stands for those is in `examples`, to be
    joined in the end and by itself. `between` are the moments (seconds since the epoch) between which handshakes are asked
    for, None where there is no bound.
    """

    def __init__(self, between: tuple[float | None, float | None] = (None, None)) -> None:
        self._since, self._until = between
        self._held: deque[Rows] = deque()
        self._number = 0
        self._beside = Beside()
        self._own: dict[bytes, list[_Own]] = {}
        self._due: deque[tuple[float, bytes]] = deque()
        self._open: dict[bytes, deque[_Own]] = {}
        self._alike: dict[Hashable, list[Measure]] = {}
        self._lines: dict[tuple[str, int], Measure] = {}
        self.counted: Counter[str] = Counter()
        self.examples: list[Entry] = []

    def entries(self, items: Iterable[Item]) -> Iterator[Entry]:
        """Yield the entries that are to be joined."""
        now = 0.0
        for item in items:
            if item.time is not None:
                now = max(now, item.time)
            for entry in self._hold(item, now) if isinstance(item, Rows) else (item,):
                self._beside.add(entry, now)
                yield entry
            if self._number > _HELD or (self._number > _ENOUGH and self._held[0].last < now - 2 * NEAR):
                yield from self._settle(now - NEAR)
        yield from self._settle(None)

    def stands_for(self, story: Story) -> Measure | None:
        """Return what the rows measure that a story stands for, itself among them; None where it stands for itself."""
        for entry in story.entries:
            measure = self._lines.get((entry.place.source, entry.place.line))
            if measure is not None:
                return measure
        return None

    def _hold(self, item: Rows, now: float) -> Iterator[Entry]:
        """Hold rows; yield what is read of those at once of which it is not clear what they go on with."""
        self._number += len(item.rows)
        if item.rows:
            self._held.append(item)
        for row, connection, unit in item.notes:
            if unit and self._beside.expects(item.place.source, now):
                yield from _read(row, item.reader)
            elif self._is_asked_for(row):
                self._own.setdefault(row[1], []).append(_Own(row, item.reader, connection, tells=True))
                self._due.append((row[0], row[1]))

    def _is_asked_for(self, row: Row) -> bool:
        time, since, until = row[0], self._since, self._until
        return (since is None or time >= since) and (until is None or time <= until)

    # ---- what is old enough

    def _settle(self, until: float | None) -> Iterator[Entry]:
        """Count the rows held from before this moment, those that stand near to another record excepted: they are read."""
        settled: list[Rows] = []
        while self._held and (until is None or self._held[0].last < until):
            settled.append(self._held.popleft())
        if not settled and self._number > _HELD:
            settled = [self._held.popleft() for _ in range(len(self._held) // 2 + 1)]
        near = _remembered(self._beside.near)
        if settled:
            yield from self._together(min(one.time for one in settled), near)
        requests: dict[Reader, list[Row]] = defaultdict(list)
        for one in settled:
            self._number -= len(one.rows)
            requests[one.reader] += one.rows
        for reader, rows in requests.items():
            yield from self._requests(rows, reader, near)
        if until is None:
            yield from self._together(None, near)
        else:
            settled_until = min((held.time for held in self._held), default=until)
            yield from self._together(min(settled_until, until), near)
            oldest = self._due[0][0] if self._due else until
            self._beside.forget(min(settled_until, until, oldest) - 2 * NEAR)

    def _requests(
        self, rows: list[Row], reader: Reader, near: Callable[[int], Near | None]
    ) -> Iterator[Entry]:
        """Count these requests; those of which more is told wait for that."""
        own = self._own
        if self._since is not None or self._until is not None:
            rows = [row for row in rows if self._is_asked_for(row)]
        if own:
            theirs = [row for row in rows if row[1] in own and _is_near(row, own[row[1]])]
            for row in theirs:
                own[row[1]].append(_Own(row, reader))
            gone = {row[3] for row in theirs}
            rows = [row for row in rows if row[3] not in gone]
        if self._open:
            closed = [group for row in rows if (group := self._closed(row, reader))]
            yield from self._alone_or_alike(closed, near)
            gone = {group[-1].row[3] for group in closed}
            rows = [row for row in rows if row[3] not in gone]
        yield from self._plain(rows, reader, near)

    def _closed(self, row: Row, reader: Reader) -> list[_Own]:
        """Return what was written when a socket was opened, and its own line, which is written when it is closed."""
        opened = self._open.get(row[1])
        if not opened or opened[0].row[0] > row[0] + NEAR or facts(row[2])[1] != _OPENED:
            return []
        began = opened.popleft()
        if not opened:
            del self._open[row[1]]
        return [began, _Own(row, reader)]

    def _plain(
        self, rows: Iterable[Row], reader: Reader, near: Callable[[int], Near | None]
    ) -> Iterator[Entry]:
        kinds: dict[Kind, list[Row]] = defaultdict(list)
        before, others = -1.0, None
        for row in rows:
            if row[0] != before:
                before = row[0]
                others = near(int(before))
            if others is not None and (others.knows(row[1]) or others.claims(row[2], *facts(row[2]))):
                yield from _read(row, reader)
            else:
                kinds[row[2]].append(row)
        for kind, alike in kinds.items():
            self._count((reader.source, kind), [reader], [alike])

    # ---- rows that stand together

    def _together(self, until: float | None, near: Callable[[int], Near | None]) -> Iterator[Entry]:
        """Count what went wrong before this moment, with the requests that it went wrong with."""
        patience = NEAR if len(self._due) > _HELD else _TOGETHER
        found: list[list[_Own]] = []
        while self._due and (until is None or self._due[0][0] < until - patience):
            _, client = self._due.popleft()
            left: list[_Own] = []
            for group in _groups(self._own.pop(client, ())):
                if until is not None and group[-1].row[0] >= until - NEAR:
                    left += group
                elif not any(one.tells for one in group):
                    for one in group:
                        yield from self._plain([one.row], one.reader, near)
                elif until is not None and _is_open(group) and len(self._open) < _MOST_OPEN:
                    self._open.setdefault(client, deque()).append(group[0])
                else:
                    found.append(group)
            if left:
                self._own[client] = left
                self._due.append((left[-1].row[0], client))
        if until is None:
            found += [[one] for opened in self._open.values() for one in opened]
        yield from self._alone_or_alike(found, near)

    def _alone_or_alike(
        self, found: Iterable[list[_Own]], near: Callable[[int], Near | None]
    ) -> Iterator[Entry]:
        """Count these groups by what they have in common; read those that something else may belong to."""
        alike: dict[Hashable, list[Sequence[_Own]]] = defaultdict(list)
        for group in found:
            if len(group) > _MOST or _claimed(group, key := _likeness(group), near):
                for one in group:
                    yield from _read(one.row, one.reader)
            else:
                alike[key].append(group)
        for key, groups in alike.items():
            if key in self._alike or len(self._alike) < _KINDS:
                readers = [one.reader for one in groups[0]]
                self._count(key, readers, [[group[at].row for group in groups] for at in range(len(readers))])
            else:
                for one in (one for group in groups for one in group):
                    yield from _read(one.row, one.reader)

    # ---- counting

    def _count(self, key: Hashable, readers: Sequence[Reader], alike: Sequence[list[Row]]) -> None:
        """Count rows; for each reader as many that differ in client and moment alone, and the first of each stand together."""
        if key not in self._alike:
            self._alike[key] = [Measure() for _ in readers]
            for measure, reader, (first, *_) in zip(self._alike[key], readers, alike, strict=True):
                self._lines[reader.source, first[3]] = measure
                read = [*_read(first, reader)]
                self.examples += read
                self.counted[reader.source] -= len(read)
        for measure, reader, rows in zip(self._alike[key], readers, alike, strict=True):
            self.counted[reader.source] += len(rows)
            _add(measure, rows)


def _is_near(row: Row, own: Iterable[_Own]) -> bool:
    return any(
        one.tells and (abs(one.row[0] - row[0]) <= NEAR or (one.row[0] < row[0] and _closes(row, [one])))
        for one in own
    )


def _closes(row: Row, group: Sequence[_Own]) -> bool:
    """Return whether a row may be the line of a socket that was opened before."""
    return _is_open(group) and facts(row[2])[1] == _OPENED


def _is_open(group: Sequence[_Own]) -> bool:
    """Return whether a server alone has told of a socket that was opened: a proxy's line is written when it is closed."""
    return (
        len(group) == 1
        and group[0].tells
        and not group[0].connection
        and facts(group[0].row[2])[1] == _OPENED
    )


def _read(row: Row, reader: Reader) -> Iterator[Entry]:
    yield from reader.feed(row[4] + b"\n", row[3])
    yield from reader.pause()


def _remembered(near: Callable[[int], Near | None]) -> Callable[[int], Near | None]:
    found: dict[int, Near | None] = {}

    def remembered(second: int) -> Near | None:
        if second not in found:
            found[second] = near(second)
        return found[second]

    return remembered


def _groups(own: Iterable[_Own]) -> Iterator[list[_Own]]:
    """Yield what of one client's rows stands together: within some seconds, or on one connection."""
    group: list[_Own] = []
    for one in sorted(own, key=lambda o: (o.row[0], o.reader.source, o.row[3])):
        if group:
            apart = one.row[0] - group[-1].row[0]
            shared = one.connection and any(one.connection == other.connection for other in group)
            if apart > NEAR and not (shared and apart <= _TOGETHER) and not _closes(one.row, group):
                yield group
                group = []
        group.append(one)
    if group:
        yield group


def _claimed(group: Sequence[_Own], key: Hashable, near: Callable[[int], Near | None]) -> bool:
    """Return whether something that was read may be of these rows' handshakes; a request's status says more than what went wrong."""
    telling = [one.row for one in group if not one.tells] or [one.row for one in group]
    for row in telling:
        others = near(int(row[0]))
        if others is not None and (others.knows(row[1]) or others.claims((key, row[2]), *facts(row[2]))):
            return True
    return False


def _likeness(group: Sequence[_Own]) -> Hashable:
    """Return a key that such groups share whose rows differ in client, moment and connection alone."""
    key: list[Hashable] = []
    for at, one in enumerate(group):
        key += (one.reader.source, one.row[2])
        for before in group[:at]:
            key += (one.connection == before.connection, _apart(before.row[0], one.row[0]))
    return tuple(key)


def _apart(before: float, after: float) -> int:
    """Return how far two moments are apart, in steps; one in whole seconds may be at any moment of its second."""
    return bisect_left(_GAPS, max(0.0, after - before - (before == int(before))))


def _add(measure: Measure, rows: list[Row]) -> None:
    measure.count += len(rows)
    measure.times.count(Counter(map(itemgetter(0), rows)))
    measure.clients.count(
        {client.decode("ascii"): n for client, n in Counter(map(itemgetter(1), rows)).items()}
    )
    measure.paths.count({facts(rows[0][2])[0]: len(rows)})
