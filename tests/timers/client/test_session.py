import asyncio
import json

import pytest

from timers.client.building import completed, recovered, snapshot, timer, timer_list, update
from timers.client.peers import FakeClock, FakeTokens, make_session, running, serving
from ws101.timers import wire
from ws101.timers.client.machine import State
from ws101.timers.client.refusal import Ended, Interrupted, NotSignedIn, Refused, Unreachable
from ws101.timers.client.session import Synced
from ws101.timers.wire import State as Timing

LIST = timer_list(timer())
RUNNING = timer(state=Timing.RUNNING, due_at=1_700_000_060_000, version=2)


def refusing(cause, **fields):
    async def script(peer):
        peer.refuse(cause, **fields)

    return script


def welcoming(*messages):
    async def script(peer):
        peer.switch(*messages)
        await peer.linger()

    return script


def ran_out(*scripts, **given):
    """Run a session against these until it ends by itself; return it, what it told, and the peers."""

    async def act():
        async with serving(*scripts) as (port, peers):
            session, told = make_session(port, **given)
            async with asyncio.timeout(20):
                assert await session.run() is State.REFUSED
            return session, told, peers

    return asyncio.run(act())


def lived(*scripts, until, **given):
    """Run a session against these until something holds, and stop it."""

    async def act():
        async with serving(*scripts) as (port, peers):
            session, told = make_session(port, **given)
            async with running(session):
                await told.until(lambda: until(session, told))
            assert session.state is State.STOPPED
            return session, told, peers

    return asyncio.run(act())


def test_the_first_connection_asks_for_the_state_and_lives():
    session, told, peers = lived(
        welcoming(snapshot(7, LIST)), until=lambda session, told: State.LIVE in told.states
    )
    assert told.states == [State.CONNECTING, State.RESUMING, State.LIVE, State.STOPPED]
    assert (session.mirror.seq, session.mirror.lists) == (7, (LIST,))
    assert peers[0].query == {"device": "here", "since": "0", "epoch": "none"}
    assert peers[0].header("Authorization") == "Bearer token-0"


@pytest.mark.parametrize(
    "cause", ["token-signature-invalid", "token-user-unknown", "token-lacks-permission", "wrong-path"]
)
def test_what_is_refused_for_good_is_asked_once(cause):
    session, told, peers = ran_out(refusing(cause))
    assert len(peers) == 1
    assert isinstance(session.error, Refused)
    assert session.error.refusal.cause == cause
    assert told.states == [State.CONNECTING, State.REFUSED]
    assert "abcdef12" in str(session.error)


def test_an_expired_token_is_renewed_once():
    _, told, peers = lived(
        refusing("token-expired"),
        welcoming(snapshot(1)),
        until=lambda session, told: State.LIVE in told.states,
    )
    assert [peer.header("Authorization") for peer in peers] == ["Bearer token-0", "Bearer token-1"]
    assert told.states[:3] == [State.CONNECTING, State.RENEWING, State.RETRYING]


def test_a_new_token_that_has_expired_too_ends_it():
    session, _, peers = ran_out(refusing("token-expired"), refusing("token-expired"))
    assert len(peers) == 2
    assert session.error.refusal.cause == "token-expired"


def test_a_login_that_has_ended_ends_it():
    session, _, peers = ran_out(
        refusing("token-expired"), tokens=FakeTokens(error=NotSignedIn("dev", "your login has ended"))
    )
    assert len(peers) == 1
    assert str(session.error) == "your login has ended. Sign in: ws101 timers login"


def test_retry_after_is_waited_for_with_jitter_on_top():
    clock = FakeClock()
    ran_out(
        refusing("server-overloaded", Retry_After="20"), refusing("wrong-path"), clock=clock, draw=lambda: 0.5
    )
    assert sum(clock.waits) == pytest.approx(20 + 0.5 * 2.0)


def test_the_service_away_is_waited_for_longer_each_time():
    clock = FakeClock()

    async def act():
        async with serving() as (port, _):
            pass
        session, told = make_session(port, clock=clock, draw=lambda: 0.5)
        async with running(session):
            await told.until(lambda: told.states.count(State.WAITING) == 5)
        return told

    told = asyncio.run(act())
    waits = [news.wait for news in told.news if getattr(news, "wait", 0)]
    assert waits == [1.0, 2.0, 4.0, 8.0, 15.0]
    errors = {type(news.error) for news in told.news if getattr(news, "state", None) is State.WAITING}
    assert errors == {Unreachable}


