"""What was read by itself, and which rows may be of one handshake with it: by client, or by path and status within some seconds.

To a record without a time any row may belong that fits, so that one of those that are alike is enough.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from ws101.logs.concern import bare
from ws101.logs.entry import Entry, Told
from ws101.logs.tie import addresses, ties
from ws101.terms import Hop

NEAR = 5  # seconds at most between records of one handshake
_PATIENCE = 60.0  # seconds for which a record without a time waits for a row of each kind
_MOST_WAITING = 64
_WAITS = {Hop.CLIENT: 150.0, Hop.SERVER: 60.0, Hop.AUTH: 60.0}  # seconds from a record to what became of it
_LINES = 3  # between what several clients write at one time
_BEGUN = frozenset({Told.MEANT, Told.SEEN})


@dataclass(slots=True, eq=False)
class _Record:
    """A record, with what became of the handshake where a further one tells it; `named` says that its clients tell all."""

    entry: Entry
    moment: float
    clients: frozenset[bytes]
    named: bool
    path: str
    status: int | None
    refused: bool
    served: set[Hashable] = field(default_factory=set)

    @property
    def waits(self) -> bool:
        """Whether it may be of any handshake, whenever that was."""
        return self.entry.time is None and not self.named

    def may_be_of(self, path: str, status: int | None) -> bool:
        """Return whether a row of this path and status may be of its handshake, whoever the client is."""
        if self.path and self.path != path:
            return False
        if self.status is None or status is None:
            return not (self.refused and status == 101)
        return self.status == status


class Near:
    """What was read within some seconds."""

    def __init__(self, records: Iterable[_Record]) -> None:
        self._records = [one for one in records if not one.named]
        self._clients = frozenset().union(*(one.clients for one in records))
        self._open: dict[Hashable, bool] = {}
        self._waiting: dict[Hashable, deque[_Record]] = {}

    def knows(self, client: bytes) -> bool:
        """Return whether something was read of this client."""
        return client in self._clients

    def claims(self, kind: Hashable, path: str, status: int | None) -> bool:
        """Return whether a row of this kind is to be read, because it may be of one handshake with something."""
        if not self._records:
            return False
        if kind not in self._open:
            fitting = [one for one in self._records if one.may_be_of(path, status)]
            self._open[kind] = not all(one.waits for one in fitting)
            self._waiting[kind] = deque(one for one in fitting if one.waits)
        if self._open[kind]:
            return True
        waiting = self._waiting[kind]
        while waiting:
            one = waiting.popleft()
            if kind not in one.served:
                one.served.add(kind)
                return True
        return False


class Beside:
    """The records of the last seconds that were read by themselves."""

    def __init__(self) -> None:
        self._at: dict[int, list[_Record]] = defaultdict(list)
        self._waiting: deque[_Record] = deque(maxlen=_MOST_WAITING)
        self._begun: dict[tuple[str, Hop, str], list[_Record]] = defaultdict(list)

    def add(self, entry: Entry, now: float) -> None:
        """Take a record in; `now` is the latest time that was met."""
        record = self._outcome(entry, now) or _record(entry, now)
        if record.waits:
            if not any(one is record for one in self._waiting):
                self._waiting.append(record)
            return
        seconds = {int(now if entry.time is None else entry.time)}
        if entry.time is not None and not entry.zoned:
            seconds.add(int(now))  # another zone's clock may show that time
        for second in seconds:
            if not any(one is record for one in self._at[second][-1:]):
                self._at[second].append(record)

    def expects(self, source: str, now: float) -> bool:
        """Return whether something came in this source of which it may yet be told what became."""
        return any(
            now - one.moment <= _WAITS[hop]
            for (named, hop, _), begun in self._begun.items()
            if named == source
            for one in begun
        )

    def forget(self, before: float) -> None:
        """Forget what was read before this second."""
        for second in [second for second in self._at if second < before]:
            del self._at[second]
        while self._waiting and self._waiting[0].moment < before - _PATIENCE:
            self._waiting.popleft()

    def near(self, second: int) -> Near | None:
        """Return what was read about this second, if anything was."""
        seconds = range(second - NEAR, second + NEAR + 1)
        found = [one for at in seconds if at in self._at for one in self._at[at]]
        found += [one for one in self._waiting if second - _PATIENCE <= one.moment <= second + NEAR]
        return Near(found) if found else None

    def _outcome(self, entry: Entry, now: float) -> _Record | None:
        """Return the record that this one goes on with, if that is certain: what came is joined with what became of it."""
        if entry.hop not in _WAITS:
            return None
        program = (entry.place.source, entry.hop, entry.stream)
        begun = [one for one in self._begun[program] if now - one.moment <= _WAITS[entry.hop]]
        if entry.told in _BEGUN:
            if entry.hop is Hop.CLIENT and begun and entry.place.line - begun[-1].entry.place.line > _LINES:
                begun = []  # a client that tries again has given up the try before
            record = _record(entry, now)
            self._begun[program] = [*begun, record]
            return record
        self._begun[program] = begun[1:]
        if len(begun) != 1 or ties(begun[0].entry, entry) is None:
            return None
        record = begun[0]
        record.status = entry.status if record.status is None else record.status
        record.refused = _refused(entry)
        return record


def _record(entry: Entry, now: float) -> _Record:
    at_edge = bool(entry.client) and entry.hop in {Hop.PROXY, Hop.CDN, Hop.TLS}
    clients = frozenset(address.encode("utf-8", "replace") for address in addresses(entry))
    path = bare(entry.path) if entry.path else ""
    named = at_edge or bool(entry.forwarded)
    return _Record(entry, now, clients, named, path, entry.status, _refused(entry))


def _refused(entry: Entry) -> bool:
    return entry.told is Told.ANSWERED and entry.status is None
