import asyncio

import pytest
from msgspec.structs import replace

from probe.peers import QUICK, SWITCH, reset, sending, serving, staying, tried
from ws101.attempt import Aftermath, Attempt
from ws101.handshake.frames import Opcode, build_frame
from ws101.probe.limits import Limits


def upgraded(act, limits: Limits = QUICK, switch: bytes = SWITCH) -> Attempt:
    """What comes of an attempt at a peer that upgrades and then does `act`."""

    async def run() -> Attempt:
        finished = asyncio.Event()

        async def handle(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(switch)
            try:
                await act(reader, writer)
            finally:
                finished.set()

        async with serving(handle) as port:
            attempt = await tried(sending(port), limits)
            await finished.wait()
            return attempt

    return asyncio.run(run())


def after(act, limits: Limits = QUICK) -> Aftermath:
    aftermath = upgraded(act, limits).aftermath
    assert aftermath is not None
    return aftermath


async def frame_from(reader) -> tuple[int, bytes]:
    """One short masked frame of a client: its opcode and payload."""
    first, second = await reader.readexactly(2)
    assert second & 0x80, "a client masks"
    mask, payload = await reader.readexactly(4), await reader.readexactly(second & 0x7F)
    return first & 0x0F, bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def close_frame(code: int, reason: str = "") -> bytes:
    return build_frame(Opcode.CLOSE, code.to_bytes(2, "big") + reason.encode(), b"")


def test_ping_is_answered():
    async def act(reader, writer):
        opcode, payload = await frame_from(reader)
        assert opcode == Opcode.PING
        writer.write(build_frame(Opcode.PONG, payload, b""))
        await reader.read()

    seen = after(act)
    assert seen.pong
    assert seen.closed_after is None
    assert seen.watched >= QUICK.linger
    assert seen.breaches == ()


async def answers_a_ping(reader, writer):
    _, payload = await frame_from(reader)
    writer.write(build_frame(Opcode.PONG, payload, b""))


def test_a_pong_shortens_the_watch_where_it_is_enough():
    async def act(reader, writer):
        await answers_a_ping(reader, writer)
        await reader.read()

    seen = after(act, replace(QUICK, linger=60, after_pong=0.05))
    assert seen.pong
    assert seen.closed_after is None
    assert 0.05 <= seen.watched < 60


def test_a_close_right_behind_the_pong_is_seen():
    async def act(reader, writer):
        await answers_a_ping(reader, writer)
        writer.write(close_frame(1008))
        await reader.read()

    attempt = upgraded(act, replace(QUICK, linger=60, after_pong=60))
    assert attempt.aftermath.pong
    assert attempt.aftermath.close_code == 1008
    assert not attempt.works


def test_without_a_pong_the_whole_time_is_watched():
    async def act(reader, writer):
        await reader.read()

    seen = after(act, replace(QUICK, after_pong=0))
    assert not seen.pong
    assert seen.watched >= QUICK.linger


def test_pong_of_another_ping_does_not_count():
    async def act(reader, writer):
        writer.write(build_frame(Opcode.PONG, b"other", b""))
        await reader.read()

    assert not after(act).pong


def test_close_frame_at_once_is_answered_and_told():
    got = []

    async def act(reader, writer):
        writer.write(close_frame(4401, "who are you?"))
        while not got or got[-1][0] != Opcode.CLOSE:
            got.append(await frame_from(reader))

    attempt = upgraded(act, replace(QUICK, linger=60))
    seen = attempt.aftermath
    assert (seen.close_code, seen.close_reason) == (4401, "who are you?")
    assert seen.closed_after is not None
    assert seen.first_bytes == close_frame(4401, "who are you?")
    assert not attempt.works
    assert got[-1] == (Opcode.CLOSE, (4401).to_bytes(2, "big"))


def test_close_frame_in_the_same_bytes_as_the_101():
    async def act(reader, writer):
        await reader.read()

    attempt = upgraded(act, replace(QUICK, linger=60), SWITCH + close_frame(1008))
    assert attempt.aftermath.close_code == 1008


@pytest.mark.parametrize("end", [lambda _: None, reset])
def test_end_without_a_close_frame(end):
    async def act(reader, writer):
        end(writer)

    seen = after(act, replace(QUICK, linger=60))
    assert seen.closed_after is not None
    assert seen.closed_after <= seen.watched < 60
    assert seen.close_code is None


def test_what_is_no_frame_is_a_breach_and_does_not_end_the_watch():
    async def act(reader, writer):
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read()

    attempt = upgraded(act)
    assert attempt.aftermath.breaches
    assert attempt.aftermath.closed_after is None
    assert attempt.aftermath.first_bytes.startswith(b"HTTP/1.1 400")
    assert not attempt.works


def test_endless_peer_keeps_one_kibibyte_and_not_the_time():
    async def act(reader, writer):
        while True:
            writer.write(build_frame(Opcode.BINARY, b"x" * 1000, b"") * 100)
            await writer.drain()

    seen = after(act)
    assert len(seen.first_bytes) == 1024
    assert seen.closed_after is None


def test_silence_is_held_without_a_ping_but_pings_are_answered():
    got = []

    async def act(reader, writer):
        writer.write(build_frame(Opcode.PING, b"there?", b""))
        while True:
            got.append(await frame_from(reader))

    seen = after(act, replace(QUICK, hold=0.1))
    assert seen.closed_after is None
    assert seen.watched >= 0.1
    assert got == [(Opcode.PONG, b"there?"), (Opcode.CLOSE, (1001).to_bytes(2, "big"))]


def test_accepted_extension_gives_its_bit_a_meaning():
    async def act(reader, writer):
        writer.write(bytes([0xC1, 1]) + b"x")
        await reader.read()

    extended = SWITCH.replace(b"\r\n\r\n", b"\r\nSec-WebSocket-Extensions: permessage-deflate; x=1\r\n\r\n")
    assert upgraded(act, switch=extended).aftermath.breaches == ()
    assert upgraded(act).aftermath.breaches


def test_server_that_just_stays_works():
    async def run() -> Attempt:
        async with serving(staying(SWITCH)) as port:
            return await tried(sending(port))

    assert asyncio.run(run()).works
