"""How often something may be tried: an allowance per name that refills with time, in bounded memory; knows no password."""

import math

from ws101.timers.clock import Clock

_REMEMBERED = 20_000
_GRAIN = 1e-6  # seconds; what floating point leaves over is no time


class Throttle:
    """Each name may try `burst` times at once, and once more every `refill` seconds."""

    def __init__(self, clock: Clock, burst: int, refill: float) -> None:
        self._clock, self._burst, self._refill = clock, burst, refill
        self._free_at: dict[str, float] = {}  # the moment at which a name has its whole allowance again

    def take(self, name: str) -> int:
        """Take one try; return 0, or for how many seconds there is none left (none is taken then)."""
        now = self._clock.monotonic()
        free_at = max(now, self._free_at.get(name, now)) + self._refill
        wait = free_at - now - self._burst * self._refill
        if wait > _GRAIN:
            return math.ceil(wait - _GRAIN)
        self._remember(name, free_at, now)
        return 0

    def give_back(self, name: str) -> None:
        """Return a try that turned out to be a good one."""
        if name in self._free_at:
            self._free_at[name] -= self._refill

    def _remember(self, name: str, free_at: float, now: float) -> None:
        self._free_at.pop(name, None)
        self._free_at[name] = free_at
        if len(self._free_at) <= _REMEMBERED:
            return
        self._free_at = {name: at for name, at in self._free_at.items() if at > now}
        while len(self._free_at) > _REMEMBERED:
            del self._free_at[next(iter(self._free_at))]  # the one that has not tried for longest
