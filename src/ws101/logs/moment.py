"""When the handshake that an entry tells of took place, by one clock for all sources: a span, for few logs are exact.

Knows which record is written at the start of a handshake and which at its end; joins nothing.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct, field

from ws101.logs.entry import Entry, Told
from ws101.logs.witness import Witness
from ws101.signature import Says
from ws101.terms import Hop

FOREVER = float("inf")
_LOG_AT_THE_END = frozenset({Hop.PROXY, Hop.CDN})
_STREAMS = frozenset({"stdout", "stderr"})
WAITED_FOR = frozenset({499, 504})  # what came long before they are logged
PATIENCE = 75.0  # seconds: proxies wait for 60, most of them
_AHEAD = 2.0  # seconds from what a client says it will send to its arrival elsewhere: names, TCP, TLS

Clock = tuple[str, str, bool, int]
"""A source, a program in it, whether it names its zone, and how many times its clock was set back before."""


class Span(NamedTuple):
    """Seconds since the epoch by the reference's clock; `begin` is minus infinity where only the end is told."""

    begin: float
    end: float

    def gap(self, other: "Span") -> float:
        """Return how many seconds lie between the two; 0 where they overlap."""
        return max(0.0, other.begin - self.end, self.begin - other.end)

    def overlap(self, other: "Span") -> float:
        """Return for how many seconds the two overlap; below 0 how many lie between them."""
        return min(self.end, other.end) - max(self.begin, other.begin)


class Clocks(Struct, frozen=True):
    """How far each source's clock is ahead of the reference's, and where it was set back.

    By the clocks that are `unsure` nothing is compared: several offsets fit them as well.
    """

    offsets: Mapping[Clock, float] = field(default_factory=dict)
    jumps: Mapping[str, Sequence[int]] = field(default_factory=dict)
    unsure: frozenset[Clock] = frozenset()

    def of(self, entry: Entry) -> Clock:
        """Return the clock by which an entry's time was written."""
        source = entry.place.source
        jumps = self.jumps.get(source)
        back = bisect_right(jumps, entry.place.line) if jumps else 0
        return source, program(entry), entry.zoned, back

    def time(self, entry: Entry) -> float | None:
        """Return an entry's time by the reference's clock."""
        if entry.time is None:
            return None
        clock = self.of(entry)
        return None if clock in self.unsure else entry.time - self.offsets.get(clock, 0.0)

    def span(self, entry: Entry) -> Span | None:
        """Return when the handshake took place of which an entry tells, None where it has no time."""
        time = self.time(entry)
        if time is None:
            return None
        whole = entry.time == int(entry.time or 0)
        return _span(entry, time, time + (1.0 if whole else 0.0))


def is_late(entry: Entry) -> bool:
    """Return whether a proxy tells of a handshake for which it had waited, and not for how long."""
    waited = entry.status in WAITED_FOR or entry.says is Says.UPSTREAM_TIMEOUT
    lasted = entry.took is not None or entry.told in {Told.MEANT, Told.ENDED}
    return waited and not lasted and entry.hop in _LOG_AT_THE_END


def program(entry: Entry) -> str:
    """Return which program of a source wrote a record: a container or a unit, whichever of its streams it took."""
    if "/" not in entry.stream:
        return "" if entry.stream in _STREAMS else entry.stream
    return "/".join(part for part in entry.stream.split("/") if part not in _STREAMS)


def jumps_of(witnesses: Sequence[Witness]) -> dict[str, list[int]]:
    """Return at which lines each source's clock was set back."""
    found: dict[str, set[int]] = {}
    for witness in witnesses:
        if witness.jumps:
            found.setdefault(witness.source, set()).update(jump.line for jump in witness.jumps)
    return {source: sorted(lines) for source, lines in found.items()}


def _span(entry: Entry, begin: float, end: float) -> Span:
    if entry.told is Told.MEANT:
        return Span(begin, end + _AHEAD)
    if is_late(entry):
        return Span(begin - PATIENCE, end)
    if entry.told is not Told.ANSWERED:
        return Span(begin, end)
    if entry.took is not None:
        # An open socket's line is written when it is closed; it was answered at the start.
        return Span(begin - entry.took, end - entry.took if entry.status == 101 else end)
    if entry.status == 101 and entry.hop in _LOG_AT_THE_END:
        return Span(-FOREVER, end)
    return Span(begin, end)
