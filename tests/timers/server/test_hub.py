"""Who gets which event, and how all sockets end."""

import asyncio
import json

import pytest

from timers.server.rig import PATIENCE, event, frame_from, served, told
from ws101.timers.closing import SESSION_ENDED, USER_LOCKED

websockets = pytest.importorskip("websockets", reason="websockets (pip install websockets)")
connect = websockets.connect


async def seqs(client, count):
    async with asyncio.timeout(PATIENCE):
        return [json.loads(await client.recv())["seq"] for _ in range(count)]


def test_every_socket_of_the_user_gets_every_event_and_nobody_else_does():
    async def test(rig):
        async with (
            connect(rig.url(user="ann")) as phone,
            connect(rig.url(user="ann")) as desk,
            connect(rig.url(user="bob")) as other,
        ):
            await rig.until(lambda: len(rig.hub) == 3)
            rig.hub.deliver(told(event(1, "ann"), event(1, "nobody"), event(2, "ann"), event(7, "bob")))
            assert await seqs(phone, 2) == await seqs(desk, 2) == [1, 2]
            assert await seqs(other, 1) == [7]
            assert rig.metrics.deliveries == 5

    served(test)


def test_one_socket_that_leaves_takes_no_other_with_it():
    async def test(rig):
        async with connect(rig.url()) as stays:
            async with connect(rig.url()):
                await rig.until(lambda: len(rig.hub) == 2)
            await rig.until(lambda: len(rig.hub) == 1)
            rig.hub.deliver(told(event(1)))
            assert await seqs(stays, 1) == [1]

    served(test)


def test_a_large_event_arrives_whole():
    async def test(rig):
        async with connect(rig.url()) as client:
            await rig.until(lambda: len(rig.hub) == 1)
            rig.hub.deliver(told(event(1, text=b'{"seq":1,"x":"%s"}' % (b"x" * 100_000)), event(2)))
            assert await seqs(client, 2) == [1, 2]

    served(test)


def test_what_was_delivered_comes_before_the_close_and_not_to_who_joins_later():
    async def test(rig):
        async with connect(rig.url(session="a")) as ended:
            await rig.until(lambda: len(rig.hub) == 1)
            rig.hub.deliver(told(event(1)))
            rig.hub.deliver(told(event(2)))
            rig.hub.end("ann", None, SESSION_ENDED)
            rig.hub.deliver(told(event(3)))
            assert await seqs(ended, 2) == [1, 2]
            with pytest.raises(websockets.ConnectionClosed):
                await ended.recv()
        assert rig.metrics.deliveries == 2

    served(test)


def test_a_session_that_ends_closes_its_own_sockets():
    async def test(rig):
        async with connect(rig.url(session="a")) as ended, connect(rig.url(session="b")) as stays:
            await rig.until(lambda: len(rig.hub) == 2)
            rig.hub.end("ann", "a", SESSION_ENDED)
            async with asyncio.timeout(PATIENCE):
                await ended.wait_closed()
            assert ended.close_code == 4401
            rig.hub.deliver(told(event(1)))
            assert await seqs(stays, 1) == [1]
            rig.hub.end("ann", None, USER_LOCKED)
            async with asyncio.timeout(PATIENCE):
                await stays.wait_closed()
            assert stays.close_code == 4403
            rig.hub.end("nobody", None, USER_LOCKED)

    served(test)


def test_a_session_that_ends_while_its_socket_opens_is_closed_too():
    async def test(rig):
        rig.hub.end("ann", "s1", SESSION_ENDED)  # after the handshake was judged, before the socket is there
        rig.hub.standing = lambda user, session: SESSION_ENDED if session == "s1" else None
        async with connect(rig.url(session="s1")) as ended, connect(rig.url(session="s2")) as stays:
            async with asyncio.timeout(PATIENCE):
                await ended.wait_closed()
            assert ended.close_code == 4401
            await rig.until(lambda: len(rig.hub) == 1)
            rig.hub.deliver(told(event(1)))
            assert await seqs(stays, 1) == [1]

    served(test)


def test_a_session_that_runs_out_is_noticed_with_the_next_ping():
    async def test(rig):
        async with connect(rig.url()) as client:
            await rig.until(lambda: len(rig.hub) == 1)
            rig.hub.standing = lambda user, session: SESSION_ENDED
            for _ in range(rig.hub.bounds.ping):
                rig.hub.wheel.turn()
            async with asyncio.timeout(PATIENCE):
                await client.wait_closed()
            assert client.close_code == 4401

    served(test)


def test_where_nobody_can_be_asked_sockets_stay():
    async def test(rig):
        def broken(user, session):
            raise OSError("the store is away")

        async with connect(rig.url()) as client:
            await rig.until(lambda: len(rig.hub) == 1)
            rig.hub.standing = broken
            for _ in range(rig.hub.bounds.ping):
                rig.hub.wheel.turn()
            rig.hub.deliver(told(event(1)))
            assert await seqs(client, 1) == [1]
        assert "the store is away" in rig.written()

    served(test)


def test_a_drain_closes_all_with_1012():
    async def test(rig):
        clients = [await connect(rig.url(user=f"u{n}")) for n in range(50)]
        await rig.until(lambda: len(rig.hub) == 50)
        await rig.hub.drain(1.0)
        assert len(rig.hub) == 0
        async with asyncio.timeout(PATIENCE):
            for client in clients:
                await client.wait_closed()
        assert {client.close_code for client in clients} == {1012}
        assert rig.written() == ""  # a drain of thousands is no line each

    served(test)


def test_a_drain_drops_those_who_do_not_answer():
    async def test(rig):
        reader, _ = await rig.raw()
        await rig.until(lambda: len(rig.hub) == 1)
        await rig.hub.drain(0.1)
        assert len(rig.hub) == 0
        assert (await frame_from(reader))[1][:2] == (1012).to_bytes(2, "big")
        assert rig.limits.open == 0

    served(test)


def test_a_drain_that_is_cut_short_drops_all():
    async def test(rig):
        await rig.raw()
        await rig.until(lambda: len(rig.hub) == 1)
        draining = asyncio.create_task(rig.hub.drain(1_000.0))
        await asyncio.sleep(0)
        draining.cancel()
        await rig.until(lambda: len(rig.hub) == 0)

    served(test)


def test_who_comes_during_a_drain_is_closed_too():
    async def test(rig):
        await rig.hub.drain(0.0)
        async with connect(rig.url(since=0, epoch="e")) as client, asyncio.timeout(PATIENCE):
            await client.wait_closed()
        assert client.close_code == 1012

    served(test)


def test_a_drain_of_nobody_ends_at_once():
    async def test(rig):
        await rig.hub.drain(0.1)

    served(test)


def test_gauges_tell_of_sockets_and_queues():
    async def test(rig):
        async with connect(rig.url()):
            await rig.until(lambda: len(rig.hub) == 1)
            text = rig.metrics.text().decode()
            assert "ws101_timers_sockets 1.0" in text
            assert "ws101_timers_send_queue_bytes 0.0" in text
            assert "ws101_timers_send_queue_max_bytes 0.0" in text

    served(test)
