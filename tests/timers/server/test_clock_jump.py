"""Sets the clock of a service that runs, forward and back, and holds what a client with an open socket is told."""

import json
from typing import Any

import pytest
from msgspec import Struct
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from timers.server.house import PATIENCE, House, open_house
from ws101.timers import wire
from ws101.timers.clock import SystemClock
from ws101.timers.schedule import Action

HOUR = 3_600_000
MINUTE = 60_000


class SetClock(SystemClock):
    """The machine's clock, as somebody has set it; what never goes back runs on."""

    def __init__(self) -> None:
        self.ahead = 0

    def now(self) -> int:
        return super().now() + self.ahead


class Watch(Struct):
    """A user of a running service with one open socket."""

    house: House
    clock: SetClock
    socket: ClientConnection
    token: str
    user: str

    def start(self, *durations: int) -> list[wire.Timer]:
        """Start a list of timers of these durations; return what changed."""

        async def start():
            service = self.house.parts.service
            made = await service.create_list(self.user, wire.ListCreate(name="Day"))
            for duration in durations:
                said = wire.TimerCreate(timer_list_id=made.id, name="t", duration=duration)
                await service.create_timer(self.user, said)
            return await service.control(self.user, made.id, Action.START)

        return list(self.house.ask(start))

    def told(self, kind: str) -> dict[str, Any]:
        """Wait for the next event of a kind."""
        while True:
            event = json.loads(self.socket.recv(PATIENCE))
            if event["type"] == kind:
                return event

    def answers(self) -> bool:
        """Tell whether the socket still answers, and by the service's clock."""
        self.socket.send(json.dumps({"type": "Ping", "clientTime": 7}))
        pong = self.told("Pong")
        return abs(pong["serverTime"] - self.clock.now()) < MINUTE


@pytest.fixture
def watch(tmp_path):
    clock = SetClock()
    with open_house(tmp_path, clock) as house:
        token = house.user("ann")
        identity = house.ask(lambda: house.parts.verifier.verify(token, clock.now()))
        headers = {"Authorization": f"Bearer {token}"}
        with connect(house.service.socket_url, additional_headers=headers, proxy=None) as socket:
            yield Watch(house, clock, socket, token, identity.user)


def test_what_a_clock_set_forward_makes_due_is_told_by_itself_and_the_chain_keeps_its_times(watch):
    (timer,) = watch.start(HOUR, 2 * HOUR, 10 * HOUR)
    watch.clock.ahead = 4 * HOUR
    first, second = (watch.told("TimerCompleted") for _ in range(2))
    assert first["dueAt"] == timer.due_at
    assert second["dueAt"] == timer.due_at + 2 * HOUR
    assert second["firedAt"] >= timer.due_at + 3 * HOUR - MINUTE
    assert watch.told("TimerUpdate")["timer"]["dueAt"] == timer.due_at + 12 * HOUR
    assert second["seq"] == first["seq"] + 1
    assert watch.answers(), "it stays open although its token has expired"


def test_a_clock_set_back_fires_nothing_early_and_stops_nothing(watch):
    (long,) = watch.start(HOUR)
    watch.clock.ahead = -5 * HOUR
    (short,) = watch.start(1_000)
    assert short.due_at < long.due_at - 4 * HOUR
    assert watch.told("TimerCompleted")["timer"]["id"] == short.id
    assert watch.answers()
    shown = watch.house.ask(lambda: watch.house.parts.service.timer(watch.user, long.id))
    assert (shown.state, shown.remaining_seconds) == (wire.State.RUNNING, 3_600)
    watch.clock.ahead = 2 * HOUR
    assert watch.told("TimerCompleted")["timer"]["id"] == long.id


def test_tokens_follow_the_clock_and_tell_what_is_wrong(watch):
    def cause():
        headers = {"Authorization": f"Bearer {watch.token}"}
        with pytest.raises(InvalidStatus) as refused:
            connect(watch.house.service.socket_url, additional_headers=headers, proxy=None)
        return json.loads(refused.value.response.body)["type"]

    watch.clock.ahead = HOUR
    assert cause() == "urn:ws101:cause:token-expired"
    watch.clock.ahead = -HOUR
    assert cause() == "urn:ws101:cause:token-not-yet-valid"
    assert watch.answers()
