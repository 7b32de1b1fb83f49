"""Lines that stay lines: requests in access logs, and what nginx's error log says of one, told apart by what may matter in them.

What else a source tells is read, record by record.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, groupby, islice
from operator import add, attrgetter

from msgspec import Struct, field
from msgspec.structs import replace

from ws101.logs import stamp, units
from ws101.logs.concern import Concern, bare
from ws101.logs.entry import Entry
from ws101.logs.kind import ID
from ws101.logs.line import Place
from ws101.logs.reader import Reader
from ws101.logs.sift import Piece
from ws101.logs.units import Numbered, Unit, Units

_AT_ONCE = 1000  # lines handed on together
_EXACT = 1000  # kinds that are told apart by their whole paths
_KINDS = 4000  # that are told apart; what would be one more is read by itself
# A line of nginx's combined, of Apache's, and of all that begin so; one of our own probes is read by itself.
_REQUEST = re.compile(
    rb"([0-9A-Fa-f.:]++) ([^ ]++ [^ ]++) \[([^\]]{20,30}+)\] "
    rb'"([A-Z]++ [^ ]++ HTTP/[0-9.]++" (?:101(?= )|[0-9]{3} [^ ]++))(?:(?<=" 101) [^ ]++)?+'
    rb'(?: "[^"]*+" "(?!ws101/)[^"]*+")?+(?! "[^"]*+" "ws101/)([^\r]*+)\r?'
)
# A line of nginx's error log about a request; what the next hop's address has in its query is masked as the request's own.
_NOTE = re.compile(
    rb"([0-9]{4}/[0-9]{2}/[0-9]{2} [0-9:]{8}) (\[[a-z]{4,6}\]) [0-9]{1,10}#[0-9]{1,10}: (\*[0-9]{1,20}) "
    rb"([^,]*+(?:,(?! client: )[^,]*+)*+), client: ([0-9A-Fa-f.:]++)"
    rb'(, server: [^,]*+, request: "[A-Z]++ [^ "]++ HTTP/[0-9.]++"[^\r]*+)\r?'
)
_EXCESS = re.compile(rb"(?<=excess: )[0-9.]++")
_VALUES = re.compile(rb"(?<==)(?!websocket|polling|[0-9](?:&|$))[^& ]+")
# Tokens, ids and parts of seconds, in what a log_format adds.
_HOST = re.compile(rb"(?:[a-z_]+=)?(?:[a-z0-9-]+\.)+[a-z]{2,24}")
_VARYING = re.compile(
    rb"[A-Za-z0-9._~+/=-]{20,}|[0-9]{1,3}(?:\.[0-9]{1,3}){3}|(?<=[0-9])\.[0-9]+|[0-9a-f]{8,}"
)
_NOBODY = b"- -"
_ROOMS = b"\1"  # a kind of many paths begins with it
_TARGET = re.compile(rb'"[A-Z]++ ([^ "]++)')
_PLACE = re.compile(rb'"(?:[A-Z]++ |[a-z]++://[^/" ]++)[^ "]++')
_IDS = re.compile(ID.pattern.replace("(?=/|$)", "(?=/|$|[?])").encode())
_AT_ONE_TIME = 2.0  # seconds
_TELLING = 100  # notes at one time that tell an error log's zone
_QUARTER = 900  # seconds; every zone in use is whole quarters of an hour from UTC

Kind = bytes
"""What is left of a line when client and moment, agent, values of parameters and ids are taken out."""
Row = tuple[float, bytes, Kind, int, bytes]
"""Time, client, kind, number and text of a line that tells of a handshake and is not read yet. No NamedTuple: they are too many."""
UNIT = b"unit"


class Note(Struct, frozen=True, order=True, gc=False):
    """A line, or several, that tell of one client's handshake; in the order of time, then of their source.

    `connection` is nginx's number of it where it says what went wrong, UNIT where a server says what came and what became of
    it, and empty where it is a request's own line.
    """

    time: float
    source: str
    number: int
    kind: Kind
    text: bytes
    client: bytes
    connection: bytes = b""


class Rows(Struct):
    """Some rows of one source, in their order, the first of them at `place`; `reader` reads them, if need be.

    `timeless` are units without a time.
    """

    reader: Reader
    place: Place
    rows: list[Row]
    notes: list[Note]
    timeless: Sequence[Unit] = ()

    @property
    def time(self) -> float | None:
        """The time of the first; None where none has one."""
        return self.first if self.rows or self.notes else None

    @property
    def first(self) -> float:
        """The earliest of their times, as far as a log is in order."""
        return min([*(row[0] for row in self.rows[:1]), *(note.time for note in self.notes[:1])])

    @property
    def last(self) -> float:
        """The latest of their times, as far as a log is in order."""
        return max([*(row[0] for row in self.rows[-1:]), *(note.time for note in self.notes[-1:])])


Item = Entry | Rows
_is_alone = attrgetter("alone")


class Sorter:
    """Takes the pieces of one source: a line that is a row stays one, all else is read.

    Rows are read `later`, if at all, by a reader of their own: the source's own takes a time that lies back for a clock that
    was set back.
    """

    def __init__(self, reader: Reader, later: Reader, concern: Concern) -> None:
        self._reader, self._later, self._concern = reader, later, concern
        self._source = reader.source
        self._tells: dict[Kind, bool] = {}
        self._shapes: dict[tuple[bytes, bytes, bytes], Kind] = {}
        self._known: dict[
            bytes, dict[bytes, Kind]
        ] = {}  # of lines that end with the agent, by day and request
        self._paths = -1
        self._zones: Counter[int] = Counter()
        self._units = Units(reader.goes_on)
        self._last: dict[str, Numbered] = {}
        self._recalled: list[Entry] = []

    def items(self, pieces: Iterable[Piece]) -> Iterator[Item]:
        """Yield what the pieces tell, in their order, but for the rows of some lines, which come before what is read of them."""
        batch = _Batch()
        for alone, run in groupby(pieces, _is_alone):
            while some := [*islice(run, _AT_ONCE if alone else 1)]:
                if alone:
                    self._sort_alone(some, batch)
                else:
                    self._sort_whole(some[0], batch)
                if len(batch.rows) + len(batch.parts) >= _AT_ONCE:
                    yield from self._items(batch)
                    batch = _Batch()
        yield from self._items(batch)

    def _sort_alone(self, pieces: Sequence[Piece], batch: "_Batch") -> None:
        """Sort lines of which each is a record; those that stand together are read together."""
        texts = b"".join([piece.text for piece in pieces]).split(b"\n")
        texts.pop()
        numbers = [piece.line for piece in pieces]
        if len(numbers) < len(texts):
            ends = [piece.text.count(b"\n") for piece in pieces]
            numbers = [*chain.from_iterable(map(range, numbers, map(add, numbers, ends)))]
        for one in self._sort(texts, numbers, batch):
            if batch.parts and batch.parts[-1][-1][1] == one[1] - 1:
                batch.parts[-1].append(one)
            else:
                batch.parts.append([one])

    def _sort_whole(self, piece: Piece, batch: "_Batch") -> None:
        """Sort lines that are read together, but for rows among them."""
        texts = piece.text.split(b"\n")
        told = [at for at, text in enumerate(texts) if text and not text.isspace()]
        if others := self._sort([texts[at] for at in told], [piece.line + at for at in told], batch):
            batch.parts.append(others)

    def _items(self, batch: "_Batch") -> Iterator[Item]:
        """Yield the rows of these lines, then what is read of the others, and the units among them."""
        yield from self._rows(batch)
        units: list[Unit] = []
        for lines in batch.parts:
            for part in self._units.split(lines):
                if isinstance(part, Unit):
                    units.append(part)
                    continue
                yield from self._of_units(units)
                units = []
                yield from self._learned_from(part)
        yield from self._of_units(units)

    def _of_units(self, units: list[Unit]) -> Iterator[Rows]:
        if units:
            place = Place(self._source, units[0].line)
            self._last["unit"] = units[-1].text, units[-1].line
            source = place.source
            notes = [
                Note(one.time, source, one.line, one.kind, one.text, one.client, UNIT)
                for one in units
                if one.time is not None
            ]
            yield Rows(self._later, place, [], notes, [one for one in units if one.time is None])

    def _learned_from(self, lines: Sequence[Numbered]) -> Iterator[Item]:
        """Read these lines, and yield what they tell; units among them that are learned by this are rows already."""
        entries = self._read(lines)
        self._units.learn(lines, entries)
        units = [part for part in self._units.split(lines) if isinstance(part, Unit)]
        known = {unit.line + at for unit in units for at in range(unit.text.count(b"\n") + 1)}
        yield from (entry for entry in entries if entry.place.line not in known)
        yield from self._of_units(units)

    def _read(self, lines: Sequence[Numbered]) -> list[Entry]:
        """Read these lines, and none that stood between them; nothing that is read to find out about a kind may end a record."""
        first, last = lines[0][1], lines[-1][1]
        texts = dict.fromkeys(range(first, last + 1), b"") | {number: text for text, number in lines}
        return [*self._reader.feed(b"\n".join(texts.values()) + b"\n", first), *self._reader.pause()]

    def _sort(self, texts: Iterable[bytes], numbers: Iterable[int], batch: "_Batch") -> list[Numbered]:
        """Add the rows among these lines to the batch, and return the other lines."""
        rows, fullmatch = batch.rows, _REQUEST.fullmatch
        others: list[Numbered] = []
        before, time = batch.when
        known = self._known.get(before[:11], {})
        for text, number in zip(texts, numbers, strict=True):
            match = fullmatch(text)
            if match is None:
                note = self._note(text, number) if text[4:5] == b"/" else None
                if note is None:
                    others.append((text, number))
                elif self._told(note.kind, text, number, others):
                    batch.notes.append(note)
                continue
            client, user, when, request, rest = match.groups()
            if when != before:
                before, time = when, _clf_time(when)
                known = self._known.setdefault(when[:11], {})
            kind = known.get(request) if not rest and user == _NOBODY else None
            if kind is None:
                kind = self._known_or_routed(_kind(user, when, request, rest))
                if not self._told(kind, text, number, others):
                    continue
                if not rest and user == _NOBODY and len(known) < _KINDS:
                    known[request] = kind
            rows.append((time, client, kind, number, text))
        if rows:
            batch.last = rows[-1][4], rows[-1][3]
        batch.when = before, time
        return others

    def _note(self, text: bytes, number: int) -> Note | None:
        """Return the row of an error log's line, by its own clock; None where it is of no request."""
        match = _NOTE.fullmatch(text)
        if match is None:
            return None
        when, level, connection, message, client, rest = match.groups()
        shape = level, message, rest
        kind = self._shapes.get(shape)
        if kind is None:
            kind = self._known_or_routed(_note_kind(*shape))
            if len(self._shapes) < _KINDS:
                self._shapes[shape] = kind
        time = _error_time(when)
        if not time:
            return None
        return Note(time - self._reader.zone, self._source, number, kind, text, client, connection)

    def _known_or_routed(self, kind: Kind) -> Kind:
        """Return this kind, or where there are many already, that of all whose paths differ in an id alone."""
        return kind if kind in self._tells or len(self._tells) < _EXACT else _routed(kind)

    def _rows(self, batch: "_Batch") -> Iterator[Item]:
        """Yield the rows of a batch, if there are any."""
        rows, notes = batch.rows, batch.notes
        if batch.last is not None:
            self._last["request"] = batch.last
        if notes:
            self._last["note"] = notes[-1].text, notes[-1].number
        if rows and notes:
            self._zones.update(_zones(rows[: 4 * _TELLING], notes[:_TELLING]))
        if zone := self._zones.most_common(1)[0][0] if self._zones else 0:
            notes = [replace(one, time=one.time - zone) for one in notes]
        if rows or notes:
            _, number = min(
                [*((row[0], row[3]) for row in rows[:1]), *((note.time, note.number) for note in notes[:1])]
            )
            yield Rows(self._later, Place(self._source, number), rows, notes)
        if self._recalled:
            yield from self._recalled
            self._recalled = []
        if self._paths != len(self._concern.paths):
            self._paths = len(self._concern.paths)
            self._tells = {kind: True for kind, told in self._tells.items() if told}

    def _told(self, kind: Kind, text: bytes, number: int, others: list[Numbered]) -> bool:
        """Return whether lines of this kind tell of a handshake that is asked for; with too many kinds it is read with `others`."""
        told = self._tells.get(kind)
        if told is not None:
            return told
        if len(self._tells) >= _KINDS:
            others.append((text, number))
            return False
        told = self._tells[kind] = self._probe(text, number)
        return told

    def _probe(self, text: bytes, number: int) -> bool:
        """Return whether these lines tell of a handshake; keep what the reader recalls of others while it reads them."""
        mine = range(number, number + text.count(b"\n") + 1)
        read = [*self._reader.feed(text + b"\n", number), *self._reader.pause()]
        self._recalled += [entry for entry in read if entry.place.line not in mine]
        return any(entry.place.line in mine for entry in read)

    def finish(self) -> list[Entry]:
        """Return what is left to tell; the last rows show the reader how far each log goes."""
        for text, number in self._last.values():
            self._probe(text, number)
        return [*self._recalled, *self._reader.finish()]


