"""Handshakes that are told alike, counted: the first stands for all, and a few are kept to be joined with what has no time."""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from ws101.logs.beside import Claim
from ws101.logs.entry import Entry
from ws101.logs.group import Group, telling
from ws101.logs.rows import facts
from ws101.logs.tally import Measure

_ENOUGH = 8000  # that are counted at once


@dataclass(slots=True)
class Alike:
    """Groups that differ in clients and moments alone: the first, with what was read of it, and `spare` ones.

    `character` is what a verdict may hang on.
    """

    first: Group
    spare: list[Group] = field(default_factory=list)
    measure: Measure = field(default_factory=Measure)
    entries: list[Entry] = field(default_factory=list)
    character: Hashable = None
    _times: list[float] = field(default_factory=list)
    _clients: list[bytes] = field(default_factory=list)

    @property
    def telling(self) -> Group:
        """The rows of the first that tell the most."""
        return telling(self.first)

    def fitting(self, told: Claim) -> int:
        """Return how many of its rows may be of the handshake of a claim."""
        return sum(told.fits(*facts(row.kind)) for row in self.telling)

    def take(self, times: Iterable[float], clients: Iterable[bytes]) -> None:
        """Count as many groups, by the time and the client of each."""
        self._times += times
        self._clients += clients
        if len(self._times) >= _ENOUGH:
            self.settle()

    def settle(self) -> None:
        """Add what was taken to the measure."""
        times, clients = self._times, Counter(self._clients)
        self.measure.count += len(times)
        self.measure.times.count(Counter(times))
        self.measure.clients.count({client.decode("ascii"): n for client, n in clients.items()})
        self.measure.paths.count({facts(self.first[-1].kind)[0]: len(times)})
        self._times, self._clients = [], []
