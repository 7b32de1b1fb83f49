"""A service over a file of its own, with a clock that stands until it is moved, and what it delivered."""

from contextlib import asynccontextmanager
from typing import NamedTuple

import msgspec
from msgspec import Struct, field

from timers.server.clockwork import Clockwork
from ws101.timers import wire
from ws101.timers.schedule import Action
from ws101.timers.server.service import Service
from ws101.timers.store import Store, outbox, users
from ws101.timers.store.lists import Deadline

NOON = Clockwork().wall


class Event(NamedTuple):
    """One event as it was delivered."""

    user: str
    seq: int
    text: bytes


class Desk(Struct):
    service: Service
    store: Store
    clock: Clockwork
    delivered: list = field(default_factory=list)

    def told(self):
        """Return what was delivered since one asked last."""
        events = [read_event(event.text) for event in self.delivered]
        self.delivered.clear()
        return events

    def deliver(self, told):
        for user, since, texts in told:
            self.delivered += [Event(user, seq, text) for seq, text in enumerate(texts, since + 1)]

    def kinds(self):
        return [type(event).__name__ for event in self.told()]

    async def complete(self, list_id, user="ann"):
        await self.service.complete([Deadline(user, list_id, None)])

    async def list_of(self, *durations, user="ann", loop=False):
        """Add a list with timers a, b, c … and return its id and theirs."""
        made = await self.service.create_list(user, wire.ListCreate(name="Day", loop_timers=loop))
        timers = [
            await self.service.create_timer(
                user, wire.TimerCreate(timer_list_id=made.id, name=name, duration=duration)
            )
            for name, duration in zip("abcdefgh", durations, strict=False)
        ]
        return made.id, [timer.id for timer in timers]

    async def running(self, *durations, user="ann", loop=False):
        list_id, timer_ids = await self.list_of(*durations, user=user, loop=loop)
        await self.service.control(user, list_id, Action.START)
        self.delivered.clear()
        return list_id, timer_ids


@asynccontextmanager
async def opened(directory, clock=None, *, events_kept=1_000, names=("ann", "bob")):
    """Open the file in the directory, which may be there from before."""
    store = Store(directory / "timers.sqlite3", events_kept)
    for name in names:
        row = users.UserRow(name, f"{name}@example.test", name, "", locked=False, created_at=0)
        await store.write(lambda connection, row=row: users.add(connection, row))
    clock = clock or Clockwork()
    desk = Desk(Service(store, clock), store, clock)
    store.deliver = desk.deliver
    try:
        yield desk
    finally:
        await store.close()


KINDS = (
    wire.TimerUpdate
    | wire.TimerListUpdate
    | wire.TimerListRefresh
    | wire.TimerCompleted
    | wire.NotificationWithdrawn
    | wire.SettingsUpdate
)


def read_event(text):
    return msgspec.json.decode(text, type=KINDS)


def kept(desk, user="ann"):
    """Return the events of the user that are in the file."""
    return [
        read_event(text) for text in desk.store.read(lambda connection: outbox.since(connection, user, 0))
    ]
