"""Two clients of one user, which come and go, hold what the service holds as soon as both have caught up."""

import asyncio
import random
from contextlib import suppress

import pytest
from msgspec.structs import replace

from timers.server.desk import opened
from ws101.timers import wire
from ws101.timers.client import messages, mirror
from ws101.timers.client.mirror import Effect, Mirror
from ws101.timers.schedule import Action
from ws101.timers.server.denial import Denial
from ws101.timers.store.lists import Deadline

MINUTE = 60_000


class Client:
    """The client's own copy, fed with what the service says, and with what it fetches when it is told to."""

    def __init__(self, service):
        self.service, self.mirror, self.recoveries = service, Mirror(), []

    def resume(self):
        got = self.service.resume("ann", self.mirror.seq, self.mirror.epoch)
        said = messages.read(got.welcome)
        self.recoveries.append(said.recovered)
        self.mirror = mirror.welcome(self.mirror, said)
        for text in got.events:
            assert self.hear(text) is not Effect.DUPLICATE
        assert self.mirror.seq == said.seq == got.seq

    def hear(self, text):
        self.mirror, effect = mirror.apply(self.mirror, messages.read(text))
        assert effect is not Effect.MISSED
        if effect is Effect.STALE:
            self.mirror = mirror.fetched(self.mirror, self.service.lists("ann"))
        return effect

    def state(self):
        return {held.id: without_countdown(held) for held in self.mirror.lists}, self.mirror.settings


def without_countdown(timers):
    """Each client counts down by itself from `dueAt`; what was left at the moment of the event is not compared."""
    return replace(timers, timers=tuple(replace(timer, remaining_seconds=0) for timer in timers.timers))


async def something(desk, dice):
    service, lists = desk.service, desk.service.lists("ann")
    timers = [timer.id for timers in lists for timer in timers.timers]
    if len(lists) < 2:
        await desk.list_of(*[dice.randint(1, 9) * MINUTE for _ in range(3)], loop=dice.random() < 0.5)
        return
    timers_of, timer_id = dice.choice(lists), dice.choice(timers or ["none"])
    shuffled = dice.sample([timer.id for timer in timers_of.timers], len(timers_of.timers))
    new = wire.TimerCreate(timer_list_id=timers_of.id, name="new", duration=MINUTE, order=dice.randint(0, 4))
    name = str(dice.random())
    changes = [
        wire.TimerChange(name=name),
        wire.TimerChange(duration=dice.randint(1, 9) * MINUTE),
        wire.TimerChange(order=dice.randint(0, 5)),
        wire.TimerChange(enabled=dice.random() < 0.7),
    ]
    settings = wire.Settings(default_timer_list_id=timers_of.id, daily_pomodoro_goal=dice.randint(1, 9))
    calls = [
        lambda: service.control("ann", timers_of.id, dice.choice(list(Action))),
        lambda: service.control("ann", timers_of.id, Action.RESTART, timer_id),
        lambda: service.complete([Deadline("ann", timers_of.id, None)]),
        lambda: service.change_timer("ann", timer_id, dice.choice(changes)),
        lambda: service.change_list(
            "ann", timers_of.id, wire.ListChange(name=name, loop_timers=dice.random() < 0.5)
        ),
        lambda: service.reorder("ann", timers_of.id, wire.Reorder(timer_ids=tuple(shuffled))),
        lambda: service.create_timer("ann", new),
        lambda: service.delete_timer("ann", timer_id),
        lambda: service.delete_list("ann", timers_of.id),
        lambda: service.change_settings("ann", settings),
        lambda: service.acknowledge("ann", dice.choice("pq"), dice.randint(0, 500)),
    ]
    with suppress(Denial):
        await dice.choices(calls, weights=[9, 3, 6, 4, 1, 2, 3, 1, 0.3, 1, 1])[0]()


@pytest.mark.parametrize("seed", range(8))
def test_two_clients_of_one_user_stay_equal(tmp_path, seed):
    dice = random.Random(seed)

    async def scene():
        async with opened(tmp_path, events_kept=40) as desk:
            clients = [Client(desk.service), Client(desk.service)]
            for _ in range(250):
                desk.clock.wall += dice.choice([0, 1, 500, MINUTE, 3 * MINUTE])
                await something(desk, dice)
                live = [event.text for event in desk.delivered]
                desk.delivered.clear()
                if not clients[0].mirror.epoch or dice.random() < 0.05:
                    clients[0].resume()
                for text in live:
                    clients[0].hear(text)
                if dice.random() < 0.1:
                    clients[1].resume()
            for client in clients:
                client.resume()
                assert client.state() == clients[0].state()
            fresh = Client(desk.service)
            fresh.resume()
            assert fresh.state() == clients[0].state()
            assert {True, False} == {*clients[0].recoveries, *clients[1].recoveries}

    asyncio.run(scene())
