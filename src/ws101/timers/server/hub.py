"""Who is connected: brings each event to every open socket of its user, and ends sockets.

Knows no frame's inside and no handshake; what a socket does with an event that it has already sent is the socket's matter.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ws101.handshake.frames import Opcode, build_frame
from ws101.timers.clock import Clock
from ws101.timers.closing import DRAINING, Closing
from ws101.timers.server.limits import Limits
from ws101.timers.server.logs import Logs
from ws101.timers.server.metrics import Metrics
from ws101.timers.server.seat import Seat
from ws101.timers.server.wheel import Wheel
from ws101.timers.settings import ServiceSettings
from ws101.timers.store.outbox import Told

if TYPE_CHECKING:
    from ws101.timers.server.socket import Socket

_TEXT = int(Opcode.TEXT)
_TICK = 0.25  # seconds: 10,000 sockets are 83 pings at a time
_LATELY = 10  # ticks; a handshake takes less from its judgement to its socket
_BATCHES = 20  # a drain's; their clients come back so much apart


class Resumed(Protocol):
    """What a client that comes back is told: everything up to and including `seq`."""

    @property
    def welcome(self) -> bytes: ...
    @property
    def events(self) -> Sequence[bytes]: ...
    @property
    def seq(self) -> int: ...
    @property
    def recovered(self) -> bool: ...


class Events(Protocol):
    """What sockets ask of the service."""

    def resume(self, user: str, since: int, epoch: str | None) -> Resumed: ...
    async def acknowledge(self, user: str, device: str, seq: int) -> None: ...


class Bounds(NamedTuple):
    """What holds for every socket; in bytes and in ticks of the wheel."""

    max_frame: int
    send_queue: int
    ping: int
    idle: int
    grace: int


GRACE = 5.0  # seconds that a peer has to answer a close


class Hub:
    """All open sockets; `wheel` keeps their time.

    Two things are set once, before the first socket comes: `service`, and `standing`, which tells with what a socket of this
    user and session has to be closed, if at all.
    """

    service: Events
    standing: Callable[[str, str], Closing | None]

    def __init__(
        self, settings: ServiceSettings, clock: Clock, limits: Limits, metrics: Metrics, logs: Logs
    ) -> None:
        self.clock, self.limits, self.metrics, self.logs = clock, limits, metrics, logs
        shortest = min(settings.ping_interval, settings.idle_timeout)
        self.wheel = Wheel(min(_TICK, max(shortest / 4, 0.01)))
        self.bounds = Bounds(
            settings.max_frame,
            settings.send_queue,
            self.wheel.ticks(settings.ping_interval),
            self.wheel.ticks(settings.idle_timeout),
            self.wheel.ticks(GRACE),
        )
        self._sockets: set[Socket] = set()  # until their connection is lost
        self._users: dict[str, tuple[Socket, ...]] = {}  # those that are told of events
        self._tasks: set[asyncio.Task[None]] = set()
        self._joined = 0
        self._draining = False
        self._last_end = -_LATELY
        self._empty: asyncio.Event | None = None
        metrics.gauge("ws101_timers_sockets", "Open sockets.", self.__len__)
        metrics.gauge("ws101_timers_send_queue_bytes", "Bytes that wait in all send queues.", self._waiting)
        metrics.gauge("ws101_timers_send_queue_max_bytes", "Bytes in the longest send queue.", self._longest)

    def __len__(self) -> int:
        return len(self._sockets)

    # ---- what the rest of the service asks for

    def deliver(self, told: Sequence[Told]) -> None:
        """Send what is on disk to every open socket of its user, the events of each in one write."""
        for user, since, texts in told:
            sockets = self._users.get(user)
            if sockets is None:
                continue
            frames = _framed(texts)
            for socket in sockets:
                replayed = socket.replayed - since
                socket.send(_framed(texts[replayed:]) if replayed > 0 else frames)
            self.metrics.deliveries += len(sockets) * len(texts)

    def end(self, user: str, session: str | None, closing: Closing) -> None:
        """Close the user's sockets; of this session alone where one is named."""
        self._last_end = self.wheel.now
        for socket in self._users.get(user, ()):
            if session is None or socket.seat.session == session:
                socket.close(closing)

    async def drain(self, within: float) -> None:
        """Close every socket within so many seconds, a few at a time and at odd moments; drop those that linger.

        Who is cut short by a cancellation drops all at once.
        """
        self._draining = True
        try:
            await self._close_all(within)
        finally:
            for socket in tuple(self._sockets):
                socket.abort()
        await self._emptied(1.0)

    async def _close_all(self, within: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        sockets = list(self._sockets)
        random.shuffle(sockets)
        step = -(-len(sockets) // _BATCHES) or 1
        for start in range(0, len(sockets), step):
            for socket in sockets[start : start + step]:
                socket.close(DRAINING)
            await asyncio.sleep(random.uniform(0, within / _BATCHES))  # noqa: S311 - jitter is no secret
        await self._emptied(max(0.0, deadline - loop.time()))

    # ---- what sockets ask for

    def join(self, socket: "Socket") -> Closing | None:
        """Take in an open socket: from now on it is told of events. Return why it has to be closed at once, if it has to."""
        self._joined += 1
        self._sockets.add(socket)
        user = socket.seat.user
        self._users[user] = (*self._users.get(user, ()), socket)
        self.wheel.place(socket, 1 + self._joined % self.bounds.ping)  # pings are spread over the ticks
        if self._draining:
            return DRAINING
        if (
            self.wheel.now - self._last_end < _LATELY
        ):  # perhaps after the handshake was judged, and before this
            return self.unfit(socket.seat)
        return None

    def unfit(self, seat: Seat) -> Closing | None:
        """Return why the seat's socket has to be closed; where that cannot be known now, it stays."""
        try:
            return self.standing(seat.user, seat.session)
        except Exception as error:  # noqa: BLE001 - a store that cannot be read must not stop the wheel
            self.logs.crashed(error, seat.trace_id)
            return None

    def silence(self, socket: "Socket") -> None:
        """Tell the socket of no more events; once more does no harm."""
        user = socket.seat.user
        others = tuple(other for other in self._users.get(user, ()) if other is not socket)
        if others:
            self._users[user] = others
        else:
            self._users.pop(user, None)

    def lose(self, socket: "Socket", code: int) -> None:
        """Forget a socket whose connection is gone."""
        self.silence(socket)
        self._sockets.discard(socket)
        self.wheel.remove(socket)
        self.limits.leave(socket.seat)
        self.metrics.closed(code)
        if self._empty is not None and not self._sockets:
            self._empty.set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run short work that nobody waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _emptied(self, within: float) -> None:
        if self._sockets:
            self._empty = asyncio.Event()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), within)

    def _waiting(self) -> int:
        return sum(socket.waiting for socket in self._sockets)

    def _longest(self) -> int:
        return max((socket.waiting for socket in self._sockets), default=0)


def _framed(texts: Sequence[bytes]) -> bytes:
    return b"".join([build_frame(_TEXT, text, b"") for text in texts])
