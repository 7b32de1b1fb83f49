"""Lines that stay lines: requests in access logs, and what nginx's error log says of one, told apart by what may matter in them.

What else a source tells is read, record by record.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ws101.logs import stamp, units
from ws101.logs.concern import Concern, bare
from ws101.logs.entry import Entry
from ws101.logs.line import Place
from ws101.logs.reader import Reader
from ws101.logs.sift import Piece
from ws101.logs.units import Numbered, Unit, Units

_AT_ONCE = 1000  # lines handed on together
_KINDS = 4000  # that are told apart; what would be one more is read by itself
# A line of nginx's combined, of Apache's, and of all that begin so; one of our own probes is read by itself.
_REQUEST = re.compile(
    rb"([0-9A-Fa-f.:]++) ([^ ]++ [^ ]++) \[([^\]]{20,30}+)\] "
    rb'"([A-Z]++ [^ ]++ HTTP/[0-9.]++" [0-9]{3}) ([^ ]++)'
    rb'(?: "[^"]*+" "(?!ws101/)[^"]*+")?+(?! "[^"]*+" "ws101/)([^\r]*+)\r?'
)
# A line of nginx's error log about a request; what the next hop's address has in its query is masked as the request's own.
_NOTE = re.compile(
    rb"([0-9]{4}/[0-9]{2}/[0-9]{2} [0-9:]{8}) (\[[a-z]{4,6}\]) [0-9]{1,10}#[0-9]{1,10}: \*([0-9]{1,20}) "
    rb"([^\r]*?), client: ([0-9A-Fa-f.:]++)"
    rb'(, server: [^,\r]*+, request: "[A-Z]++ [^ "]++ HTTP/[0-9.]++"[^\r]*+)\r?'
)
_VALUES = re.compile(rb"(?<==)(?!websocket|polling|[0-9](?:&|$))[^& ]+")
# Tokens, ids and parts of seconds, in what a log_format adds.
_HOST = re.compile(rb"(?:[a-z_]+=)?(?:[a-z0-9-]+\.)+[a-z]{2,24}")
_VARYING = re.compile(rb"[A-Za-z0-9._~+/=-]{20,}|(?<=[0-9])\.[0-9]+|[0-9a-f]{8,}")
_NOBODY = b"- -"
_AT_ONE_TIME = 2.0  # seconds
_QUARTER = 900  # seconds; every zone in use is whole quarters of an hour from UTC

Kind = bytes
"""What is left of a line when client and moment, agent, values of parameters and ids are taken out."""
Row = tuple[float, bytes, Kind, int, bytes]
"""Time, client, kind, number and text of a line that tells of a handshake and is not read yet. No NamedTuple: they are too many."""


class Note(NamedTuple):
    """A row that says more of a request, which may have a row of its own: what went wrong with it, and on which connection.

    Of `units` it is what a server wrote, in several lines; there is no connection then.
    """

    row: Row
    connection: bytes
    unit: bool = False


@dataclass(slots=True)
class Rows:
    """Some rows of one source, in their order; `place` and `time` are the first one's. `reader` reads them, if need be."""

    reader: Reader
    place: Place
    time: float
    rows: list[Row]
    notes: list[Note]

    @property
    def last(self) -> float:
        """The latest of their times."""
        return max(rows[-1][0] for rows in (self.rows, [one.row for one in self.notes]) if rows)


Item = Entry | Rows


