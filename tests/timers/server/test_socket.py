"""One open socket over loopback: the library `websockets` as the client, and frames by hand."""

import asyncio
import contextlib
import functools
import json
import logging
import socket

import pytest

from timers.server import rig
from timers.server.rig import PATIENCE, client_frame, event, frame_from, told
from ws101.timers.closing import CLOSINGS
from ws101.timers.server.denial import NotFound
from ws101.timers.store.outbox import Told

websockets = pytest.importorskip("websockets", reason="websockets (pip install websockets)")
connect = websockets.connect


LOOPS = {"asyncio": asyncio.new_event_loop}
with contextlib.suppress(ImportError):
    import uvloop

    LOOPS["uvloop"] = uvloop.new_event_loop


@pytest.fixture(params=LOOPS)
def served(request):
    return functools.partial(rig.served, loop=LOOPS[request.param])


async def received(client):
    async with asyncio.timeout(PATIENCE):
        return json.loads(await client.recv())


async def close_code(client):
    async with asyncio.timeout(PATIENCE):
        await client.wait_closed()
    return client.close_code


def turns(rig):
    """Count the turns until no socket is told of events any more; a fault must not fill the memory meanwhile."""
    for turn in range(1, 10_000):
        if not rig.hub._users:
            return
        yield turn
    pytest.fail("nobody stops a peer that does not read")


# ---- messages


@pytest.mark.parametrize("name", ["Ping", "com.example.TimerWebSocketClientMessage.Ping"])
def test_a_ping_is_answered_with_its_time(served, name):
    async def test(rig):
        async with connect(rig.url()) as client:
            await client.send(json.dumps({"type": name, "clientTime": 7}))
            pong = await received(client)
            assert (pong["type"], pong["clientTime"]) == ("Pong", 7)
            assert pong["serverTime"] > 1_500_000_000_000

    served(test)


def test_what_old_clients_send_is_taken(served):
    async def test(rig):
        async with connect(rig.url()) as client:
            await client.send('{"type":"SubscribeTimers","scope":"LIST","listId":"other"}')
            await client.send('{"type":"TimerUpdate","listId":"x","timer":{},"remainingTime":3}')
            await client.send('{"type":"Ping","clientTime":1}')
            assert (await received(client))["type"] == "Pong"
            rig.hub.deliver(told(event(1)))
            assert (await received(client))["seq"] == 1  # a subscription narrows nothing

    served(test)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"type":"Nonsense"}', '{"type":"Ping"}', '{"type":"Ack","seq":-1}', "[" * 60_000,
     '{"type":"Ping","clientTime":1,"x":' + "[" * 30_000 + "]" * 30_000 + "}", '{"type":"Ack","seq":1' + "0" * 30 + "}"],
    ids=lambda text: text[:24],
)  # fmt: skip
def test_a_malformed_message_ends_the_socket(served, text):
    async def test(rig):
        async with connect(rig.url()) as client:
            await client.send(text)
            assert await close_code(client) == 4400

    served(test)


def test_binary_is_refused(served):
    async def test(rig):
        async with connect(rig.url()) as client:
            await client.send(b"{}")
            assert await close_code(client) == 1003

    served(test)


def test_a_message_in_fragments_is_one(served):
    async def test(rig):
        async with connect(rig.url()) as client:
            await client.send(['{"type":"Ping",', '"clientTime":5}'])
            assert (await received(client))["clientTime"] == 5

    served(test)


def test_a_message_that_is_too_large_ends_the_socket(served):
    async def test(rig):
        async with connect(rig.url()) as client:
            await client.send('{"type":"Ping","clientTime":1,"x":"' + "x" * 65_536 + '"}')
            assert await close_code(client) == 1009
        assert "message-too-large: a message is too large" in rig.written()

    served(test)


def test_frames_that_break_a_rule_fail_the_connection(served):
    async def test(rig):
        reader, writer = await rig.raw()
        writer.write(b"\x81\x01a")
        opcode, payload = await frame_from(reader)
        assert (opcode, payload[:2]) == (8, (1002).to_bytes(2, "big"))
        assert payload[2:] == b"protocol-error: a client's frame is not masked"
        writer.write(b"more of it" * 1000)  # is thrown away, and does not turn the close into a reset
        assert await reader.read() == b""
        writer.close()
        await rig.until(lambda: not len(rig.hub))

    served(test)


def test_what_came_with_the_handshake_is_read(served):
    async def test(rig):
        reader, writer = await rig.raw()
        opcode, payload = await frame_from(reader)
        assert (opcode, json.loads(payload)["clientTime"]) == (1, 9)
        writer.close()

    served(test, early=client_frame(1, '{"type":"Ping","clientTime":9}'))


def test_a_ping_frame_is_echoed(served):
    async def test(rig):
        async with connect(rig.url(), ping_interval=None) as client:
            async with asyncio.timeout(PATIENCE):
                await (await client.ping(b"here"))

    served(test)


# ---- acknowledgements


