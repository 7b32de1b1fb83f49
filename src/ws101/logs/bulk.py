"""Requests in access logs that differ only in client and moment are counted, and one of each kind is read and joined for all.

What might belong to another record, by client or by path and status within some seconds, is read and joined by itself.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter

from ws101.logs import stamp
from ws101.logs.concern import Concern, bare
from ws101.logs.entry import Entry
from ws101.logs.line import Place
from ws101.logs.reader import Reader
from ws101.logs.sift import Piece
from ws101.logs.story import Story
from ws101.logs.tally import Measure
from ws101.report import Hop

_NEAR = 5  # seconds at most between records of one handshake
_HELD = 60_000  # rows; where more come within some seconds, the oldest are settled sooner
_AT_ONCE = 1000  # rows handed on together
_KINDS = 4000  # that are told apart; what would be one more is read by itself
# A line of nginx's combined, of Apache's, and of all that begin so; one of our own probes is read by itself.
_ROW = re.compile(
    rb"([0-9A-Fa-f.:]++) ([^ ]++ [^ ]++) \[([^\]]{20,30}+)\] "
    rb'"([A-Z]++ [^ ]++ HTTP/[0-9.]++" [0-9]{3}) ([^ ]++)'
    rb'(?: "[^"]*+" "(?!ws101/)[^"]*+")?+(?! "[^"]*+" "ws101/)([^\r]*+)\r?'
)
_VALUES = re.compile(rb"(?<==)(?!websocket|polling|[0-9](?:&|$))[^& ]+")
# Tokens, ids and parts of seconds, in what a log_format adds.
_VARYING = re.compile(rb"[A-Za-z0-9._~+/=-]{20,}|(?<=[0-9])\.[0-9]+|[0-9a-f]{8,}")
_NOBODY = b"- -"

Kind = bytes
"""The request and its outcome: what is left of a line when client and moment, agent, values of parameters and ids are taken out."""
Row = tuple[float, bytes, Kind, int, bytes]
"""Time, client, kind, number and text of a line that tells of a handshake and is not read yet. No NamedTuple: they are too many."""


@dataclass(slots=True)
class Rows:
    """Some rows of one source, in their order; `place` and `time` are the first one's. `reader` reads them, if need be."""

    reader: Reader
    place: Place
    time: float
    rows: list[Row]


Item = Entry | Rows


class Sorter:
    """Takes the pieces of one source: a line that is a row stays one, all else is read.

    Rows are read `later`, if at all, by a reader of their own: the source's own takes a time that lies back for a clock that
    was set back.
    """

    def __init__(self, reader: Reader, later: Reader, concern: Concern) -> None:
        self._reader, self._later, self._concern = reader, later, concern
        self._tells: dict[Kind, bool] = {}
        self._learned = -1

    def items(self, pieces: Iterable[Piece]) -> Iterator[Item]:
        """Yield what the pieces tell, in their order, but for a row and a line beside it."""
        texts: list[bytes] = []
        numbers: list[int] = []
        for piece in pieces:
            if piece.alone:
                lines = piece.text.split(b"\n")
                texts += lines[:-1]
                numbers += range(piece.line, piece.line + len(lines) - 1)
            if texts and (not piece.alone or len(texts) > _AT_ONCE):
                yield from self._alone(texts, numbers)
                texts, numbers = [], []
            if not piece.alone:
                yield from self._reader.feed(piece.text, piece.line)
                yield from self._reader.pause()
        yield from self._alone(texts, numbers)

    def _alone(self, texts: list[bytes], numbers: list[int]) -> Iterator[Item]:
        """Yield the rows among these lines, then what is read of the others."""
        rows: list[Row] = []
        others: list[tuple[bytes, int]] = []
        tells, fullmatch = self._tells, _ROW.fullmatch
        before, time = b"", 0.0
        for text, number in zip(texts, numbers, strict=True):
            match = fullmatch(text)
            if match is None:
                others.append((text, number))
                continue
            client, user, when, request, size, rest = match.groups()
            if rest or b"?" in request or user != _NOBODY:
                kind = _kind(user, when, request, size, rest)
            elif request.endswith(b"101"):  # as _kind has it, in less time
                kind = request + b"  " + when[:11]
            else:
                kind = request + b" " + size + b" " + when[:11]
            told = tells.get(kind)
            if told is None:
                told = self._is_told(kind, text, number)
            if told:
                if when != before:
                    before, time = when, _time(when)
                rows.append((time, client, kind, number, text))
            elif told is None:
                others.append((text, number))
        if rows:
            yield Rows(self._later, Place(self._reader.source, rows[0][3]), rows[0][0], rows)
        for text, number in others:
            yield from self._reader.feed(text + b"\n", number)
            yield from self._reader.pause()  # nothing that is read to find out about a kind may end a record
        if self._learned != len(self._concern.paths):
            self._learned = len(self._concern.paths)
            self._tells = {kind: True for kind, told in tells.items() if told}

    def _is_told(self, kind: Kind, text: bytes, number: int) -> bool | None:
        """Return whether lines of this kind tell of a handshake that is asked for; None where there are too many kinds."""
        if len(self._tells) >= _KINDS:
            return None
        told = self._tells[kind] = bool(self._reader.feed(text + b"\n", number))
        return told


