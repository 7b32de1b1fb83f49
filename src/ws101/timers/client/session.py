"""Drives the machine over connections: one activity for each state, whose end is the next event; tells what happens."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Protocol

from msgspec import Struct

from ws101.errors import Ws101Error
from ws101.timers import wire
from ws101.timers.client import backoff, mirror
from ws101.timers.client.connection import Closed, Connection
from ws101.timers.client.countdown import Moment, slept
from ws101.timers.client.machine import State, What, follow
from ws101.timers.client.messages import Heard, Told, Unknown, read
from ws101.timers.client.mirror import Effect, Mirror
from ws101.timers.client.offset import Offset
from ws101.timers.client.pings import Pings
from ws101.timers.client.refusal import Ended, Interrupted, NotSignedIn, Refused, Unreachable
from ws101.timers.client.rest import Tokens
from ws101.timers.clock import Clock, SystemClock
from ws101.timers.closing import Then, class_of
from ws101.timers.problem import Retry

# An epoch that no service has: what is answered is the state, and not every event since the first.
_NONE_YET = "none"
_WELCOME = 10.0  # seconds
_LOOK = 5.0  # seconds between looks at whether the machine slept


class Stood(Struct, frozen=True):
    """The client came into a state; `error` is why it is no longer connected, `wait` the seconds until it tries again."""

    state: State
    error: Ws101Error | None = None
    wait: float = 0.0


class Synced(Struct, frozen=True):
    """The copy is equal to the service's after a snapshot or a fetch."""


News = Stood | Synced | Told
Dial = Callable[[str, dict[str, str]], Awaitable[Connection]]
Lists = Callable[[], Awaitable[tuple[wire.TimerList, ...]]]


class Sleep(Protocol):
    """asyncio.sleep, or a test's own."""

    async def __call__(self, delay: float, /) -> None: ...


