"""What ends a session closes its sockets at once, and nobody else's; over real sockets and real HTTP."""

import asyncio
import contextlib
import io
import json
from contextlib import asynccontextmanager

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from ws101.timers.clock import SystemClock
from ws101.timers.server.run import running
from ws101.timers.settings import ServiceSettings

PATIENCE = 60.0
PASSWORD = "a good password"


class Ahead(SystemClock):
    """The machine's clock, some seconds ahead."""

    seconds = 0

    def now(self):
        return super().now() + self.seconds * 1_000


class House:
    def __init__(self, service, http, clock):
        self.service, self.http, self.clock = service, http, clock

    async def register(self, email):
        said = {"name": "Somebody", "email": email, "password": PASSWORD}
        return (await self.http.post("/api/v1/auth/register", json=said)).json()

    async def login(self, email):
        return (
            await self.http.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})
        ).json()

    async def call(self, who, method, path, body=None):
        bearer = {"Authorization": f"Bearer {who['token']}"}
        answer = await self.http.request(method, f"/api/v1{path}", headers=bearer, json=body)
        assert answer.status_code < 300, answer.text
        return answer

    def connect(self, who):
        headers = {"Authorization": f"Bearer {who['token']}"}
        return connect(self.service.socket_url, additional_headers=headers, open_timeout=PATIENCE)


@asynccontextmanager
async def house(path, **settings):
    clock = Ahead()
    chosen = ServiceSettings(port=0, data=path, log="json", **settings)
    async with (
        running(chosen, clock, io.StringIO()) as service,
        httpx.AsyncClient(base_url=service.url, timeout=PATIENCE) as http,
    ):
        yield House(service, http, clock)


async def close_of(socket):
    async with asyncio.timeout(PATIENCE):
        with contextlib.suppress(ConnectionClosedError):
            async for _ in socket:
                pass  # what was said before the close
    return socket.close_code, socket.close_reason


async def refusal_of(here, who):
    with pytest.raises(InvalidStatus) as caught:
        async with here.connect(who):
            pass
    response = caught.value.response
    return response.status_code, json.loads(response.body)["type"].rpartition(":")[2]


async def by_logout(here, who):
    await here.call(who, "POST", "/auth/logout")


async def by_stolen_refresh(here, who):
    stolen = given = who["refreshToken"]
    for _ in range(2):
        answer = await here.http.post("/api/v1/auth/refresh", json={"refreshToken": given})
        given = answer.json()["refreshToken"]
    assert (await here.http.post("/api/v1/auth/refresh", json={"refreshToken": stolen})).status_code == 401


async def by_ending_it_elsewhere(here, who):
    other = await here.login(who["user"]["email"])
    shown = (await here.call(other, "GET", "/auth/sessions")).json()
    old = next(session["id"] for session in shown if not session["current"])
    await here.call(other, "DELETE", f"/auth/sessions/{old}")


async def by_new_password(here, who):
    other = await here.login(who["user"]["email"])
    await here.call(
        other, "POST", "/auth/password", {"password": PASSWORD, "newPassword": "another good one"}
    )


async def by_lock(here, who):
    await here.service.parts.accounts.set_locked(who["user"]["id"], locked=True)


async def by_deletion(here, who):
    await here.call(who, "DELETE", f"/users/{who['user']['id']}")


@pytest.mark.parametrize(
    ("end", "close", "refusal"),
    [
        (by_logout, (4401, "session-ended"), (401, "token-user-unknown")),
        (by_stolen_refresh, (4401, "session-ended"), (401, "token-user-unknown")),
        (by_ending_it_elsewhere, (4401, "session-ended"), (401, "token-user-unknown")),
        (by_new_password, (4401, "session-ended"), (401, "token-user-unknown")),
        (by_lock, (4403, "user-locked"), (403, "token-lacks-permission")),
        (by_deletion, (4401, "session-ended"), (401, "token-user-unknown")),
    ],
)
def test_an_ended_session_is_closed_and_does_not_come_back(tmp_path, end, close, refusal):
    async def story():
        async with house(tmp_path) as here:
            ada, eve = await here.register("ada@example.org"), await here.register("eve@example.org")
            async with here.connect(ada) as mine, here.connect(ada) as mine_too, here.connect(eve) as theirs:
                await end(here, ada)
                assert await close_of(mine) == await close_of(mine_too) == close
                assert await refusal_of(here, ada) == refusal
                await theirs.ping()
                await here.call(eve, "POST", "/timers/lists", {"name": "Still here"})
                async with asyncio.timeout(PATIENCE):
                    assert json.loads(await theirs.recv())["type"] == "TimerListUpdate"

    asyncio.run(story())


def test_an_open_socket_outlives_its_access_token_but_no_new_one_opens(tmp_path):
    async def story():
        async with house(tmp_path) as here:
            ada = await here.register("ada@example.org")
            async with here.connect(ada) as socket:
                here.clock.seconds = 601
                assert await refusal_of(here, ada) == (401, "token-expired")
                again = (
                    await here.http.post("/api/v1/auth/refresh", json={"refreshToken": ada["refreshToken"]})
                ).json()
                await here.call(again, "POST", "/timers/lists", {"name": "Day"})
                async with asyncio.timeout(PATIENCE):
                    assert json.loads(await socket.recv())["timerList"]["name"] == "Day"

    asyncio.run(story())


def test_a_ticket_opens_one_socket(tmp_path):
    async def story():
        async with house(tmp_path) as here:
            ada = await here.register("ada@example.org")
            ticket = (await here.call(ada, "POST", "/timers/tickets")).json()["ticket"]
            url = f"{here.service.socket_url}?ticket={ticket}"
            async with connect(url, open_timeout=PATIENCE) as socket:
                await by_logout(here, ada)
                assert (await close_of(socket))[0] == 4401, "it belongs to the session that asked for it"
            with pytest.raises(InvalidStatus) as caught:
                async with connect(url, open_timeout=PATIENCE):
                    pass
            assert caught.value.response.status_code == 401
            ada = await here.login("ada@example.org")
            ticket = (await here.call(ada, "POST", "/timers/tickets")).json()["ticket"]
            await by_logout(here, ada)
            with pytest.raises(InvalidStatus):
                async with connect(f"{here.service.socket_url}?ticket={ticket}", open_timeout=PATIENCE):
                    pass

    asyncio.run(story())


@pytest.mark.parametrize("algorithm", ["RS256", "HS256"])
def test_the_other_algorithms_serve_too(tmp_path, algorithm):
    (tmp_path / "secret").write_bytes(b"x" * 48)

    async def story():
        async with house(tmp_path, algorithm=algorithm, secret_file=tmp_path / "secret") as here:
            ada = await here.register("ada@example.org")
            async with here.connect(ada) as socket:
                await socket.ping()

    asyncio.run(story())