@dataclass
class _Counted:
    """The rows of one kind in one source: what they measure, and the line that stands for them."""

    line: int
    measure: Measure = field(default_factory=Measure)


class Bulk:
    """Takes what all sources tell, in the order of time, and hands on what is to be joined; the rest it counts.

    `counted` says how many rows of each source were counted without being read. `between` are the moments (seconds since the epoch) between which handshakes are asked for, None where there is no bound.
    """

    def __init__(self, between: tuple[float | None, float | None] = (None, None)) -> None:
        self._since, self._until = between
        self._held: list[Rows] = []
        self._number = 0
        self.counted: Counter[str] = Counter()
        self._near: dict[int, _Others] = defaultdict(_Others)
        self._counted: dict[tuple[str, Kind], _Counted] = {}
        self._lines: dict[tuple[str, int], _Counted] = {}

    def entries(self, items: Iterable[Item]) -> Iterator[Entry]:
        """Yield the entries that are to be joined."""
        now = 0.0
        for item in items:
            if item.time is not None:
                now = max(now, item.time)
            if isinstance(item, Rows):
                self._held.append(item)
                self._number += len(item.rows)
            else:
                self._near[int(now if item.time is None else item.time)].add(item)
                yield item
            if self._number > _HELD or (self._held and self._held[0].rows[-1][0] < now - 2 * _NEAR):
                yield from self._settle(now - _NEAR)
        yield from self._settle(None)

    def stands_for(self, story: Story) -> Measure | None:
        """Return what the rows measure that a story stands for, itself among them; None where it stands for itself."""
        for entry in story.entries:
            counted = self._lines.get((entry.place.source, entry.place.line))
            if counted is not None:
                return counted.measure
        return None

    def _settle(self, until: float | None) -> Iterator[Entry]:
        """Count the rows held from before this moment, those that stand near to another record excepted: they are read."""
        settled = [one for one in self._held if until is None or one.rows[-1][0] < until]
        if not settled and self._number > _HELD:
            settled = self._held[: len(self._held) // 2 + 1]
        gone = {id(one) for one in settled}
        self._held = [one for one in self._held if id(one) not in gone]
        for one in settled:
            self._number -= len(one.rows)
            yield from self._count(one)
        if until is not None:
            oldest = min((held.time for held in self._held), default=until)
            for second in [second for second in self._near if second < min(oldest, until) - 2 * _NEAR]:
                del self._near[second]

    def _count(self, one: Rows) -> Iterator[Entry]:
        kinds: dict[Kind, list[Row]] = defaultdict(list)
        around: dict[int, _Others] = {}
        rows = one.rows if self._since is None and self._until is None else self._asked_for(one.rows)
        for row in rows:
            if self._near:
                second = int(row[0])
                if second not in around:
                    around[second] = self._around(second)
                if around[second].may_join(row):
                    yield from one.reader.feed(row[4] + b"\n", row[3])
                    continue
            kinds[row[2]].append(row)
        for kind, rows in kinds.items():
            key = (one.reader.source, kind)
            if key not in self._counted:
                _, _, _, line, text = rows[0]
                self._counted[key] = self._lines[one.reader.source, line] = _Counted(line)
                yield from one.reader.feed(text + b"\n", line)
                self.counted[one.reader.source] -= 1
            self.counted[one.reader.source] += len(rows)
            _add(self._counted[key].measure, kind, rows)

    def _asked_for(self, rows: Iterable[Row]) -> list[Row]:
        since, until = self._since, self._until
        return [
            row for row in rows if (since is None or row[0] >= since) and (until is None or row[0] <= until)
        ]

    def _around(self, second: int) -> "_Others":
        """Return what else was read about this second."""
        near = _Others()
        for at in range(second - _NEAR, second + _NEAR + 1):
            if at in self._near:
                near.take(self._near[at])
        return near


@dataclass(slots=True)
class _Others:
    """What some records that were read by themselves tell: a row that may be of one handshake with them is read as well.

    Of a record at a hop that sees the same address as who writes access logs, its `clients` are enough.
    """

    clients: set[str] = field(default_factory=set)
    forwarded: set[str] = field(default_factory=set)
    rest: set[tuple[str, int | None, str]] = field(default_factory=set)  # path, status, client

    def add(self, entry: Entry) -> None:
        """Take a record in."""
        if entry.forwarded:
            self.forwarded.add(entry.forwarded)
        elif entry.client and entry.hop in {Hop.PROXY, Hop.CDN, Hop.TLS}:
            self.clients.add(entry.client)
        else:
            self.rest.add((bare(entry.path) if entry.path else "", entry.status, entry.client))

    def take(self, other: "_Others") -> None:
        """Take in what others tell."""
        self.clients |= other.clients
        self.forwarded |= other.forwarded
        self.rest |= other.rest

    def may_join(self, row: Row) -> bool:
        """Return whether a row may be of one handshake with one of these records."""
        client = row[1].decode("ascii")
        if client in self.clients or any(client in one for one in self.forwarded):
            return True
        path, status = _facts(row[2])
        return any(
            his == client if where and where != path else told is None or told == status
            for where, told, his in self.rest
        )


def _kind(user: bytes, when: bytes, request: bytes, size: bytes, rest: bytes) -> Kind:
    """Return the kind of a line that is not a plain one, with a blank between its parts."""
    if b"?" in request:
        request = _VALUES.sub(b"~", request)
    length = b"" if request.endswith(b"101") else size  # an error page is known by its length
    person = b"" if user == _NOBODY else b" user"
    # What other logs cover differs from day to day.
    return b"%s %s %s%s%s" % (request, length, when[:11], person, _VARYING.sub(b"~", rest))


@lru_cache(4096)
def _time(when: bytes) -> float:
    return stamp.clf_time(when.decode("ascii", "replace")) or 0.0


@lru_cache(4096)
def _facts(kind: Kind) -> tuple[str, int]:
    """Return the path and the status of a kind."""
    _, target, _, status, *_ = kind.split(b" ", 4)
    return bare(target.decode("utf-8", "replace")), int(status[:3])


def _add(measure: Measure, kind: Kind, rows: list[Row]) -> None:
    measure.count += len(rows)
    measure.times.count(Counter(map(itemgetter(0), rows)))
    measure.clients.count(
        {client.decode("ascii"): n for client, n in Counter(map(itemgetter(1), rows)).items()}
    )
    measure.paths.count({_facts(kind)[0]: len(rows)})