class _Batch(Struct):
    """What was sorted of some lines: rows and notes, and the parts that are to be read; `last` is the last row."""

    rows: list[Row] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    parts: list[list[Numbered]] = field(default_factory=list)
    last: Numbered | None = None
    when: tuple[bytes, float] = (b"", 0.0)


def _zones(rows: Iterable[Row], notes: Iterable[Note]) -> Iterator[int]:
    """Yield by how many quarters of an hour, in seconds, an error log is ahead of requests: its times name no zone."""
    requests = {row[1]: row[0] for row in rows}
    for note in notes:
        ahead = note.time - requests[note.client] if note.client in requests else 0.5 * _QUARTER
        zone = round(ahead / _QUARTER) * _QUARTER
        if abs(ahead - zone) <= _AT_ONE_TIME:
            yield zone


@lru_cache(4096)
def facts(kind: Kind) -> tuple[str, int | None]:
    """Return the path and the status of a kind, as far as it tells them; of rooms it tells no path."""
    if kind.startswith(b"\0"):
        return units.facts(kind)
    if is_of_rooms(kind):
        return "", facts(kind.removeprefix(_ROOMS))[1]
    if kind.startswith(b"["):
        target = kind.partition(b', request: "')[2].split(b" ", 2)[1]
        return bare(target.decode("utf-8", "replace")), None
    _, target, _, status, *_ = kind.split(b" ", 4)
    return bare(target.decode("utf-8", "replace")), int(status[:3])


