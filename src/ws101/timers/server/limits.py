"""How much one address and one user may have: open sockets, half-open connections, handshakes a second.

Counts and a token bucket per address, within bounds of its own; judges no request. An IPv6 client is its /64.
"""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from ws101.timers.clock import Clock
from ws101.timers.server.seat import Seat
from ws101.timers.settings import ServiceSettings

_MOST_BUCKETS = (
    65_536  # addresses remembered at once; a full bucket is as good as none, so most can be forgotten
)
HALF_OPEN = 4_096  # connections whose first request has not come
HALF_OPEN_PER_ADDRESS = 1_024


class Limits:
    """`enter` and `leave` count open sockets; `slow_down` says how long an address has to wait for its next handshake."""

    def __init__(self, settings: ServiceSettings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._rate = settings.handshakes_per_second
        self._burst = 2.0 * self._rate
        self._buckets: dict[str, tuple[float, float]] = {}
        self._of_address: dict[str, int] = {}
        self._of_user: dict[str, int] = {}
        self._half_open: dict[str, int] = {}
        self.open = 0
        self.half_open = 0

    def slow_down(self, client: str) -> float:
        """Take one handshake from the address's allowance; return the seconds to wait where nothing is left, else 0."""
        if not self._rate:
            return 0.0
        key, now = place(client), self._clock.monotonic()
        left, then = self._buckets.get(key, (self._burst, now))
        left = min(self._burst, left + (now - then) * self._rate)
        if left < 1.0:
            self._buckets[key] = (left, now)
            return (1.0 - left) / self._rate
        if key not in self._buckets and len(self._buckets) >= _MOST_BUCKETS:
            self._forget(now)
        self._buckets[key] = (left - 1.0, now)
        return 0.0

    def crowded(self, client: str) -> str:
        """Return why no further socket may be opened from the address; empty when one may."""
        if self.open >= self._settings.connections:
            return "The service has as many open sockets as it may have."
        if self._of_address.get(place(client), 0) >= self._settings.connections_per_address:
            return "Your address has as many open sockets as it may have."
        return ""

    def crowded_by(self, user: str) -> str:
        """Return why the user may open no further socket; empty when they may."""
        if self._of_user.get(user, 0) >= self._settings.connections_per_user:
            return (
                f"You have {self._settings.connections_per_user} open sockets, the most that a user may have."
            )
        return ""

    def enter(self, seat: Seat) -> None:
        """Count an open socket."""
        self.open += 1
        count(self._of_address, place(seat.client), 1)
        count(self._of_user, seat.user, 1)

    def leave(self, seat: Seat) -> None:
        """Count it no more."""
        self.open -= 1
        count(self._of_address, place(seat.client), -1)
        count(self._of_user, seat.user, -1)

    def enter_half_open(self, peer: str) -> bool:
        """Count a connection without a request; False where there are too many."""
        key = place(peer)
        if self.half_open >= HALF_OPEN or self._half_open.get(key, 0) >= HALF_OPEN_PER_ADDRESS:
            return False
        self.half_open += 1
        count(self._half_open, key, 1)
        return True

    def leave_half_open(self, peer: str) -> None:
        """Count it no more."""
        self.half_open -= 1
        count(self._half_open, place(peer), -1)

    def _forget(self, now: float) -> None:
        """Drop the buckets that have filled up again; when none has, drop the older half."""
        full = self._burst / self._rate
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if now - bucket[1] < full}
        if len(self._buckets) >= _MOST_BUCKETS:
            self._buckets = dict(list(self._buckets.items())[_MOST_BUCKETS // 2 :])


def count(counts: dict[str, int], key: str, one: int) -> None:
    """Add one, or take one away; nothing is remembered of who has none."""
    left = counts.get(key, 0) + one
    if left > 0:
        counts[key] = left
    else:
        counts.pop(key, None)


@lru_cache(4096)
def place(address: str) -> str:
    """Return what limits count an address as: itself, or the /64 of an IPv6 address, which one host owns."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and not parsed.is_loopback:
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(ip_network((parsed, 64), strict=False))
    return str(parsed)