def test_after_a_drop_in_the_middle_of_a_frame_it_resumes_where_it_was():
    async def cut(peer):
        peer.switch(snapshot(7, LIST), update(8, RUNNING))
        whole = wire.encode(update(9, RUNNING))
        peer.writer.write(b"\x81\x7e" + len(whole).to_bytes(2, "big") + whole[:20])
        await peer.writer.drain()
        await peer.hear()
        peer.reset()

    again = update(9, timer(state=Timing.PAUSED, version=3))
    session, told, peers = lived(
        cut, welcoming(recovered(9), again), until=lambda session, told: len(told.of(wire.TimerUpdate)) == 2
    )
    assert peers[1].query == {"device": "here", "since": "8", "epoch": "e1"}
    assert session.mirror.seq == 9
    assert session.mirror.timer("t-focus").state is Timing.PAUSED
    assert [event.seq for event in told.of(wire.TimerUpdate)] == [8, 9]


def test_events_that_are_missing_are_fetched_by_resuming():
    first = welcoming(snapshot(7, LIST), update(9, RUNNING))
    second = welcoming(recovered(9), update(8, RUNNING), update(9, RUNNING), update(9, RUNNING))
    session, told, peers = lived(first, second, until=lambda session, told: session.mirror.seq == 9)
    assert peers[1].query["since"] == "7"
    assert [event.seq for event in told.of(wire.TimerUpdate)] == [8, 9]
    assert session.mirror.seq == 9


def test_another_epoch_begins_with_a_snapshot():
    other = snapshot(2, timer_list(name="New"), epoch="e2")
    first = welcoming(snapshot(7, LIST), update(8, RUNNING, epoch="e2"))
    session, _, _ = lived(first, welcoming(other), until=lambda session, told: session.mirror.epoch == "e2")
    assert [held.name for held in session.mirror.lists] == ["New"]


@pytest.mark.parametrize(
    ("code", "longest"), [(4100, 0.5), (1012, 2.0), (4200, 2.0), (1006, 2.0), (1011, 2.0)]
)
def test_a_close_says_how_soon_to_come_back(code, longest):
    async def close(peer):
        peer.switch(snapshot(7, LIST))
        await peer.hear()
        if code == 1006:
            peer.reset()
        else:
            peer.shut(code)
            await peer.linger()

    clock = FakeClock()
    _, told, _ = lived(
        close, welcoming(recovered(7)), until=lambda session, told: told.states.count(State.LIVE) == 2, clock=clock,
        draw=lambda: 0.999,
    )  # fmt: skip
    [waited] = [news for news in told.news if getattr(news, "state", None) is State.WAITING]
    assert isinstance(waited.error, Interrupted)
    assert waited.wait == pytest.approx(longest, rel=0.01)


@pytest.mark.parametrize(
    ("code", "words"), [(4401, "Sign in"), (4403, "locked"), (4499, "as it is"), (1008, "as it is")]
)
def test_a_close_for_good_ends_it(code, words):
    async def close(peer):
        peer.switch(snapshot(7, LIST))
        peer.shut(code, b"why")
        await peer.linger()

    session, _, peers = ran_out(close)
    assert isinstance(session.error, Ended)
    assert words in str(session.error)
    assert len(peers) == 1


def test_a_service_that_goes_silent_is_left():
    clock = FakeClock()

    async def mute(peer):
        peer.switch(snapshot(7, LIST))
        assert json.loads(await peer.hear())["type"] == "Ping"
        clock.shift(11, 11)
        peer.say(update(8, RUNNING))  # wakes the client, and is no Pong
        await peer.linger()

    _, told, peers = lived(
        mute,
        welcoming(recovered(8)),
        until=lambda session, told: told.states.count(State.LIVE) == 2,
        clock=clock,
    )
    [waited] = [news for news in told.news if getattr(news, "state", None) is State.WAITING]
    assert "silent" in str(waited.error)
    assert peers[1].query["since"] == "8"


