"""Records without a time: only their order tells which handshakes they are of, so those that are alike are counted.

Where some thousand handshakes of a big log end alike, each of them may be any of these.
"""

from collections.abc import Hashable, Sequence

from msgspec import Struct

from ws101.logs.chain import chained
from ws101.logs.entry import Entry, Told
from ws101.logs.join import by_identity
from ws101.logs.kind import of_entry
from ws101.logs.moment import Clocks
from ws101.logs.strand import Strand, strand, together
from ws101.logs.tie import addresses

_AT_ONCE = 1000  # records that are joined with what goes on with them
_LAST = 100  # of these, which may yet be gone on with
_KINDS = 256  # that are told apart; what would be one more is joined by itself
_BEGUN = frozenset({Told.MEANT, Told.SEEN})


class Timeless(Struct):
    """So many handshakes as one program tells of them in the same words, and the records of the first."""

    strand: Strand
    count: int = 0


class Untimed:
    """The records of all sources that have no time; those that name their handshake are not counted."""

    def __init__(self) -> None:
        self._held: list[Entry] = []
        self._kinds: dict[Hashable, Timeless] = {}
        self._units: dict[Hashable, Timeless] = {}

    def add(self, entry: Entry) -> list[Entry]:
        """Take a record in; return those that are to be joined by themselves."""
        self._held.append(entry)
        return self._sort(_LAST) if len(self._held) >= _AT_ONCE else []

    def again(self, unit: Hashable) -> bool:
        """Count a handshake by the name of what is written of it, if that was taken before; return whether it was."""
        known = self._units.get(unit)
        if known is not None:
            known.count += 1
        return known is not None

    def take(self, unit: Hashable, entries: Sequence[Entry]) -> list[Entry]:
        """Take in all records of one handshake, with the name of what is written; return those that are to be joined by themselves."""
        known = self._count(together(entries, ["order"])) if entries else None
        if known is None:
            return [*entries]
        self._units[unit] = known
        return []

    def finish(self) -> list[Entry]:
        """Take in what is left."""
        return self._sort(0)

    @property
    def kinds(self) -> Sequence[Timeless]:
        """What is counted so far, the first met first."""
        return [*self._kinds.values()]

    def _sort(self, last: int) -> list[Entry]:
        held, clocks = self._held, Clocks()
        waiting = {id(entry) for entry in held[len(held) - last :]} if last else set()
        self._held = []
        alone: list[Entry] = []
        for one in chained(by_identity([strand(entry, clocks) for entry in held])):
            if any(id(entry) in waiting for entry in one.entries) and all(
                e.told in _BEGUN for e in one.entries
            ):
                self._held += one.entries
            elif any(entry.identity for entry in one.entries) or self._count(one) is None:
                alone += one.entries
        return alone

    def _count(self, one: Strand) -> Timeless | None:
        key = (one.entries[0].place.source, *(_alike(entry) for entry in one.entries))
        if key not in self._kinds:
            if len(self._kinds) >= _KINDS:
                return None
            self._kinds[key] = Timeless(one)
        self._kinds[key].count += 1
        return self._kinds[key]


def _alike(entry: Entry) -> Hashable:
    return entry.hop, entry.path, of_entry(entry), addresses(entry)
