"""What was seen of each handshake, for as long as somebody may ask for it, and who may.

Keeps heads as they came and shows them without their secrets; bounded in time, in number and in bytes.
"""

from collections import deque
from typing import NamedTuple

from msgspec import Struct

from ws101.timers import redaction
from ws101.timers.clock import Clock
from ws101.timers.server.attempt import Attempt
from ws101.timers.settings import ServiceSettings

MOST = 20_000
MOST_BYTES = 16 << 20  # of heads


class Line(Struct, frozen=True):
    """One header line, in the case in which it came."""

    name: str
    value: str


class SeenRequest(Struct, frozen=True):
    """The request as it reached the service; secrets are replaced by what they look like."""

    method: str
    target: str
    version: str
    headers: tuple[Line, ...]


class Trace(Struct, rename="camel", frozen=True, kw_only=True):
    """What the service saw of one handshake, and what it made of it; `at` is in ms, `status` 0 where nothing was sent."""

    trace_id: str
    at: int
    outcome: str
    cause: str | None
    status: int
    detail: str | None
    peer: str
    client_address: str
    tls: bool
    request: SeenRequest
    user_id: str | None


class _Key(NamedTuple):
    trace_id: str
    user: str | None


class Traces:
    """Remembers attempts; a later one of the same user by the same id takes the place of the one before."""

    def __init__(self, settings: ServiceSettings, clock: Clock) -> None:
        self._lifetime, self._clock = settings.trace_lifetime * 1000, clock
        self._kept: dict[_Key, Attempt] = {}
        self._order: deque[Attempt] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._order)

    def record(self, attempt: Attempt) -> None:
        """Remember an attempt."""
        self._order.append(attempt)
        self._kept[_key(attempt)] = attempt
        self._bytes += len(attempt.head)
        self._forget(attempt.at - self._lifetime)

    def find(self, trace_id: str, user: str, *, admin: bool = False) -> Trace | None:
        """Return what this user may see under this id: their own; what is nobody's; as an administrator, anybody's."""
        self._forget(self._clock.now() - self._lifetime)
        found = self._kept.get(_Key(trace_id, user)) or self._kept.get(_Key(trace_id, None))
        if found is None and admin:
            found = next((attempt for attempt in reversed(self._order) if attempt.trace_id == trace_id), None)
        return None if found is None else _shown(found)

    def _forget(self, before: int) -> None:
        order = self._order
        while order and (order[0].at < before or len(order) > MOST or self._bytes > MOST_BYTES):
            oldest = order.popleft()
            self._bytes -= len(oldest.head)
            if self._kept.get(_key(oldest)) is oldest:
                del self._kept[_key(oldest)]


def _key(attempt: Attempt) -> _Key:
    return _Key(attempt.trace_id, attempt.user)


def _shown(attempt: Attempt) -> Trace:
    seen = redaction.see(attempt.head)
    return Trace(
        trace_id=attempt.trace_id,
        at=attempt.at,
        outcome="refused" if attempt.cause else "accepted",
        cause=attempt.cause or None,
        status=attempt.status,
        detail=attempt.detail or None,
        peer=attempt.peer,
        client_address=attempt.client,
        tls=attempt.tls,
        request=SeenRequest(
            seen.method, seen.target, seen.version, tuple([Line(*field) for field in seen.headers])
        ),
        user_id=attempt.user,
    )