def _kind(user: bytes, when: bytes, request: bytes, rest: bytes) -> Kind:
    """Return the kind of a request's line; its status has the answer's size with it where that is an error page, known by its length."""
    if b"?" in request:
        request = _VALUES.sub(b"~", request)
    person = b"" if user == _NOBODY else b" user"
    # What other logs cover differs from day to day.
    return b"%s %s%s%s" % (request, when[:11], person, _VARYING.sub(_without_ids, rest) if rest else b"")


def _without_ids(found: re.Match[bytes]) -> bytes:
    """Return what a kind knows of a long word: a host's name stays, for two sites are of two kinds."""
    return found[0] if _HOST.fullmatch(found[0]) else b"~"


def _clf_time(when: bytes) -> float:
    return stamp.clf_time(when.decode("ascii", "replace")) or 0.0


def is_of_rooms(kind: Kind) -> bool:
    """Return whether rows of this kind are of many paths, which differ in an id alone."""
    return kind.startswith(_ROOMS)


def path_of(kind: Kind, text: bytes) -> str:
    """Return the path of a row of this kind, which one of rooms tells in its text alone."""
    if not is_of_rooms(kind):
        return facts(kind)[0]
    found = _TARGET.search(text)
    return bare(found[1].decode("utf-8", "replace")) if found else ""


def _routed(kind: Kind) -> Kind:
    """Return a kind without the ids in its path, marked as one of rooms where there are any."""
    routed = _PLACE.sub(lambda found: _IDS.sub(b"~", found[0]), b'"' + kind)[1:]
    return kind if routed == kind else _ROOMS + routed


def _note_kind(level: bytes, message: bytes, rest: bytes) -> Kind:
    """Return the kind of an error log's line."""
    message = _EXCESS.sub(b"~", message)
    return b"%s %s%s" % (level, message, _VALUES.sub(b"~", rest) if b"?" in rest else rest)


@lru_cache(maxsize=64)  # many lines of one second stand together
def _error_time(when: bytes) -> float:
    return stamp.go_time(*when.decode("ascii").split(" ")) or 0.0
