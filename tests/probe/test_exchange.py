import asyncio
import gc
import time

import pytest
from msgspec.structs import replace

from probe.peers import (
    KEY,
    QUICK,
    REFUSAL,
    SWITCH,
    answering,
    over_tls,
    request,
    reset,
    sending,
    server_context,
    serving,
    staying,
    tried,
    write,
)
from ws101.attempt import Attempt, Ending, Layer, Verify
from ws101.handshake.answer import Kind
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request, build
from ws101.lab.certificates import leaf
from ws101.probe.limits import Limits


def at(handler, limits: Limits = QUICK, **changes: object) -> Attempt:
    """What comes of an attempt at a peer with this handler."""

    async def run() -> Attempt:
        async with serving(handler) as port:
            return await tried(sending(port, **changes), limits)

    return asyncio.run(run())


def test_handshake_that_works():
    attempt = at(staying(SWITCH))
    assert attempt.works
    assert (attempt.layer, attempt.ending, attempt.status) == (Layer.HTTP, Ending.ANSWERED, 101)
    assert (attempt.experiment, attempt.address, attempt.tls) == ("baseline", "127.0.0.1", None)
    assert attempt.breaches == ()
    assert 0 < attempt.timings.tcp < attempt.timings.first_byte < attempt.timings.done
    assert attempt.timings.tls is None


@pytest.mark.parametrize(
    "asked",
    [
        request(),
        Request("", Headers.of([("No Colon", ""), ("A", "\xe4\x00")]), method="get", version=""),
        Request("/", Headers.of([("Content-Length", "3")]), body=b"a\nb"),
    ],
)
def test_request_goes_out_byte_for_byte_after_the_preamble(asked):
    received = []

    async def keep(reader, writer):
        received.append(await reader.readexactly(len(b"first" + build(asked))))
        writer.write(REFUSAL)

    attempt = at(keep, request=asked, preamble=b"first")
    assert attempt.status == 400
    assert attempt.sent == build(asked)
    assert received == [b"first" + attempt.sent]


def test_refusal_is_kept_whole():
    attempt = at(staying(REFUSAL))
    assert (attempt.ending, attempt.status, attempt.answer.text) == (Ending.ANSWERED, 400, "no ws")
    assert attempt.answer.complete
    assert attempt.aftermath is None
    assert attempt.breaches == ()


@pytest.mark.parametrize("answer", [SWITCH, REFUSAL])
def test_peer_that_closes_at_every_possible_byte(answer):
    async def run() -> list[Attempt]:
        async def cut(count: int) -> Attempt:
            async with serving(answering(answer[:count])) as port:
                return await tried(sending(port), replace(QUICK, answer=10))

        return await asyncio.gather(*(cut(count) for count in range(len(answer) + 1)))

    attempts = asyncio.run(run())
    assert (attempts[0].layer, attempts[0].ending) == (Layer.HTTP, Ending.CLOSED)
    for count, attempt in enumerate(attempts):
        assert not attempt.works
        assert attempt.ending in {Ending.CLOSED, Ending.ANSWERED}
        assert attempt.answer.raw == answer[:count]
    whole = attempts[-1]
    assert (whole.ending, whole.answer.complete) == (Ending.ANSWERED, True)


def test_switch_without_the_end_of_its_head_is_broken():
    attempt = at(answering(SWITCH[:-2]))
    assert (attempt.status, attempt.aftermath) == (101, None)
    assert [breach.text for breach in attempt.breaches] == ["the 101's head does not end"]


def test_switch_with_a_foreign_accept_keeps_only_what_is_fatal():
    attempt = at(
        staying(SWITCH.replace(b"s3pPL", b"xxxxx").replace(b"\r\n\r\n", b"\r\nContent-Length: 0\r\n\r\n"))
    )
    assert attempt.upgraded
    assert not attempt.works
    assert [breach.field for breach in attempt.breaches] == ["Sec-WebSocket-Accept"]