class Session:
    """The client of one user on one device. `mirror` and `offset` can be looked at any time; cancel `run` to end it.

    `dial` makes a connection with a token and a query; `lists` fetches all lists; `tell` is called for all that happens.
    """

    def __init__(
        self,
        dial: Dial,
        tokens: Tokens,
        lists: Lists,
        tell: Callable[[News], None],
        *,
        device: str,
        clock: Clock | None = None,
        sleep: Sleep = asyncio.sleep,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._dial, self._tokens, self._lists, self._tell = dial, tokens, lists, tell
        self._device, self._sleep, self._draw = device, sleep, draw
        self._clock = clock or SystemClock()
        self.state = State.OFFLINE
        self.mirror = Mirror()
        self.offset = Offset()
        self.error: Ws101Error | None = None
        self._connection: Connection | None = None
        self._token = ""
        self._failures = 0
        self._wait = 0.0
        self._live_since = self._asked_at = self._again_at = 0.0
        self._acknowledged = 0
        self._afresh = False  # whether the connection began with a snapshot
        self._pings = Pings()

    async def run(self) -> State:
        """Stay connected until the service refuses for good; returns REFUSED, and then `error` says why."""
        activities = {
            State.CONNECTING: self._connect,
            State.RETRYING: self._connect,
            State.RENEWING: self._renew,
            State.RESUMING: self._resume,
            State.LIVE: self._listen,
            State.WAITING: self._pause,
        }
        try:
            self._enter(What.START)
            while (activity := activities.get(self.state)) is not None:
                self._enter(await activity())
        except asyncio.CancelledError:
            self._enter(What.STOP)
            raise
        finally:
            await self._hang_up()
        return self.state

    def acknowledge(self, seq: int) -> None:
        """Tell the service that this device has dealt with every event up to `seq`, now or once connected again."""
        self._acknowledged = max(self._acknowledged, seq)
        if self._connection is not None and self.state is State.LIVE:
            self._connection.send(wire.encode(wire.Ack(seq=self._acknowledged)))

    def service_time(self) -> float | None:
        """Return the service's time now, in ms; None before it is known."""
        return self.offset.service_time(self._clock.monotonic())

    def left(self) -> float:
        """Return the seconds until it tries again, while it waits."""
        return self._again_at - self._clock.monotonic()

    # ---- activities

    async def _connect(self) -> What:
        self._asked_at = self._clock.monotonic()
        query = {
            "device": self._device,
            "since": str(self.mirror.seq),
            "epoch": self.mirror.epoch or _NONE_YET,
        }
        try:
            self._token = await self._tokens.access()
            self._connection = await self._dial(self._token, query)
        except (Refused, Unreachable, NotSignedIn) as error:
            return self._failed(error)
        return What.OPENED

    async def _renew(self) -> What:
        try:
            await self._tokens.renew(self._token)
        except (Refused, Unreachable, NotSignedIn) as error:
            return self._failed(error)
        return What.RENEWED

    async def _resume(self) -> What:
        assert self._connection is not None
        try:
            async with asyncio.timeout(_WELCOME):
                while not isinstance(said := read(await self._connection.receive()), wire.Welcome):
                    continue
        except Closed as closed:
            return self._closed(closed)
        except (TimeoutError, ValueError):
            return self._dropped("the service did not say where to resume", Then.WAIT)
        now = self._clock.monotonic()
        self.offset = self.offset.heard(self._asked_at, now, said.server_time)
        self.mirror, self._afresh = mirror.welcome(self.mirror, said), said.snapshot is not None
        self._live_since, self._pings, self.error = now, Pings(now), None
        return What.WELCOMED

    async def _listen(self) -> What:
        assert self._connection is not None
        if self._afresh:
            self._tell(Synced())
        if self._acknowledged:
            self.acknowledge(self._acknowledged)
        looked = self._moment()
        while True:
            looked, before = self._moment(), looked
            if slept(before, looked):
                self.offset = Offset()
                return self._dropped("the machine slept", Then.RESUME)
            if self._pings.unanswered(looked.monotonic):
                return self._dropped("the service has gone silent", Then.RESUME)
            if self._pings.due(looked.monotonic):
                self._connection.send(wire.encode(self._pings.next(looked)))
            try:
                async with asyncio.timeout(min(self._pings.wait(looked.monotonic), _LOOK)):
                    text = await self._connection.receive()
                if (what := await self._hear(read(text))) is not None:
                    return what
            except TimeoutError:
                continue
            except Closed as closed:
                return self._closed(closed)
            except (Refused, Unreachable, NotSignedIn) as error:
                self.error = error
                return self._postpone(Then.WAIT, What.DROPPED)
            except ValueError as error:
                return self._dropped(str(error), Then.WAIT)

    async def _pause(self) -> What:
        await self._hang_up()
        self._again_at = self._clock.monotonic() + self._wait
        while (left := self.left()) > 0:
            before = self._moment()
            await self._sleep(min(left, _LOOK))
            if slept(before, self._moment()):
                break
        return What.DUE

    # ---- what they come to

    async def _hear(self, message: Heard | None) -> What | None:
        match message:
            case wire.Pong():
                self.offset = self._pings.answered(message, self._clock.monotonic(), self.offset)
            case wire.Welcome() | None:
                pass
            case _:
                return await self._take(message)
        return None

    async def _take(self, event: Told | Unknown) -> What | None:
        after, effect = mirror.apply(self.mirror, event)
        if effect is Effect.MISSED:
            return self._dropped("events are missing", Then.RESUME)
        if effect is Effect.DUPLICATE:
            return None
        if effect is Effect.STALE:  # counted once the lists are there: else the event comes again
            after = mirror.fetched(after, await self._lists())
        self.mirror = after
        if effect is Effect.STALE:
            self._tell(Synced())
        if not isinstance(event, Unknown):
            self._tell(event)
        return None

    def _failed(self, error: Refused | Unreachable | NotSignedIn) -> What:
        self.error = error
        if isinstance(error, Unreachable):
            return self._postpone(Then.WAIT, What.UNREACHABLE)
        if isinstance(error, NotSignedIn):
            return What.DENIED
        if error.refusal.cause == "token-expired" and self.state is not State.RENEWING:
            return What.EXPIRED
        if error.refusal.retry is Retry.NEVER:
            return What.DENIED
        return self._postpone(Then.WAIT, What.POSTPONED, error.refusal.retry_after)

    def _closed(self, closed: Closed) -> What:
        then = class_of(closed.code)
        why = f"it closed the connection ({closed.code} {closed.reason})".replace(" )", ")")
        if then is Then.STOP:
            self.error = Ended(closed.code, closed.reason)
            return What.ENDED
        return self._dropped(why if closed.code else closed.reason, then)

    def _dropped(self, why: str, then: Then) -> What:
        self.error = Interrupted(why)
        return self._postpone(then, What.DROPPED)

    def _postpone(self, then: Then, what: What, at_least: float = 0.0) -> What:
        """Choose how long to wait; what a connection had lasted lets the failures before it be forgotten."""
        if self.state is State.LIVE and self._clock.monotonic() - self._live_since >= backoff.STEADY:
            self._failures = 0
        self._wait = backoff.delay(self._failures, self._draw(), at_least, then)
        self._failures += 1
        return what

    def _enter(self, what: What) -> None:
        self.state = follow(self.state, what)
        self._tell(Stood(self.state, self.error, self._wait if self.state is State.WAITING else 0.0))

    def _moment(self) -> Moment:
        return Moment(self._clock.monotonic(), self._clock.now())

    async def _hang_up(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()
