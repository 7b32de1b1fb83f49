"""The one clock that everything in the service asks; a test passes its own."""

import time
from typing import Protocol


class Clock(Protocol):
    """Two readings: wall-clock time as others know it, and time that never goes back."""

    def now(self) -> int:
        """Return milliseconds since the Unix epoch (UTC)."""
        ...

    def monotonic(self) -> float:
        """Return seconds since an unspecified moment, never less than before."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()
