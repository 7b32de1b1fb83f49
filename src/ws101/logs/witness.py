"""What one source was shown to log, so that a line that is missing can be told from a line that is never written."""

from typing import NamedTuple

from msgspec import Struct

from ws101.logs.entry import Level
from ws101.terms import Hop

_SLACK = 2.0  # seconds by which what one request makes is written before or after


class Jump(NamedTuple):
    """A clock that was set back within a source: at which line, and by how many seconds (negative)."""

    line: int
    seconds: float


class Witness(Struct, frozen=True):
    """One format within one source, over what was read of it; times are in seconds since the epoch by its own clock.

    `level` is the lowest level at which it is known to write, by a line that was seen or by the configuration.
    `competent` says whether handshakes that fail would be logged there: True where one that was answered was seen, or the
    configuration says so; None where nobody knows. `offset` is how many seconds its clock is ahead of the reference's.
    `settings` are sentences of the configuration that say so, `lines` counts what was read and `unknown` what no format
    could read. `every` says that it was seen to log requests that are no handshakes: then it logs those too that lost
    their upgrade. `paths` are those at which handshakes were seen to be answered. `zoned` says that a time in it named its zone.
    """

    source: str
    format: str
    software: str
    hop: Hop
    first: float | None = None
    last: float | None = None
    level: Level | None = None
    competent: bool | None = None
    offset: float | None = None
    settings: tuple[str, ...] = ()
    lines: int = 0
    unknown: int = 0
    every: bool = False
    paths: frozenset[str] = frozenset()
    jumps: tuple[Jump, ...] = ()
    zoned: bool = True

    def covers(self, time: float | None) -> bool:
        """Return whether what was read spans this moment of the reference clock."""
        if time is None or self.first is None or self.last is None:
            return False
        here = time + (self.offset or 0.0)
        return self.first - _SLACK <= here <= self.last + _SLACK
