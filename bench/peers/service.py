"""The timer service itself, whole: tokens checked, users looked up, handshakes logged as JSON, traced and counted.

What is ordered are timers that fall due in one moment (`due`, `chain`), or the part of their way that begins behind the
scheduler: written to the outbox, and to the hub once it is on disk; BATCH messages, each for another user, in one piece of work,
or one in each (`each`). Or the record is left out (`deliver`), timers are started and stopped (`control`), or some are started
that run out (`timers`).
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

from peers.due import IN_LIST, Moments, SetClock
from peers.given import AUDIENCE, DEVICES, HOST, ISSUER, MESSAGE, TO_DEVICES, Given, given, message
from peers.publishing import TURN, Publisher, listen
from population import USERS, populate
from ws101.timers import wire
from ws101.timers.schedule import Action
from ws101.timers.server.parts import Parts
from ws101.timers.server.run import loop_factory, prepare_process, running
from ws101.timers.settings import ServiceSettings
from ws101.timers.store import outbox
from ws101.timers.store.outbox import Connection, Told

T = TypeVar("T")

IN_FLIGHT = 512  # commands at a time
WAITING = 32_768  # messages that wait for their commit, at most
BATCH = 32  # messages in one piece of work
LEAST = 1_000  # ms: no timer is shorter
SETTING_UP = 3  # ms for each timer that is to be started


class Measured(wire.Event, frozen=True, kw_only=True):
    """An event of 250 bytes; `due` is when it was due to be sent, in ns of the monotonic clock."""

    due: str
    padding: str = ""


class Orders(Publisher):
    """Sends to the users, one after the other, in one of these ways."""

    def __init__(self, parts: Parts, clock: SetClock, size: int) -> None:
        super().__init__()
        self._parts, self._size, self._users = parts, size, USERS[:size]
        self._lists: dict[str, str] = {}
        self._started: set[str] = set()
        self._moments = Moments(parts, clock)

    async def prepare(self, count: int, word: str) -> None:
        await self._moments.prepare(self._users, count, word)

    async def publish(self, count: int, due: int, word: str) -> None:
        if word == "timers":
            await self._start_timers(count, due)
        elif word in IN_LIST:
            self._moments.come()
        elif word == "control":
            await self._start_and_stop(count)
        elif word == "deliver":
            await self._deliver(count, due)
        else:
            size = self._size // DEVICES if word == TO_DEVICES else self._size
            self._users = USERS[:size]
            await self._record(count, due, 1 if word == "each" else BATCH)

    async def _each(self, count: int, command: Callable[[str], Awaitable[object]]) -> None:
        """Give the command once for each message, for so many users at a time."""
        await _at_once(IN_FLIGHT, self._turns(count), command)

    def _turns(self, count: int) -> Iterator[str]:
        for _ in range(count):
            self.sent += 1
            yield self._users[self.sent % len(self._users)]

    async def _record(self, count: int, due: int, batch: int) -> None:
        """Write the messages, so many in one piece of work, and deliver them."""
        turns = self._turns(count)

        def record(users: Sequence[str]) -> Awaitable[object]:
            draft = _measured(due)

            def work(connection: Connection) -> None:
                for user in users:
                    outbox.append(connection, user, [draft])

            return self._parts.store.write(work)

        await _at_once(WAITING // batch, iter(lambda: tuple(islice(turns, batch)), ()), record)

    async def _deliver(self, count: int, due: int) -> None:
        for number, user in enumerate(self._turns(count)):
            text = message(self.sent, due)
            self._parts.hub.deliver([Told(user, self.sent - 1, [text])])
            if number % TURN == TURN - 1:
                await asyncio.sleep(0)

    async def _start_and_stop(self, count: int) -> None:
        if not self._lists:
            for user in self._users:
                self._lists[user] = await self._one_timer(user, wire.DAY)
        await self._each(count, self._start_or_stop)

    async def _start_or_stop(self, user: str) -> None:
        runs = user in self._started
        self._started.symmetric_difference_update({user})
        action = Action.STOP if runs else Action.START
        await self._parts.service.control(user, self._lists[user], action)

    async def _one_timer(self, user: str, duration: int) -> str:
        made = await self._parts.service.create_list(user, wire.ListCreate(name="measured"))
        said = wire.TimerCreate(timer_list_id=made.id, name="measured", duration=duration)
        await self._parts.service.create_timer(user, said)
        return made.id

    async def _start_timers(self, count: int, spread: int) -> None:
        """Start timers that run out at random moments within `spread` seconds, once all of them are started."""
        clock = self._parts.clock
        begin = clock.now() + LEAST + SETTING_UP * count
        moments = random.Random(count)

        async def start(user: str) -> None:
            due = begin + moments.randrange(spread * 1_000)
            made = await self._one_timer(user, max(LEAST, due - clock.now()))
            await self._parts.service.control(user, made, Action.START)

        await self._each(count, start)


async def _at_once(most: int, given: Iterator[T], command: Callable[[T], Awaitable[object]]) -> None:
    """Give the command with each of what is given, so many at a time."""

    async def give(first: T) -> None:
        await command(first)
        for one in given:
            await command(one)

    await asyncio.gather(*(give(one) for one in islice(given, most)))


def _measured(due: int, seq: int = 0, epoch: str = "") -> Measured:
    return Measured(seq=seq, epoch=epoch, event_id=EVENT_ID if seq else "", due=f"{due:020}", padding=PADDING)


EVENT_ID = USERS[0]
PADDING = ""
PADDING = "x" * (MESSAGE - len(wire.encode(_measured(0, 100, "0" * 16))))


def _settings(task: Given) -> ServiceSettings:
    """The limits on one address work, and never refuse: all of the load comes from a few."""
    directory = Path(task.directory)
    secret = directory / "secret"
    secret.write_text(task.secret)
    return ServiceSettings(
        host=HOST, port=task.port, data=directory / "data", algorithm="HS256", secret_file=secret, issuer=ISSUER,
        audience=AUDIENCE, handshakes_per_second=1_000_000, connections=20_000, connections_per_address=20_000, log="json",
    )  # fmt: skip


async def main() -> None:
    task = given()
    clock = SetClock()
    async with running(_settings(task), clock) as service:
        await service.parts.store.write(populate)
        await listen(Orders(service.parts, clock, task.crowd), task.control)
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    prepare_process()
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(main())