def test_reset_before_an_answer():
    async def refuse(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        reset(writer)

    attempt = at(refuse)
    assert (attempt.layer, attempt.ending, attempt.detail) == (
        Layer.HTTP,
        Ending.RESET,
        "Connection reset by peer",
    )


def test_answer_before_a_reset_is_not_lost():
    async def refuse(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(REFUSAL[:-1])
        await writer.drain()
        reset(writer)

    attempt = at(refuse)
    assert (attempt.ending, attempt.status, attempt.answer.complete) == (Ending.ANSWERED, 400, False)


def test_answer_to_a_request_that_is_never_read_is_not_lost():
    async def refuse(reader, writer):
        reader._transport.pause_reading()
        writer.write(REFUSAL)
        await asyncio.Event().wait()

    attempt = at(refuse, request=replace(request(), body=b"x" * 30_000_000))
    assert (attempt.ending, attempt.status, attempt.answer.text) == (Ending.ANSWERED, 400, "no ws")


def test_silence():
    attempt = at(staying(b""))
    assert (attempt.layer, attempt.ending, attempt.detail) == (Layer.HTTP, Ending.SILENT, "waited 0.3 s")
    assert attempt.answer.kind is Kind.NOTHING
    assert attempt.sent


def trickling(data: bytes):
    async def trickle(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        for byte in data:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)

    return trickle


def test_trickling_head_is_cut_by_the_deadline():
    attempt = at(trickling(SWITCH))
    assert (attempt.ending, attempt.answer.complete) == (Ending.SILENT, False)
    assert SWITCH.startswith(attempt.answer.raw)
    assert attempt.answer.raw
    assert not attempt.works


def test_trickling_body_is_cut_soon_after_the_head():
    async def trickle(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nsome")
        await asyncio.Event().wait()

    attempt = at(trickle, replace(QUICK, answer=60))
    assert (attempt.ending, attempt.status, attempt.answer.text) == (Ending.ANSWERED, 200, "some")
    assert not attempt.answer.complete


def test_interim_answer_does_not_start_the_bodys_time():
    async def wait(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(0.05)
        writer.write(REFUSAL)
        await reader.read()

    assert at(wait, replace(QUICK, answer=60, body=0)).status == 400


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_endless_peer_is_cut_by_size(start):
    async def flood(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(start)
        while True:
            writer.write(b"a: b\r\n" * 1000)
            await writer.drain()

    attempt = at(flood, replace(QUICK, answer=60, head_bytes=20000, body_bytes=20000))
    assert 20000 <= len(attempt.answer.raw) <= 40000
    assert not attempt.answer.complete
    assert attempt.ending is Ending.ANSWERED


def test_greeting_of_another_protocol():
    attempt = at(staying(b"", greeting=b"SSH-2.0-OpenSSH_9\r\n"))
    assert (attempt.ending, attempt.answer.kind, attempt.answer.service) == (
        Ending.ANSWERED,
        Kind.BANNER,
        "SSH",
    )


def test_alert_to_plain_http():
    assert at(answering(b"\x15\x03\x01\x00\x02\x02\x46")).answer.kind is Kind.TLS_ALERT


def test_refused_and_unknown(closed_port):
    refused = asyncio.run(tried(sending(closed_port)))
    assert (refused.layer, refused.ending, refused.detail) == (
        Layer.TCP,
        Ending.REFUSED,
        "Connection refused",
    )
    unknown = asyncio.run(tried(sending(closed_port), addresses=()))
    assert (unknown.layer, unknown.ending) == (Layer.NAME, Ending.UNKNOWN_NAME)


def test_next_address_is_tried_unless_one_is_pinned():
    async def run() -> tuple[Attempt, Attempt]:
        async with serving(staying(SWITCH)) as port:
            both = ("::1", "127.0.0.1")
            free = await tried(sending(port), addresses=both)
            return free, await tried(sending(port, address="::1"), addresses=both)

    free, pinned = asyncio.run(run())
    assert (free.address, free.works) == ("127.0.0.1", True)
    assert (pinned.layer, pinned.ending in {Ending.REFUSED, Ending.UNREACHABLE}) == (Layer.TCP, True)


def test_pause_is_not_part_of_the_timings():
    attempt = at(staying(SWITCH), pause=0.05)
    assert attempt.works
    assert attempt.timings.tcp < 50


@pytest.mark.parametrize(("close", "ending"), [(lambda _: None, Ending.CLOSED), (reset, Ending.RESET)])
def test_end_within_the_tls_handshake(close, ending):
    async def leave(reader, writer):
        await reader.readexactly(200)
        await reader.read(65536)
        close(writer)

    async def run() -> Attempt:
        async with serving(leave) as port:
            return await tried(over_tls(port))

    attempt = asyncio.run(run())
    assert (attempt.layer, attempt.ending, attempt.tls_error) == (Layer.TLS, ending, "")


def test_silence_within_the_tls_handshake():
    async def run() -> Attempt:
        async with serving(staying(b"")) as port:
            return await tried(over_tls(port))

    attempt = asyncio.run(run())
    assert (attempt.layer, attempt.ending) == (Layer.TLS, Ending.SILENT)


def test_bug_is_told_by_its_type_alone():
    attempt = at(staying(SWITCH), request="hidden")
    assert (attempt.layer, attempt.ending, attempt.detail) == (Layer.HTTP, Ending.BUG, "AttributeError")


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("stage", ["connected", "asked", "upgraded"])
def test_cancellation_closes_the_connection(tmp_path, secure, stage):
    pem = write(tmp_path, "server", leaf(None))

    async def run() -> bytes:
        reached, ended = asyncio.Event(), asyncio.get_running_loop().create_future()

        async def handle(reader, writer):
            if stage != "connected":
                await reader.readuntil(b"\r\n\r\n")
            if stage == "upgraded":
                writer.write(SWITCH)
                await reader.readexactly(6)
            reached.set()
            while await reader.read(65536):
                pass
            ended.set_result(True)

        tls = server_context(pem) if secure and stage != "connected" else None
        async with serving(handle, tls) as port:
            sent = over_tls(port, verify=Verify.NOTHING) if secure else sending(port)
            task = asyncio.create_task(tried(sent, Limits(linger=60)))
            await reached.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return await ended

    assert asyncio.run(run())
    gc.collect()


def test_cancellation_during_the_pause():
    async def run() -> None:
        task = asyncio.create_task(tried(sending(1, pause=60)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    start = time.monotonic()
    asyncio.run(run())
    assert time.monotonic() - start < 60


def test_key_is_the_one_that_was_sent():
    assert KEY.encode() in at(staying(SWITCH)).sent
