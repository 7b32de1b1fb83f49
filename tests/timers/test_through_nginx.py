"""The whole way: client, nginx with TLS from the examples, service; with the network cut on either side of nginx."""

import asyncio
import io
import json
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial

import pytest
from msgspec import Struct, field

from examples import site
from timers.cutting import Way, way_to
from ws101.handshake.answer import Answer
from ws101.lab.certificates import directory as certificates
from ws101.timers import wire
from ws101.timers.client import rest
from ws101.timers.client.connection import Place, connect
from ws101.timers.client.credentials import Vault
from ws101.timers.client.login import Login
from ws101.timers.client.machine import State
from ws101.timers.client.profile import Profile
from ws101.timers.client.session import Session, Stood
from ws101.timers.clock import SystemClock
from ws101.timers.server.run import running
from ws101.timers.settings import ServiceSettings
from ws101.timers.wire import State as Timing

PASSWORD = "correct horse battery staple"
EMAIL = "ada@timers.test"
PATIENCE = 60
_CLOCK = SystemClock()
_EVENTS = wire.Event


@pytest.fixture(params=["wheel", "system"])
def binary(request):
    return site.binary(request.param)


class Device(Struct):
    """A client that is signed in, and all that its session has told."""

    login: Login
    session: Session
    account: rest.Account
    told: list[object] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, news: object) -> None:
        self.told.append(news)
        self.changed.set()

    @property
    def events(self) -> list[wire.Event]:
        return [news for news in self.told if isinstance(news, _EVENTS)]

    @property
    def states(self) -> list[State]:
        return [news.state for news in self.told if isinstance(news, Stood)]

    async def until(self, holds) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                self.changed.clear()
                await self.changed.wait()

    async def live(self) -> None:
        await self.until(lambda: self.session.state is State.LIVE)


class Whole(Struct):
    """client ─ outer ─ nginx ─ inner ─ service; and a client that reaches the service without nginx, over `aside`."""

    service: AsyncExitStack
    settings: ServiceSettings
    log: io.StringIO
    site: site.Site
    outer: Way
    inner: Way
    aside: Way
    desk: Device
    phone: Device
    beside: Device

    async def restart(self) -> None:
        """End the service, as a deployment does, and start it again on another port."""
        await self.service.aclose()
        again = await self.service.enter_async_context(running(self.settings, log=self.log))
        self.inner.target = self.aside.target = again.port


@asynccontextmanager
async def whole(binary, directory):
    log = io.StringIO()
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        settings = ServiceSettings(port=0, data=directory / "data", log="text")
        service = await enter(AsyncExitStack())
        first = await service.enter_async_context(running(settings, log=log))
        inner, aside = await enter(way_to(first.port)), await enter(way_to(first.port))
        front = await enter(site.serving(binary, directory / "nginx", inner.port))
        outer = await enter(way_to(front.tls))
        secure = partial(
            Profile, url=f"https://127.0.0.1:{outer.port}", ca_file=str(certificates() / "root.pem")
        )
        await rest.Rest(secure("desk"), _CLOCK).register("Ada", EMAIL, PASSWORD)
        desk, phone, beside = [
            await enter(signed_in(profile, directory / "logins"))
            for profile in (
                secure("desk"),
                secure("phone"),
                Profile("beside", f"http://127.0.0.1:{aside.port}"),
            )
        ]
        yield Whole(service, settings, log, front, outer, inner, aside, desk, phone, beside)


@asynccontextmanager
async def signed_in(profile, directory):
    calls = rest.Rest(profile, _CLOCK)
    login = Login(profile, Vault(directory, {"WS101_TIMERS_KEYRING": "off"}), calls, _CLOCK)
    await login.sign_in(EMAIL, PASSWORD)
    account = rest.Account(calls, login)

    def dial(token, query):
        return connect(Place(profile, query, token), _CLOCK, lambda _: None)

    device = Device(login, None, account)
    device.session = Session(dial, login, account.lists, lambda news: device.tell(news), device=profile.name)
    task = asyncio.create_task(device.session.run())
    try:
        await device.live()
        yield device
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def through(binary, directory, act):
    """Run `act(whole)` and return what it returns."""

    async def run():
        async with asyncio.timeout(100), whole(binary, directory) as all_of_it:
            return await act(all_of_it)

    return asyncio.run(run())


async def has_a_timer(device: Device, duration: int = 60_000) -> tuple[wire.TimerList, wire.Timer]:
    made = await device.account.create_list(wire.ListCreate(name="Work"))
    timer = await device.account.create_timer(
        wire.TimerCreate(timer_list_id=made.id, name="Focus", duration=duration)
    )
    return made, timer