def test_acknowledgements_are_written_down_for_the_device(served):
    async def test(rig):
        async with connect(rig.url(device="phone")) as client:
            await client.send('{"type":"Ack","seq":3}')
            await rig.service.noticed.wait()
            assert rig.service.acknowledged == [("ann", "phone", 3)]

    served(test)


def test_without_a_device_the_connection_is_one(served):
    async def test(rig):
        async with connect(rig.url()) as client:
            await client.send('{"type":"Ack","seq":3}')
            await rig.service.noticed.wait()
            assert rig.service.acknowledged == [("ann", "trace-0", 3)]

    served(test)


def test_a_flood_of_acknowledgements_is_few_writes(served):
    async def test(rig):
        _reader, writer = await rig.raw()
        writer.write(b"".join(client_frame(1, f'{{"type":"Ack","seq":{seq}}}') for seq in range(1, 2001)))
        await rig.until(lambda: rig.service.acknowledged and rig.service.acknowledged[-1][2] == 2000)
        assert len(rig.service.acknowledged) < 200
        writer.close()

    served(test)


def test_a_fault_in_the_service_ends_the_socket_and_is_logged(served):
    async def test(rig):
        rig.service.fault = RuntimeError("the disk is full")
        async with connect(rig.url()) as client:
            await client.send('{"type":"Ack","seq":1}')
            assert await close_code(client) == 1011
        async with connect(rig.url(since=0, epoch="e")) as client:
            assert await close_code(client) == 1011
        assert rig.written().count("the disk is full") == 2

    served(test)


def test_who_is_deleted_while_they_acknowledge_is_told_that_the_session_ended(served):
    async def test(rig):
        rig.service.fault = NotFound("There is no such user any more.")
        async with connect(rig.url()) as client:
            await client.send('{"type":"Ack","seq":1}')
            assert await close_code(client) == 4401
        assert "failed" not in rig.written()

    served(test)


# ---- resuming


def test_a_client_that_comes_back_is_told_what_it_missed_first(served):
    async def test(rig):
        rig.service.events = [event(seq) for seq in range(1, 6)]
        async with connect(rig.url(since=2, epoch="e")) as client:
            welcome = await received(client)
            assert (welcome["type"], welcome["recovered"], welcome["seq"]) == ("Welcome", True, 5)
            # 5 was on disk, and in the answer, before it was delivered
            rig.hub.deliver(told(event(5), event(6)))
            assert [(await received(client))["seq"] for _ in range(4)] == [3, 4, 5, 6]
        assert b'recoveries_total{recovered="true"} 1.0' in rig.metrics.text()

    served(test)


def test_of_events_that_are_delivered_together_only_those_that_were_not_replayed_are_sent(served):
    async def test(rig):
        rig.service.events = [event(5)]
        reader, writer = await rig.raw(since=4, epoch="e")
        await rig.until(lambda: len(rig.hub) == 1)
        rig.hub.deliver([Told("ann", 3, [event(seq).text for seq in (4, 5, 6, 7)])])
        assert (await frame_from(reader))[0] == 1  # the Welcome
        assert [json.loads((await frame_from(reader))[1])["seq"] for _ in range(3)] == [5, 6, 7]
        writer.close()

    served(test)


def test_another_epoch_is_told_so(served):
    async def test(rig):
        rig.service.events = [event(1)]
        async with connect(rig.url(since=0, epoch="old")) as client:
            assert (await received(client))["recovered"] is False
            rig.hub.deliver(told(event(2)))
            assert (await received(client))["seq"] == 2

    served(test)


def test_without_since_nothing_is_said_of_itself(served):
    async def test(rig):
        rig.service.events = [event(1)]
        async with connect(rig.url()) as client:
            await rig.until(lambda: len(rig.hub) == 1)
            rig.hub.deliver(told(event(2)))
            assert (await received(client))["seq"] == 2

    served(test)


def test_a_long_resumption_is_no_slow_consumer(served):
    async def test(rig):
        rig.service.events = [
            event(seq, text=b'{"seq":%d,"x":"%s"}' % (seq, b"x" * 3000)) for seq in range(1, 5001)
        ]
        reader, writer = await rig.raw(since=0, epoch="e")
        await rig.until(lambda: len(rig.hub) == 1)
        rig.hub.deliver(told(event(5001)))
        assert (await frame_from(reader))[0] == 1
        seqs = [json.loads((await frame_from(reader))[1])["seq"] for _ in range(5001)]
        assert seqs == list(range(1, 5002))
        writer.close()

    served(test, send_queue=20_000)


# ---- who does not read