class Sorter:
    """Takes the pieces of one source: a line that is a row stays one, all else is read.

    Rows are read `later`, if at all, by a reader of their own: the source's own takes a time that lies back for a clock that
    was set back.
    """

    def __init__(self, reader: Reader, later: Reader, concern: Concern) -> None:
        self._reader, self._later, self._concern = reader, later, concern
        self._tells: dict[Kind, bool] = {}
        self._paths = -1
        self._zones: Counter[int] = Counter()
        self._units = Units()
        self._last: dict[str, Numbered] = {}
        self._recalled: list[Entry] = []

    def items(self, pieces: Iterable[Piece]) -> Iterator[Item]:
        """Yield what the pieces tell, in their order, but for a row and a line beside it."""
        texts: list[bytes] = []
        numbers: list[int] = []
        for piece in pieces:
            lines = piece.text.split(b"\n")
            lines.pop()
            if piece.alone:
                texts += lines
                numbers += range(piece.line, piece.line + len(lines))
            if texts and (not piece.alone or len(texts) > _AT_ONCE):
                yield from self._alone(texts, numbers)
                texts, numbers = [], []
            if not piece.alone:
                yield from self._among(lines, piece.line)
        yield from self._alone(texts, numbers)

    def _alone(self, texts: list[bytes], numbers: Iterable[int]) -> Iterator[Item]:
        """Yield the rows among these lines, then what is read of the others."""
        others: list[Numbered] = []
        yield from self._rows(texts, numbers, others)
        for text, number in others:
            yield from self._reader.feed(text + b"\n", number)
            yield from self._reader.pause()  # nothing that is read to find out about a kind may end a record

    def _among(self, lines: list[bytes], first: int) -> Iterator[Item]:
        """Yield the rows among the lines of records, then what is read of these records."""
        kept = [line and not line.isspace() for line in lines]
        if not any(kept):
            return
        others: list[Numbered] = []
        yield from self._rows(
            [line for line, told in zip(lines, kept, strict=True) if told],
            [number for number, told in enumerate(kept, first) if told],
            others,
        )
        for part in self._units.split(others):
            yield from [self._unit(part)] if isinstance(part, Unit) else self._learned_from(part)

    def _unit(self, unit: Unit) -> Rows:
        self._last["unit"] = unit.text, unit.line
        row = (unit.time, unit.client, unit.kind, unit.line, unit.text)
        return Rows(
            self._later, Place(self._reader.source, unit.line), unit.time, [], [Note(row, b"", unit=True)]
        )

    def _learned_from(self, lines: Sequence[Numbered]) -> Iterator[Item]:
        """Read these lines, and yield what they tell; units among them that are learned by this are rows already."""
        entries = self._read(lines)
        self._units.learn(lines, entries)
        units = [part for part in self._units.split(lines) if isinstance(part, Unit)]
        known = {unit.line + at for unit in units for at in range(unit.text.count(b"\n") + 1)}
        yield from (entry for entry in entries if entry.place.line not in known)
        yield from map(self._unit, units)

    def _read(self, lines: Sequence[Numbered]) -> list[Entry]:
        """Read these lines, and none that stood between them."""
        first, last = lines[0][1], lines[-1][1]
        texts = dict.fromkeys(range(first, last + 1), b"") | {number: text for text, number in lines}
        return [*self._reader.feed(b"\n".join(texts.values()) + b"\n", first), *self._reader.pause()]

    def _rows(self, texts: list[bytes], numbers: Iterable[int], others: list[Numbered]) -> Iterator[Item]:
        """Yield the rows among these lines, if there are any; add the others to `others`."""
        rows: list[Row] = []
        notes: list[Note] = []
        tells, fullmatch = self._tells, _REQUEST.fullmatch
        before, time, match = b"", 0.0, None
        for text, number in zip(texts, numbers, strict=True):
            match = fullmatch(text)
            if match is None:
                note = _note(text, number) if text[4:5] == b"/" else None
                if note is not None and self._told(note.row[2], text, number, others):
                    notes.append(note)
                elif note is None:
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
                told = self._told(kind, text, number, others)
            if told:
                if when != before:
                    before, time = when, _clf_time(when)
                rows.append((time, client, kind, number, text))
        if match is not None:
            self._last["request"] = text, number
        if notes:
            self._last["note"] = notes[-1].row[4], notes[-1].row[3]
        if rows and notes:
            self._zones.update(_zones(rows, notes))
        if zone := self._zones.most_common(1)[0][0] if self._zones else 0:
            notes = [one._replace(row=(one.row[0] - zone, *one.row[1:])) for one in notes]
        if rows or notes:
            begin, number = min((row[0], row[3]) for row in (*rows[:1], *(one.row for one in notes[:1])))
            yield Rows(self._later, Place(self._reader.source, number), begin, rows, notes)
        if self._recalled:
            yield from self._recalled
            self._recalled = []
        if self._paths != len(self._concern.paths):
            self._paths = len(self._concern.paths)
            self._tells = {kind: True for kind, told in tells.items() if told}

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


def _note(text: bytes, number: int) -> Note | None:
    """Return the row of an error log's line, by its own clock."""
    match = _NOTE.fullmatch(text)
    if match is None:
        return None
    when, level, connection, message, client, rest = match.groups()
    kind = b"%s %s%s" % (level, message, _VALUES.sub(b"~", rest) if b"?" in rest else rest)
    return Note((_error_time(when), client, kind, number, text), connection)


def _zones(rows: Iterable[Row], notes: Iterable[Note]) -> Iterator[int]:
    """Yield by how many quarters of an hour, in seconds, an error log is ahead of requests: its times name no zone."""
    requests = {row[1]: row[0] for row in rows}
    for (time, client, *_), *_ in notes:
        ahead = time - requests[client] if client in requests else 0.5 * _QUARTER
        zone = round(ahead / _QUARTER) * _QUARTER
        if abs(ahead - zone) <= _AT_ONE_TIME:
            yield zone


@lru_cache(4096)
def facts(kind: Kind) -> tuple[str, int | None]:
    """Return the path and the status of a kind, as far as it tells them."""
    if kind.startswith(b"\0"):
        return units.facts(kind)
    if kind.startswith(b"["):
        target = kind.partition(b', request: "')[2].split(b" ", 2)[1]
        return bare(target.decode("utf-8", "replace")), None
    _, target, _, status, *_ = kind.split(b" ", 4)
    return bare(target.decode("utf-8", "replace")), int(status[:3])


def _kind(user: bytes, when: bytes, request: bytes, size: bytes, rest: bytes) -> Kind:
    """Return the kind of a line that is not a plain one, with a blank between its parts."""
    if b"?" in request:
        request = _VALUES.sub(b"~", request)
    length = b"" if request.endswith(b"101") else size  # an error page is known by its length
    person = b"" if user == _NOBODY else b" user"
    # What other logs cover differs from day to day.
    return b"%s %s %s%s%s" % (request, length, when[:11], person, _VARYING.sub(_without_ids, rest))


def _without_ids(found: re.Match[bytes]) -> bytes:
    """Return what a kind knows of a long word: a host's name stays, for two sites are of two kinds."""
    return found[0] if _HOST.fullmatch(found[0]) else b"~"


@lru_cache(4096)
def _clf_time(when: bytes) -> float:
    return stamp.clf_time(when.decode("ascii", "replace")) or 0.0


@lru_cache(4096)
def _error_time(when: bytes) -> float:
    found = stamp.nginx_error(when.decode("ascii"))
    return found.time if found else 0.0