async def level(*devices: Device) -> None:
    """Wait until the devices have heard of everything that the last one has."""
    last = devices[-1].session.mirror.seq
    for device in devices:
        await device.until(lambda device=device: device.session.mirror.seq >= last)


def _whole_and_once(device: Device) -> list[int]:
    seqs = [event.seq for event in device.events]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    assert len({event.event_id for event in device.events}) == len(seqs)
    return seqs


def test_what_one_device_starts_another_sees(binary, tmp_path):
    async def act(all_of_it):
        made, timer = await has_a_timer(all_of_it.desk)
        await all_of_it.desk.account.control(made.id, "start", timer.id)
        phone = all_of_it.phone
        await phone.until(
            lambda: any(
                isinstance(e, wire.TimerUpdate) and e.timer.state is Timing.RUNNING for e in phone.events
            )
        )
        held = phone.session.mirror.timer(timer.id)
        return made, timer, phone.events[-1], held

    made, timer, event, held = through(binary, tmp_path, act)
    assert (event.list_id, event.timer.id, event.timer.state) == (made.id, timer.id, Timing.RUNNING)
    assert event.remaining_time == 60
    assert held == event.timer


@pytest.mark.parametrize("side", ["outer", "inner"])
def test_a_cut_loses_no_event_and_brings_none_twice(binary, side, tmp_path):
    """Events happen while the two devices behind nginx are cut off; the one beside it hears all of them as they come."""

    async def act(all_of_it):
        desk, phone, beside = all_of_it.desk, all_of_it.phone, all_of_it.beside
        made, timer = await has_a_timer(desk, duration=1_000)
        await beside.until(lambda: beside.session.mirror.timer(timer.id) is not None)
        await level(desk, phone, beside)
        way = getattr(all_of_it, side)
        way.cut()
        for device in (desk, phone):
            await device.until(lambda device=device: State.WAITING in device.states)
        for turn in range(8):
            await beside.account.create_list(wire.ListCreate(name=f"Away {turn}"))
        await beside.account.control(made.id, "start", timer.id)
        await beside.until(lambda: any(isinstance(event, wire.TimerCompleted) for event in beside.events))
        assert not any(isinstance(event, wire.TimerCompleted) for event in desk.events)
        way.mend()
        await level(desk, phone, beside)
        await desk.account.create_list(wire.ListCreate(name="Back"))
        await beside.until(lambda: any(held.name == "Back" for held in beside.session.mirror.lists))
        await level(desk, phone, beside)
        return all_of_it

    all_of_it = through(binary, tmp_path, act)
    for device in (all_of_it.desk, all_of_it.phone):
        seqs = _whole_and_once(device)
        assert seqs == _whole_and_once(all_of_it.beside)
        assert [event.event_id for event in device.events] == [
            event.event_id for event in all_of_it.beside.events
        ]
        assert device.session.mirror.lists == all_of_it.beside.session.mirror.lists
        assert device.states.count(State.LIVE) >= 2
        assert sum(isinstance(event, wire.TimerCompleted) for event in device.events) == 1


def test_a_restart_of_the_service_loses_no_event_either(binary, tmp_path):
    async def act(all_of_it):
        desk, phone, beside = devices = all_of_it.desk, all_of_it.phone, all_of_it.beside
        made, timer = await has_a_timer(desk)
        await desk.account.control(made.id, "start", timer.id)
        await beside.until(lambda: beside.session.mirror.timer(timer.id) is not None)
        await all_of_it.restart()
        for device in devices:
            await device.until(lambda device=device: State.WAITING in device.states)
            await device.live()
        (paused,) = await phone.account.control(made.id, "pause", timer.id)
        for device in devices:
            await device.until(lambda device=device: device.session.mirror.timer(timer.id) == paused)
        return devices

    desk, phone, beside = through(binary, tmp_path, act)
    assert _whole_and_once(desk) == _whole_and_once(phone) == _whole_and_once(beside)


def test_a_refusal_of_the_service_comes_through_whole(binary, tmp_path):
    async def act(all_of_it):
        sent = site.handshake("Authorization: Bearer null", "X-Request-Id: attempt-0001", "Via: 1.1 edge")
        refused = await site.ask(all_of_it.site.tls, sent, site.trusting())
        answer: Answer = await all_of_it.desk.login.rest.ask(
            "GET", "/api/v1/handshakes/attempt-0001", token=await all_of_it.desk.login.access()
        )
        await site.until(lambda: "attempt-0001" in all_of_it.site.access)
        return refused, answer.body.decode(), all_of_it

    refused, trace, all_of_it = through(binary, tmp_path, act)
    document = refused.problem
    assert (refused.status, document["type"]) == (401, "urn:ws101:cause:token-malformed")
    assert document["traceId"] == refused.one("x-request-id") == "attempt-0001"
    assert '"clientAddress":"127.0.0.1"' in trace
    assert '"X-Forwarded-Proto"' in trace
    assert "attempt-0001" in all_of_it.log.getvalue()