def test_after_a_sleep_the_clock_is_learned_anew_and_the_socket_resumed():
    clock = FakeClock()

    async def sleep(peer):
        peer.switch(snapshot(7, LIST))
        await peer.hear()
        clock.shift(0.1, 3600)
        peer.say(update(8, RUNNING))
        await peer.linger()

    session, told, _ = lived(
        sleep, welcoming(recovered(8, server_time=1_700_003_600_000)), clock=clock,
        until=lambda session, told: told.states.count(State.LIVE) == 2,
    )  # fmt: skip
    [waited] = [news for news in told.news if getattr(news, "state", None) is State.WAITING]
    assert "slept" in str(waited.error)
    assert session.service_time() == pytest.approx(1_700_003_600_000, abs=1000)


def test_pings_teach_the_clock():
    clock = FakeClock()

    async def answer(peer):
        peer.switch(snapshot(7, LIST, server_time=5_000_000))
        ping = json.loads(await peer.hear())
        clock.shift(0.25, 0.25)
        peer.say(wire.Pong(server_time=6_000_000, client_time=ping["clientTime"]))
        peer.say(update(8, RUNNING))
        await peer.linger()

    clock.shift(0, 0)
    session, _, _ = lived(answer, until=lambda session, told: session.mirror.seq == 8, clock=clock)
    assert len(session.offset.samples) == 2
    assert session.offset.samples[1] == pytest.approx((6_000_000 - 1_000_125, 250))


def test_an_acknowledgement_that_could_not_be_sent_is_sent_after_resuming():
    heard = []

    async def hear(peer):
        peer.switch(recovered(8))
        while not heard or heard[-1]["type"] != "Ack":
            heard.append(json.loads(await peer.hear()))
        peer.say(update(9, RUNNING))
        await peer.linger()

    async def cut(peer):
        peer.switch(snapshot(7, LIST), completed(8, timer(state=Timing.COMPLETED, version=2)))
        await peer.hear()
        peer.reset()

    async def act():
        async with serving(cut, hear) as (port, _):
            session, told = make_session(port)
            async with running(session):
                await told.until(lambda: State.WAITING in told.states)
                session.acknowledge(8)
                await told.until(lambda: session.mirror.seq == 9)

    asyncio.run(act())
    assert {"type": "Ack", "seq": 8} in heard


def test_a_refresh_is_fetched():
    async def lists():
        return (timer_list(name="Fetched"),)

    event = wire.TimerListRefresh(seq=8, epoch="e1", event_id="x")
    session, _, _ = lived(
        welcoming(snapshot(7, LIST), event),
        until=lambda session, told: len(told.of(Synced)) == 2,
        lists=lists,
    )
    assert [held.name for held in session.mirror.lists] == ["Fetched"]


def test_a_refresh_that_could_not_be_fetched_comes_again():
    answers = [Unreachable("h:1", "nothing listens there"), (timer_list(name="Fetched"),)]

    async def lists():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    event = wire.TimerListRefresh(seq=8, epoch="e1", event_id="x")
    session, told, peers = lived(
        welcoming(snapshot(7, LIST), event),
        welcoming(recovered(8), event),
        until=lambda session, told: len(told.of(Synced)) == 2,
        lists=lists,
    )
    assert peers[1].query["since"] == "7"
    assert (session.mirror.seq, session.mirror.lists[0].name) == (8, "Fetched")
    assert len(told.of(wire.TimerListRefresh)) == 1


def test_a_101_that_breaks_the_protocol_is_refused_and_told():
    async def lie(peer):
        peer.writer.write(
            b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: eA==\r\n\r\n"
        )
        await peer.linger()

    session, _, _ = ran_out(lie)
    assert "breaks the protocol" in str(session.error)
    assert "Accept" in str(session.error)


def test_what_is_no_answer_is_waited_out():
    async def hang_up(peer):
        pass

    clock = FakeClock()
    _, told, _ = lived(
        hang_up, welcoming(snapshot(1)), until=lambda session, told: State.LIVE in told.states, clock=clock
    )
    assert "without an answer" in str(told.news[1].error)


def test_the_log_is_made_of_what_was_sent_and_holds_no_token():
    logged = []
    _, _, peers = ran_out(refusing("token-signature-invalid"), log=logged.extend)
    sent = peers[0].head.decode().split("\r\n")[1:-2]
    shown = [line.removeprefix("  - ") for line in logged if line.startswith("  - ")]
    assert shown == [line.replace("Bearer token-0", "Bearer [token, 1 part, 7 characters]") for line in sent]
    assert f"wss://127.0.0.1:{peers[0].header('Host').rpartition(':')[2]}" not in "".join(logged)
    assert logged[-3].endswith("expected status code 101 but was 401")
