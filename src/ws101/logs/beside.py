"""What was read by itself, and which rows may be of one handshake with it: by client, or by path and status within some seconds.

To a record without a time any row may belong that fits, so that one of those that are alike is enough.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from functools import cache
from typing import NamedTuple

from msgspec import Struct

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

Kind = Hashable


class Claim(NamedTuple):
    """What a record tells of its handshake, by which another record may be of the same: empty and None where it does not."""

    path: str
    status: int | None
    refused: bool

    def fits(self, path: str, status: int | None) -> bool:
        """Return whether a row of this path and status, where they are known, may be of that handshake, whoever the client is."""
        if self.path and path and self.path != path:
            return False
        if self.status is None or status is None:
            return not (self.refused and status == 101)
        return self.status == status


def claim(entries: Iterable[Entry]) -> Claim:
    """Return what these records tell together."""
    told = [*entries]
    path = next((bare(entry.path) for entry in told if entry.path), "")
    status = next((entry.status for entry in told if entry.status is not None), None)
    refused = status is None and any(entry.told is Told.ANSWERED for entry in told)
    return Claim(path, status, refused)


class _Record(Struct, eq=False):
    """A record, with what became of the handshake where a further one tells it; `named` says that its clients tell all."""

    entry: Entry
    moment: float
    clients: frozenset[bytes]
    named: bool
    claim: Claim


class Near:
    """What was read within some seconds; `clients` are those of whom something was read."""

    def __init__(self, records: Iterable[_Record]) -> None:
        self._claims = {one.claim for one in records if not one.named}
        self._claimed: dict[Kind, bool] = {}
        self.clients = frozenset().union(*(one.clients for one in records))

    def claims(self, kind: Kind, path: str, status: int | None) -> bool:
        """Return whether a row of this kind is to be read, because it may be of one handshake with something."""
        claimed = self._claimed.get(kind)
        if claimed is None:
            claimed = self._claimed[kind] = any(one.fits(path, status) for one in self._claims)
        return claimed


Nearby = Callable[[int], Near | None]
"""What was read about a second, if anything was."""


class Beside:
    """The records of the last seconds that were read by themselves."""

    def __init__(self) -> None:
        self._at: dict[int, list[_Record]] = defaultdict(list)
        self._begun: dict[tuple[str, Hop, str], list[_Record]] = defaultdict(list)

    def add(self, entry: Entry, now: float, *, behind: bool = False) -> None:
        """Take a record in; `now` is the latest time that was met. One `behind` another proxy does not know the client."""
        record = self._outcome(entry, now) or _record(entry, now, behind=behind)
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

    def near(self, second: int) -> Near | None:
        """Return what was read about this second, if anything was."""
        seconds = range(second - NEAR, second + NEAR + 1)
        found = [one for at in seconds if at in self._at for one in self._at[at]]
        return Near(found) if found else None

    def nearby(self) -> Nearby | None:
        """Return what tells what was read about a second, each looked up once; None where nothing was read lately."""
        return cache(self.near) if self._at else None

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
        record.claim = claim([record.entry, entry])
        return record


def _record(entry: Entry, now: float, *, behind: bool = False) -> _Record:
    at_edge = bool(entry.client) and entry.hop in {Hop.PROXY, Hop.CDN, Hop.TLS} and not behind
    clients = frozenset(address.encode("utf-8", "replace") for address in addresses(entry))
    return _Record(entry, now, clients, at_edge or bool(entry.forwarded), claim([entry]))