def test_an_origin_is_judged_by_the_host_that_the_browser_asked_for(binary, tmp_path):
    async def act(all_of_it):
        bearer = f"Authorization: Bearer {await all_of_it.desk.login.access()}"
        own = await site.ask(
            all_of_it.site.tls, site.handshake(bearer, f"Origin: https://{site.HOST}"), site.trusting()
        )
        other = await site.ask(
            all_of_it.site.tls, site.handshake(bearer, "Origin: https://other.test"), site.trusting()
        )
        return own, other

    own, other = through(binary, tmp_path, act)
    assert own.status == 101
    assert (other.status, other.problem["type"]) == (403, "urn:ws101:cause:origin-rejected")


def test_no_token_is_left_in_any_log_on_the_way(binary, tmp_path):
    async def act(all_of_it):
        made, timer = await has_a_timer(all_of_it.desk)
        await all_of_it.desk.account.control(made.id, "start", timer.id)
        all_of_it.outer.cut()
        await all_of_it.desk.until(lambda: State.WAITING in all_of_it.desk.states)
        all_of_it.outer.mend()
        await all_of_it.desk.live()
        return all_of_it, [
            device.login.credentials() for device in (all_of_it.desk, all_of_it.phone, all_of_it.beside)
        ]

    all_of_it, logins = through(binary, tmp_path, act)
    written = all_of_it.site.access + all_of_it.site.errors + all_of_it.log.getvalue()
    assert "timers/notifications" in written
    for login in logins:
        for secret in (*login.token.split(".")[1:], login.refresh_token, PASSWORD):
            assert secret not in written


def test_a_head_that_is_too_large_is_refused_by_the_service_itself(binary, tmp_path):
    """nginx takes longer lines than the service, which says more, and keeps a trace."""

    async def act(all_of_it):
        return await site.ask(
            all_of_it.site.tls, site.handshake(f"Cookie: a={'x' * 20_000}"), site.trusting()
        )

    refused = through(binary, tmp_path, act)
    assert (refused.status, refused.problem["type"]) == (431, "urn:ws101:cause:request-header-too-large")
    assert refused.problem["trace"] == f"/api/v1/handshakes/{refused.one('x-request-id')}"


def test_an_upgrade_may_follow_other_requests_on_the_same_connections(binary, tmp_path):
    async def act(all_of_it):
        bearer = f"Authorization: Bearer {await all_of_it.desk.login.access()}"
        async with site.connected(all_of_it.site.tls, site.trusting()) as (reader, writer):
            for sent in (
                site.request("/health"),
                site.handshake(),
                site.request("/health"),
                site.handshake(bearer),
            ):
                writer.write(sent)
                statuses.append((await site.answer(reader)).status)

    statuses: list[int] = []
    through(binary, tmp_path, act)
    assert statuses == [200, 401, 200, 101]


def test_a_browser_connects_with_a_ticket_that_no_log_shows(binary, tmp_path):
    async def act(all_of_it):
        token = await all_of_it.desk.login.access()
        granted = await all_of_it.desk.login.rest.ask("POST", "/api/v1/timers/tickets", token=token)
        ticket = json.loads(granted.body)["ticket"]
        sent = site.handshake(f"Origin: https://{site.HOST}", path=f"{site.SOCKET}?ticket={ticket}")
        first = await site.ask(all_of_it.site.tls, sent, site.trusting())
        second = await site.ask(all_of_it.site.tls, sent, site.trusting())
        await site.until(lambda: all_of_it.site.access.count('ticket="yes"') == 2)
        return first, second, ticket, all_of_it

    first, second, ticket, all_of_it = through(binary, tmp_path, act)
    assert (first.status, second.status) == (101, 401)
    assert ticket not in all_of_it.site.access + all_of_it.site.errors + all_of_it.log.getvalue()


def test_nginx_does_not_open_the_metrics_to_the_internet(binary, tmp_path):
    """To the service nginx is its own machine; whom it speaks for is not."""

    async def act(all_of_it):
        sent = site.request("/metrics", "X-Forwarded-For: 203.0.113.9")
        return await site.ask(all_of_it.site.tls, sent, site.trusting())

    assert through(binary, tmp_path, act).status == 403