async def slow(rig):
    """Return a client that reads nothing, with little room in between."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", rig.port))
    reader, writer = await asyncio.open_connection(sock=sock, limit=2)
    rig.writers.append(writer)
    writer.write(rig.handshake(user="slow"))
    await rig.until(lambda: len(rig.hub) == 1)
    return reader, writer


def test_a_slow_consumer_is_closed_with_its_code_behind_what_waits(served):
    async def test(rig):
        reader, writer = await slow(rig)
        for sent in turns(rig):
            rig.hub.deliver(told(event(sent, "slow", b"x" * 10_000)))
            await asyncio.sleep(0)  # a turn of the loop
        opened = rig.sockets[0]
        assert opened.waiting < 20_000 + 20_100
        rig.hub.deliver(told(event(sent + 1, "slow", b"late")))
        data = await reader.read(1 << 30)
        while not data.endswith(b"slow-consumer"):
            data += await reader.read(1 << 20)
        assert b"late" not in data
        assert data.count(b"x" * 10_000) == sent
        writer.close()
        await rig.until(lambda: not len(rig.hub))
        assert b'closes_total{code="4100"} 1.0' in rig.metrics.text()

    served(test, send_queue=20_000)


def test_a_slow_consumer_that_never_reads_is_dropped_after_the_grace(served):
    async def test(rig):
        _, writer = await slow(rig)
        for sent in turns(rig):
            rig.hub.deliver(told(event(sent, "slow", b"x" * 10_000)))
            await asyncio.sleep(0)  # a turn of the loop
        for _ in range(rig.hub.bounds.grace):
            rig.hub.wheel.turn()
        await rig.until(lambda: not len(rig.hub))
        assert rig.limits.open == 0
        writer.close()

    served(test, send_queue=20_000)


def test_a_client_that_asks_and_does_not_read_is_a_slow_consumer(served):
    async def test(rig):
        _reader, writer = await slow(rig)
        flood = client_frame(1, '{"type":"Ping","clientTime":1}') * 1000
        for _ in turns(rig):
            writer.write(flood)
            await asyncio.sleep(0)
        writer.transport.abort()
        await rig.until(lambda: not len(rig.hub))
        assert b'closes_total{code="4100"} 1.0' in rig.metrics.text()

    served(test, send_queue=20_000)


# ---- pings and silence


def test_the_server_pings_and_the_silent_are_closed(served):
    async def test(rig):
        reader, writer = await rig.raw()
        await rig.until(lambda: len(rig.hub) == 1)
        bounds = rig.hub.bounds
        for _ in range(bounds.idle + bounds.ping):
            rig.hub.wheel.turn()
        frames = [await frame_from(reader)]
        while frames[-1][0] != 8:
            frames.append(await frame_from(reader))
        assert {opcode for opcode, _ in frames[:-1]} == {9}
        assert 2 <= len(frames[:-1]) <= 4
        assert frames[-1][1] == (4101).to_bytes(2, "big") + b"silent"
        writer.close()

    served(test)


def test_any_frame_is_a_sign_of_life(served):
    async def test(rig):
        _reader, writer = await rig.raw()
        await rig.until(lambda: rig.sockets)
        for _ in range(20):
            for _ in range(rig.hub.bounds.idle - 1):
                rig.hub.wheel.turn()
            writer.write(client_frame(10, b""))
            await rig.until(lambda: rig.sockets[0].heard == rig.hub.wheel.now)
        assert len(rig.hub._users) == 1
        writer.close()

    served(test)


def test_pings_are_sent_without_anybody_turning(served):
    async def test(rig):
        reader, writer = await rig.raw()
        assert (await frame_from(reader))[0] == 9
        opcode = 9
        while opcode == 9:
            opcode, payload = await frame_from(reader)
        assert payload[2:] == b"silent"
        writer.close()

    served(test, ping_interval=0.05, idle_timeout=0.2)


# ---- the end


def test_a_close_is_echoed_and_counted(served):
    async def test(rig):
        async with connect(rig.url()) as client:
            await client.close(3000, "enough")
            assert client.close_code == 3000
        await rig.until(lambda: not len(rig.hub))
        assert b'closes_total{code="other"} 1.0' in rig.metrics.text()
        assert rig.limits.open == 0

    served(test)


def test_a_connection_that_is_lost_leaves_nothing(served):
    async def test(rig):
        _, writer = await rig.raw()
        await rig.until(lambda: len(rig.hub) == 1)
        writer.transport.abort()
        await rig.until(lambda: not len(rig.hub))
        assert (rig.hub._users, rig.hub.wheel._slots, rig.limits.open) == ({}, {}, 0)
        assert b'closes_total{code="1006"} 1.0' in rig.metrics.text()

    served(test)


@pytest.mark.parametrize("closing", CLOSINGS, ids=lambda closing: closing.reason)
def test_each_closing_reaches_the_client(served, closing):
    async def test(rig):
        async with connect(rig.url()) as client:
            await rig.until(lambda: len(rig.hub) == 1)
            rig.hub.end("ann", None, closing)
            assert await close_code(client) == closing.code
            assert client.close_reason == closing.reason

    served(test)


def test_delivering_to_the_dead_is_quiet(served, caplog):
    async def test(rig):
        _, writer = await rig.raw()
        await rig.until(lambda: len(rig.hub) == 1)
        writer.transport.abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while len(rig.hub):
                    rig.hub.deliver(told(*(event(seq) for seq in range(20))))
                    await asyncio.sleep(0)

    with caplog.at_level(logging.WARNING):
        served(test)
    assert caplog.records == []
