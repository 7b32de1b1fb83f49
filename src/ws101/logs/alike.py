"""Handshakes that are told alike, counted: the first stands for all, and a few are kept to be joined with what has no time."""

from collections import Counter
from collections.abc import Hashable, Iterable
from functools import cached_property

from msgspec import Struct, field

from ws101.logs.beside import Claim
from ws101.logs.entry import Entry
from ws101.logs.group import Group, telling
from ws101.logs.rows import UNIT, facts, is_of_rooms
from ws101.logs.strand import Strand, together
from ws101.logs.tally import Measure


class Alike(Struct, dict=True):
    """Groups that differ in clients and moments alone: the first, with the `entries` that were read of it, and `spare` ones."""

    first: Group
    spare: list[Group] = field(default_factory=list)
    measure: Measure = field(default_factory=Measure)
    entries: list[Entry] = field(default_factory=list)
    _times: list[float] = field(default_factory=list)
    _clients: list[bytes] = field(default_factory=list)
    _paths: list[str] = field(default_factory=list)

    @property
    def is_of_rooms(self) -> bool:
        """Whether their paths differ."""
        return is_of_rooms(self.first[-1].kind)

    @cached_property
    def strand(self) -> Strand | None:
        """What the first tells; None where it tells nothing."""
        return together(self.entries) if self.entries else None

    @property
    def character(self) -> Hashable:
        """What a verdict may hang on; of rooms, whose paths differ, without the path."""
        if self.strand is None:
            return None
        return self.strand.character_at_any_path if self.is_of_rooms else self.strand.character

    @property
    def telling(self) -> Group:
        """The rows of the first that tell the most."""
        return telling(self.first)

    def fitting(self, told: Claim, one: Strand) -> int:
        """Return of how many of its rows a strand's handshake may be, whoever the client is; `told` is what the strand claims."""
        rows = self.telling
        number = sum(told.fits(*facts(row.kind)) for row in rows)
        if number and self.strand and rows[0].connection not in {b"", UNIT} and self.strand.ties(one) is None:
            return 0  # what went wrong has no status that could be compared
        return number

    def take(self, times: Iterable[float], clients: Iterable[bytes], paths: Iterable[str] = ()) -> None:
        """Take as many groups, by the time and the client of each, and the path where they differ in it; `settle` counts them."""
        self._times += times
        self._clients += clients
        self._paths += paths

    def settle(self) -> None:
        """Add what was taken to the measure."""
        if not self._times:
            return
        times, clients = self._times, Counter(self._clients)
        self.measure.count += len(times)
        self.measure.times.count(Counter(times))
        self.measure.clients.count({client.decode("ascii"): n for client, n in clients.items()})
        self.measure.paths.count(Counter(self._paths) or {facts(self.first[-1].kind)[0]: len(times)})
        self._times, self._clients, self._paths = [], [], []
