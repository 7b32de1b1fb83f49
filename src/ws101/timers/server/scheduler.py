"""Sees to it that what is due is completed when it is due: sleeps until the next deadline, asks the store for nothing.

Needs no memory of its own against crashes: a deadline stands in the timer's row until the transaction that completes it
also writes its event. A crash before that commit leaves it due, for `start` to find; after it, the row is due no more.
"""

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Iterator, Sequence
from operator import attrgetter
from typing import Protocol

from ws101.timers.clock import Clock
from ws101.timers.store.lists import Deadline

LONGEST_SLEEP = 1.0  # seconds; so much later at most is noticed that the clock was set, or the machine slept
RETRY = 1_000  # ms until a completion that could not be written is tried again
CHUNK = 256  # lists in one piece of work
MOST = 16_384  # lists that one look takes, and the rest of the last one's user
AHEAD = 4  # pieces of work that wait for the writer; a command waits behind no more

Failed = tuple[Deadline, Exception]


class Completing(Protocol):
    """What the scheduler needs of the service."""

    on_deadline: Callable[[Deadline], None]

    def deadlines(self) -> Sequence[Deadline]:
        """Return all deadlines there are."""
        ...

    def complete(self, due: Sequence[Deadline]) -> Awaitable[None]:
        """Complete what is due in the lists, each named once, or nothing and raise; tell `on_deadline` the next deadline of each."""
        ...


class Scheduler:
    """One per service; used on the loop's thread alone."""

    def __init__(self, service: Completing, clock: Clock) -> None:
        self._service, self._clock = service, clock
        self._due: dict[str, Deadline] = {}  # by list
        self._moments: dict[int, dict[str, set[str]]] = {}  # the lists that are due at each, by their user
        self._heap: list[int] = []  # the moments, and some at which nothing is due any more
        self._alarm: asyncio.TimerHandle | None = None
        self._firing: asyncio.Task[None] | None = None
        self._stopped = True
        service.on_deadline = self.expect

    @property
    def pending(self) -> int:
        """How many lists wait for a deadline."""
        return len(self._due)

    def start(self) -> None:
        """Take up everything that runs; what fell due while nobody looked is completed at once."""
        self._stopped = False
        for deadline in self._service.deadlines():
            self._put(deadline)
        self.look()

    async def stop(self) -> None:
        """Complete nothing any more, once what was begun is done."""
        self._stopped = True
        self._silence()
        if self._firing is not None:
            await self._firing

    def expect(self, deadline: Deadline) -> None:
        """Take the list's present deadline in place of the one before."""
        self._drop(deadline.list_id)
        if self._put(deadline):
            self._set_alarm()

    def look(self) -> None:
        """Begin to complete what is due by the clock, and sleep until the next deadline."""
        due = [] if self._firing or self._stopped else self._take()
        if due:
            self._firing = asyncio.get_running_loop().create_task(self._fire(due))
            self._firing.add_done_callback(self._fired)
        self._set_alarm()

    def _put(self, deadline: Deadline) -> bool:
        """Take in a deadline; return whether its moment is the first now, and was none before."""
        user, list_id, due_at = deadline
        if due_at is None:
            return False
        self._due[list_id] = deadline
        if due_at in self._moments:
            self._moments[due_at].setdefault(user, set()).add(list_id)
            return False
        self._moments[due_at] = {user: {list_id}}
        heapq.heappush(self._heap, due_at)
        if len(self._heap) > 2 * len(self._moments) + CHUNK:
            self._heap = sorted(self._moments)
        return self._heap[0] == due_at

    def _drop(self, list_id: str) -> None:
        before = self._due.pop(list_id, None)
        if before is None or before.due_at is None:
            return
        users = self._moments[before.due_at]
        users[before.user].remove(list_id)
        if not users[before.user]:
            del users[before.user]
        if not users:
            del self._moments[before.due_at]

    def _take(self) -> list[Deadline]:
        """Return what is due, by its users: what one transaction tells a user is one row, and one write to a socket."""
        now, taken = self._clock.now(), list[Deadline]()
        while self._heap and self._heap[0] <= now and len(taken) < MOST:
            users = self._moments.get(self._heap[0], {})
            while users and len(taken) < MOST:
                _, lists = users.popitem()
                taken += [self._due.pop(list_id) for list_id in sorted(lists)]  # as they stand in the store
            if not users:
                self._moments.pop(heapq.heappop(self._heap), None)
        return sorted(taken, key=attrgetter("user"))

    async def _fire(self, due: Sequence[Deadline]) -> None:
        chunks = iter([due[start : start + CHUNK] for start in range(0, len(due), CHUNK)])
        failed = await asyncio.gather(*(self._complete_each(chunks) for _ in range(AHEAD)))
        self._retry([one for each in failed for one in each])

    async def _complete_each(self, chunks: Iterator[Sequence[Deadline]]) -> list[Failed]:
        """Complete one chunk after the other; return what could not be completed. After a stop no more are begun."""
        failed = list[Failed]()
        for chunk in chunks:
            failed += await self._complete(chunk)
            if self._stopped:
                break
        return failed

    async def _complete(self, due: Sequence[Deadline]) -> list[Failed]:
        """Complete the lists together, or each alone where that fails: one that cannot be completed is in no other's way."""
        try:
            await self._service.complete(due)
        except Exception as error:  # noqa: BLE001 - told by the loop's handler, once for all that failed
            if len(due) == 1:
                return [(due[0], error)]
            alone = await asyncio.gather(*(self._complete([one]) for one in due))
            return [one for each in alone for one in each]
        return []

    def _retry(self, failed: Sequence[Failed]) -> None:
        if not failed:
            return
        message = f"{len(failed)} lists could not be completed and are tried again"
        asyncio.get_running_loop().call_exception_handler({"message": message, "exception": failed[0][1]})
        for one, _ in failed:
            if one.list_id not in self._due:
                self._put(one._replace(due_at=self._clock.now() + RETRY))

    def _fired(self, _: "asyncio.Task[None]") -> None:
        self._firing = None
        self.look()

    def _set_alarm(self) -> None:
        """Sleep until the first deadline; while something is being completed its end is the alarm."""
        self._silence()
        if self._firing or self._stopped or not self._heap:
            return
        ahead = (self._heap[0] - self._clock.now()) / 1000
        delay = max(0.0, min(ahead, LONGEST_SLEEP))
        self._alarm = asyncio.get_running_loop().call_later(delay, self.look)

    def _silence(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
