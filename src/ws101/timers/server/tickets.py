"""One-time tickets for browsers, which can set no header on a WebSocket: kept in memory, as hashes, for seconds."""

import hashlib
import secrets

from ws101.timers.clock import Clock
from ws101.timers.server.tokens import Identity

LIFETIME = 30  # seconds
_KEPT = 10_000


class Tickets:
    """Issues tickets and takes each of them once; beyond 10,000 the oldest is forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[bytes, tuple[Identity, float]] = {}

    def issue(self, identity: Identity) -> tuple[str, int]:
        """Return a new ticket, and for how many seconds it is good."""
        self._drop_old()
        ticket = secrets.token_urlsafe(24)
        self._open[_hash(ticket)] = identity, self._clock.monotonic() + LIFETIME
        return ticket, LIFETIME

    def redeem(self, ticket: str) -> Identity | None:
        """Return whom the ticket was issued to, the first time and in time; else None."""
        identity, until = self._open.pop(_hash(ticket), (None, 0.0))
        return identity if self._clock.monotonic() < until else None

    def _drop_old(self) -> None:
        now = self._clock.monotonic()
        for mark, (_, until) in list(self._open.items()):
            if now < until and len(self._open) < _KEPT:
                break  # they stand in the order in which they were issued
            del self._open[mark]


def _hash(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode("utf-8", "surrogateescape")).digest()
