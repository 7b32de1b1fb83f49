"""Lists whose timers fall due in one moment, and the clock that brings it: rows as the service writes them, and nothing else.

The service finds out by itself: its scheduler looks at its clock, and all that follows is its own way.
"""

from collections.abc import Sequence
from uuid import uuid4

from ws101.timers import schedule, wire
from ws101.timers.clock import SystemClock
from ws101.timers.schedule import Action, Timer, TimerList
from ws101.timers.server.parts import Parts
from ws101.timers.store import lists
from ws101.timers.store.lists import Deadline
from ws101.timers.store.outbox import Connection

HOUR = 3_600_000
IN_LIST = {"due": 1, "chain": 2}
"""The timers of a list by the order's word; as many messages come of it: the completion, and the start of what follows."""


class SetClock(SystemClock):
    """The machine's clock, and what it was set forward by."""

    def __init__(self) -> None:
        self.ahead = 0

    def now(self) -> int:
        return super().now() + self.ahead


class Moments:
    """Each `prepare` makes the lists of the next moment, an hour after the one before; each `come` sets the clock to it."""

    def __init__(self, parts: Parts, clock: SetClock) -> None:
        self._parts, self._clock = parts, clock
        self._prepared = self._come = 0
        self._ahead: list[list[Deadline]] = []
        self._over: list[Deadline] = []  # a user has so many lists at most

    async def prepare(self, users: Sequence[str], messages: int, word: str) -> None:
        """Start the first timers of lists that are the users' in turn, until so many messages come of them."""
        self._prepared += 1
        due, started = self._prepared * HOUR, list[Deadline]()
        begun = self._clock.now() - self._clock.ahead

        def write(connection: Connection) -> None:
            for user, list_id, _ in self._over:
                lists.delete(connection, user, list_id)
            for number in range(messages // IN_LIST[word]):
                user = users[number % len(users)]
                empty, running = _list(IN_LIST[word], due, begun)
                lists.add(connection, user, empty, begun)
                lists.save(connection, user, empty, running)
                started.append(Deadline(user, running.id, schedule.deadline(running)))

        await self._parts.store.write(write)
        self._over = []
        self._ahead.append(started)
        for deadline in started:
            self._parts.scheduler.expect(deadline)

    def come(self) -> None:
        """Let the next moment be now, and the scheduler look at once; by itself it would within its longest sleep."""
        self._come += 1
        self._over += self._ahead.pop(0)
        self._clock.ahead = self._come * HOUR
        self._parts.scheduler.look()


def _list(timers: int, duration: int, now: int) -> tuple[TimerList, TimerList]:
    """Return a new list, and the same with its timers, of which the first runs."""
    empty = TimerList(id=str(uuid4()), name="measured")
    members = tuple(
        Timer(id=str(uuid4()), name="measured", duration=wire.DAY if order else duration, order=order)
        for order in range(timers)
    )
    full = TimerList(id=empty.id, name=empty.name, timers=members)
    return empty, schedule.command(full, Action.START, now)
