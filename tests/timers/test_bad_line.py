"""The client's session at the real service, over a line that breaks all the time: it loses nothing and hears nothing twice."""

import asyncio
import contextlib
import random

import pytest

from timers.client.peers import Told, running
from timers.server.house import open_house
from ws101.timers import wire
from ws101.timers.client.connection import Place, connect
from ws101.timers.client.credentials import Vault
from ws101.timers.client.login import Login
from ws101.timers.client.machine import State
from ws101.timers.client.profile import Profile
from ws101.timers.client.rest import Account, Rest
from ws101.timers.client.session import Session, Stood
from ws101.timers.clock import SystemClock

OFF = {"WS101_TIMERS_KEYRING": "off"}
PASSWORD = "correct horse battery staple"


@contextlib.asynccontextmanager
async def cutting(port, draw):
    """Relay to a port; each connection is cut after some bytes of the service's, anywhere in a frame."""
    tasks = set()
    line = {"sound": False}

    async def serve(reader, writer):
        tasks.add(asyncio.current_task())
        there = await asyncio.open_connection("127.0.0.1", port)
        up = asyncio.create_task(_pump(reader, there[1], None))
        with contextlib.suppress(OSError):
            await _pump(there[0], writer, None if line["sound"] else draw)
        up.cancel()
        for each in (writer, there[1]):
            each.transport.abort()
        await asyncio.gather(up, return_exceptions=True)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], line
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pump(reader, writer, draw):
    left = draw.randrange(200, 4000) if draw else 1 << 60
    while left > 0 and (data := await reader.read(min(65536, left))):
        left -= len(data)
        writer.write(data)
        await writer.drain()


async def _at_once(delay):
    await asyncio.sleep(min(delay, 0.01))


def _client(port, directory, name):
    clock = SystemClock()
    profile = Profile(name, f"http://127.0.0.1:{port}")
    rest = Rest(profile, clock)
    login = Login(profile, Vault(directory, OFF), rest, clock)
    return profile, login, Account(rest, login)


def _session(profile, login, account):
    told, clock = Told(), SystemClock()
    session = Session(
        lambda token, query: connect(Place(profile, query, token), clock, lambda lines: None),
        login, account.lists, told, device=login.credentials().device, clock=clock, sleep=_at_once,
    )  # fmt: skip
    return session, told


async def _work(account, draw):
    """Make a list of timers, and let them run, rest and stop, in an order of the draw."""
    home = await account.create_list(wire.ListCreate(name="Work"))
    timers = [
        await account.create_timer(wire.TimerCreate(timer_list_id=home.id, name=f"T{n}", duration=600_000))
        for n in range(3)
    ]
    for _ in range(30):
        await account.control(home.id, "restart", draw.choice(timers).id)
        for action in ("pause", "resume", "stop"):
            await account.control(home.id, action, None)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_line_that_breaks_anywhere_loses_nothing_and_tells_nothing_twice(tmp_path, seed):
    draw = random.Random(seed)

    async def act(port):
        _, sound, account = _client(port, tmp_path, "sound")
        await sound.register("Ada", "ada@x.test", PASSWORD)
        async with cutting(port, draw) as (broken, line):
            profile, login, _ = _client(broken, tmp_path, "broken")
            line["sound"] = True
            await login.sign_in("ada@x.test", PASSWORD)
            line["sound"] = False
            session, told = _session(profile, login, account)
            async with running(session):
                await told.until(lambda: State.LIVE in told.states)
                await _work(account, draw)
                line["sound"] = True
                last = await account.create_list(wire.ListCreate(name="last"))
                await told.until(lambda: any(held.id == last.id for held in session.mirror.lists))
            return session, told, await account.lists()

    with open_house(tmp_path) as house:
        session, told, lists = asyncio.run(act(house.service.port))
    heard = [news.seq for news in told.news if isinstance(news, wire.Event)]
    assert heard == list(range(heard[0], heard[-1] + 1)), "each event once, in order, none left out"
    assert len(heard) > 100
    assert session.mirror.lists == lists
    assert told.states.count(State.LIVE) > 1, "the line never broke, so nothing was tried"
    assert not [news for news in told.news if isinstance(news, Stood) and news.state is State.REFUSED]
