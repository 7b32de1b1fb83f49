"""When to ping, and whether the service still answers: several pings at first, for the clock, then one every 15 s."""

from ws101.timers.client.countdown import Moment
from ws101.timers.client.offset import Offset
from ws101.timers.wire import Ping, Pong

EVERY = 15.0  # seconds
_FIRST, _FIRST_GAP = 4, 1.0  # so many pings, so many seconds apart
PATIENCE = 10.0  # seconds for an answer


class Pings:
    """The pings of one connection; all moments are the monotonic clock's, in seconds."""

    def __init__(self, opened: float = 0.0) -> None:
        self._next, self._sent = opened, 0
        self._waiting: dict[int, float] = {}

    def due(self, now: float) -> bool:
        """Return whether it is time for a ping."""
        return now >= self._next

    def next(self, now: Moment) -> Ping:
        """Return the ping to send now."""
        self._sent += 1
        self._next = now.monotonic + (_FIRST_GAP if self._sent < _FIRST else EVERY)
        self._waiting[now.wall] = now.monotonic
        return Ping(client_time=now.wall)

    def answered(self, pong: Pong, now: float, offset: Offset) -> Offset:
        """Return the offset as this answer betters it; an answer to nothing that was asked changes nothing."""
        sent = self._waiting.pop(pong.client_time, None)
        return offset if sent is None else offset.heard(sent, now, pong.server_time)

    def unanswered(self, now: float) -> bool:
        """Return whether a ping has waited so long that the connection is dead."""
        return now - min(self._waiting.values(), default=now) >= PATIENCE

    def wait(self, now: float) -> float:
        """Return the seconds until there is something to do."""
        silent = min(self._waiting.values(), default=now) + PATIENCE
        return max(0.0, min(self._next, silent) - now)
