"""Two clients of one user, which come and go, hold what the service holds as soon as both have caught up."""

import asyncio
import random
from contextlib import suppress

import msgspec
import pytest
from msgspec.structs import replace

from timers.server.desk import opened, read_event
from ws101.timers import wire
from ws101.timers.schedule import Action
from ws101.timers.server.denial import Denial

MINUTE = 60_000


class Client:
    """Knows what it was told, and nothing else; `held` is by list id."""

    def __init__(self, service):
        self.service, self.epoch, self.seq, self.held, self.settings = service, None, 0, {}, wire.Settings()
        self.recoveries = []

    def resume(self):
        got = self.service.resume("ann", self.seq, self.epoch)
        welcome = msgspec.json.decode(got.welcome, type=wire.Welcome)
        self.epoch = welcome.epoch
        self.recoveries.append(welcome.recovered)
        if welcome.snapshot is not None:
            self.seq, self.settings = welcome.seq, welcome.snapshot.settings
            self.held = {timers.id: timers for timers in welcome.snapshot.lists}
        for text in got.events:
            self.hear(text)
        assert self.seq == welcome.seq == got.seq

    def hear(self, text):
        event = read_event(text)
        if event.seq <= self.seq:
            return
        assert (event.epoch, event.seq) == (self.epoch, self.seq + 1)
        self.seq = event.seq
        match event:
            case wire.TimerListUpdate(action="deleted"):
                del self.held[event.timer_list.id]
            case wire.TimerListUpdate():
                self.held[event.timer_list.id] = event.timer_list
            case wire.TimerListRefresh():
                self.held[event.list_id] = self.service.list("ann", event.list_id)
            case wire.TimerUpdate() | wire.TimerCompleted():
                self.take(event.list_id, event.timer)
            case wire.SettingsUpdate():
                self.settings = event.settings

    def take(self, list_id, timer):
        others = [other for other in self.held[list_id].timers if other.id != timer.id]
        timers = tuple(sorted([*others, timer], key=lambda one: (one.order, one.id)))
        status = next((one.state for one in timers if one.state in ("RUNNING", "PAUSED")), wire.State.IDLE)
        self.held[list_id] = replace(self.held[list_id], timers=timers, status=status)

    def state(self):
        return {list_id: without_countdown(timers) for list_id, timers in self.held.items()}, self.settings


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
        lambda: service.complete("ann", timers_of.id),
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
                live = [recorded.text for recorded in desk.delivered]
                desk.delivered.clear()
                if clients[0].epoch is None or dice.random() < 0.05:
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
