"""A whole service in this process, without a port: its REST calls by httpx, its clock and its log in the test's hands."""

import asyncio
import io
import json
from contextlib import asynccontextmanager

import httpx
from msgspec.structs import replace

from timers.server.clockwork import Clockwork
from timers.server.people import PASSWORD, cheap
from ws101.timers.server.accounts import Accounts
from ws101.timers.server.api import app
from ws101.timers.server.assembly import assemble
from ws101.timers.server.logs import Logs
from ws101.timers.server.metrics import Metrics
from ws101.timers.server.passwords import Passwords
from ws101.timers.server.tokens import Minter
from ws101.timers.settings import ServiceSettings
from ws101.timers.store import Store

V1 = "/api/v1"
URL = "http://service.test"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
TIMER = {"name": "Work", "duration": 1_500_000}


class Caller:
    """Whoever calls; `token` goes along when there is one."""

    def __init__(self, http, signed_in=None):
        self.http, self.signed_in = http, signed_in
        self.headers = {"Authorization": f"Bearer {signed_in['token']}"} if signed_in else {}
        self.id = signed_in["user"]["id"] if signed_in else None

    async def __call__(self, method, path, body=None, /, **more):
        headers = {**self.headers, **more.pop("headers", {})}
        if body is not None:
            more["json"] = body
        answer = await self.http.request(method, path, headers=headers, **more)
        _check(answer)
        return answer

    async def made(self, path, body):
        answer = await self("POST", path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()


def _check(answer):
    """What holds for every answer."""
    assert answer.headers["x-request-id"]
    assert "date" in answer.headers
    if answer.status_code < 400:
        return
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    if answer.content:
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert problem["title"]
        assert problem["traceId"] == answer.headers["x-request-id"]
        assert "Traceback" not in answer.text
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"].startswith('Bearer realm="')
    if answer.status_code == 429:
        assert int(answer.headers["retry-after"]) > 0


class World:
    def __init__(self, parts, clock, http, log, transport):
        self.parts, self.clock, self.http, self.log, self.transport = parts, clock, http, log, transport
        self.nobody = Caller(http)

    async def user(self, email="ada@example.org"):
        made = await self.parts.accounts.register(email.partition("@")[0], email, PASSWORD)
        return Caller(self.http, json.loads(_json(made)))


def _json(value):
    from ws101.timers import wire

    return wire.encode(value)


@asynccontextmanager
async def world(path, *, peer="127.0.0.1", raise_errors=True, **settings):
    clock, log = Clockwork(), io.StringIO()
    chosen = ServiceSettings(data=path, log="json", **settings)
    metrics = Metrics()
    store, logs = Store(path / "timers.sqlite3"), Logs(chosen, clock, metrics, log)
    metrics, store = Metrics(), Store(path / "timers.sqlite3")
    logs = Logs(chosen, clock, metrics, log)
    parts, _ = assemble(chosen, clock, store, logs, metrics)
    parts.accounts.close()
    minter = Minter(parts.keys, chosen)
    accounts = Accounts(parts.store, clock, chosen, minter, parts.hub.end, Passwords(cheap()))
    parts = replace(parts, accounts=accounts)
    parts.readiness.begin()
    transport = httpx.ASGITransport(app(parts), raise_app_exceptions=raise_errors, client=(peer, 40_000))
    try:
        async with httpx.AsyncClient(transport=transport, base_url=URL) as http:
            yield World(parts, clock, http, log, transport)
    finally:
        accounts.close()
        await parts.store.close()
        parts.logs.close()


def run(path, story, **settings):
    async def told():
        async with world(path, **settings) as here:
            await story(here)

    asyncio.run(told())


async def a_list(caller, name="Day", timers=2, **more):
    made = await caller.made(f"{V1}/timers/lists", {"name": name, **more})
    for n in range(timers):
        await caller.made(f"{V1}/timers", {"timerListId": made["id"], **TIMER, "name": f"Timer {n}"})
    return (await caller("GET", f"{V1}/timers/lists/{made['id']}")).json()
