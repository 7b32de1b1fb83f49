"""A program that tests/timers/server/test_crash.py kills: a service and its scheduler under load, told to standard output.

    python -m timers.server.doomed DIRECTORY SINCE EPOCH SEED [settle]

Each line is an event's JSON: first what was missed after SINCE, then what happens. With `settle` it completes what is due and
ends by itself.
"""

import asyncio
import random
import sys
from contextlib import suppress
from pathlib import Path

from timers.server.audit import LEFT_ALONE
from ws101.timers import schedule, wire
from ws101.timers.clock import SystemClock
from ws101.timers.schedule import Action
from ws101.timers.server.denial import Denial
from ws101.timers.server.scheduler import Scheduler
from ws101.timers.server.service import Service
from ws101.timers.store import Store, users

COMMANDED = "commanded"
LISTS = 8  # of each


class Reader:
    """A client whose connection dies with the service, and which was told everything up to `seq`."""

    def __init__(self, seq):
        self.seq = seq

    def hear(self, texts):
        sys.stdout.buffer.write(b"".join(text + b"\n" for text in texts))
        sys.stdout.buffer.flush()

    def deliver(self, told):
        for _, since, texts in told:
            self.hear([text for seq, text in enumerate(texts, since + 1) if seq > self.seq])


async def serve(directory, since, epoch, dice, settle):
    schedule.TOLD = 10**9  # a slow start must not skip what is counted here
    store, clock, reader = Store(directory / "timers.sqlite3", 10**9), SystemClock(), Reader(since)
    row = users.UserRow("ann", "ann@example.test", "Ann", "", locked=False, created_at=0)
    await store.write(lambda connection: users.add(connection, row))
    service = Service(store, clock)
    store.deliver = reader.deliver
    missed = service.resume("ann", since, epoch or None)
    reader.hear(missed.events)
    reader.seq = missed.seq
    scheduler = Scheduler(service, clock)
    scheduler.start()
    if settle:
        await scheduler.stop()
        await store.close()
        return
    await asyncio.gather(*(furnish(service, dice, name) for name in (LEFT_ALONE, COMMANDED)))
    commanded = [timers for timers in service.lists("ann") if timers.name == COMMANDED]
    await asyncio.gather(*(command(service, dice, commanded) for _ in range(4)))


async def furnish(service, dice, name):
    """Make what is not there yet: the one before may have been killed at this."""
    missing = LISTS - sum(timers.name == name for timers in service.lists("ann"))
    for _ in range(missing):
        await service.create_list("ann", wire.ListCreate(name=name, loop_timers=True))
    for timers in [timers for timers in service.lists("ann") if timers.name == name]:
        for number in range(len(timers.timers), 3):
            new = wire.TimerCreate(timer_list_id=timers.id, name=str(number), duration=dice.randint(20, 60))
            await service.create_timer("ann", new)
        if all(timer.state is wire.State.IDLE for timer in service.list("ann", timers.id).timers):
            await service.control("ann", timers.id, Action.START)


async def command(service, dice, lists):
    while True:
        timers = dice.choice(lists)
        named = dice.choice([None, *(timer.id for timer in timers.timers)])
        with suppress(Denial):
            await service.control("ann", timers.id, dice.choice(list(Action)), named)
        await service.acknowledge("ann", dice.choice("pq"), dice.randint(0, 100_000))


if __name__ == "__main__":
    place, seen, numbering, seed, *rest = sys.argv[1:]
    asyncio.run(serve(Path(place), int(seen), numbering, random.Random(int(seed)), bool(rest)))
