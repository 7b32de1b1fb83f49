import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timers.client.peers import Peer, serving
from ws101.handshake.frames import Opcode, build_frame
from ws101.timers.client.connection import Closed, Connection, Place, connect
from ws101.timers.client.network import Stream
from ws101.timers.client.profile import Profile
from ws101.timers.client.refusal import Refused, Unreachable
from ws101.timers.clock import SystemClock

BIG = b"x" * 70_000
FRAMES = b"".join(
    [
        build_frame(Opcode.TEXT, b"one", b""),
        build_frame(Opcode.PING, b"are you there", b""),
        b"\x01\x03two\x89\x00\x80\x03, 2",  # a text in two fragments, with a ping between them
        build_frame(Opcode.BINARY, b"\x00", b""),
        build_frame(Opcode.TEXT, BIG, b""),
        build_frame(Opcode.CLOSE, (4401).to_bytes(2, "big") + b"session-ended", b""),
    ]
)


class Written:
    """A writer that keeps what is written, and its own transport."""

    def __init__(self):
        self.data, self.closed, self.transport = bytearray(), False, self

    def write(self, data):
        self.data += data

    def close(self):
        self.closed = True

    def abort(self):
        assert self.closed

    async def wait_closed(self):
        pass


def reading(pieces, rest=b""):
    """Return what a connection receives of these pieces of bytes, how it ended, and what it wrote."""

    async def act():
        reader, writer = asyncio.StreamReader(), Written()
        connection = Connection(Stream(reader, writer, "h.test", 80), rest)
        messages = []

        async def receive():
            while True:
                messages.append(await connection.receive())

        task = asyncio.create_task(receive())
        for piece in pieces:
            reader.feed_data(piece)
            await asyncio.sleep(0)
        reader.feed_eof()
        with pytest.raises(Closed) as closed:
            await task
        return messages, closed.value, bytes(writer.data)

    return asyncio.run(act())


WHOLE = reading([FRAMES])


def test_messages_are_whole_and_pings_answered():
    messages, closed, written = WHOLE
    assert messages == [b"one", b"two, 2", BIG]
    assert (closed.code, closed.reason) == (4401, "session-ended")
    assert written[0] == 0x8A
    assert written[1] == 0x80 | len(b"are you there")


@given(st.lists(st.integers(0, 120), max_size=20), st.booleans())
def test_bytes_may_come_in_any_pieces_even_with_the_101(places, early):
    edges = [0, *sorted(places), len(FRAMES)]
    pieces = [FRAMES[start:end] for start, end in pairwise(edges) if start < end]
    messages, closed, _ = reading(pieces[1:], pieces[0]) if early else reading(pieces)
    assert messages == WHOLE[0]
    assert closed.code == 4401


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the connection broke"),
        (b"\x81\x05on", "the connection broke"),
        (build_frame(Opcode.TEXT, b"masked", b"abcd"), "the service's frames break RFC 6455"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20, "the service's frames break RFC 6455"),
        (b"\x81\x7f" + (1 << 40).to_bytes(8, "big"), "the service's frames break RFC 6455"),
    ],
)
def test_an_end_without_a_close_has_no_code(data, reason):
    messages, closed, _ = reading([data] if data else [])
    assert (messages, closed.code, closed.reason) == ([], None, reason)


def test_what_is_sent_after_the_end_is_dropped():
    async def act():
        reader, writer = asyncio.StreamReader(), Written()
        connection = Connection(Stream(reader, writer, "h.test", 80), FRAMES)
        before = len(writer.data)
        connection.send(b"too late")
        await connection.close()
        return len(writer.data) - before, writer.closed

    assert asyncio.run(act()) == (0, True)


def test_a_message_and_a_goodbye_are_masked():
    async def act():
        reader, writer = asyncio.StreamReader(), Written()
        connection = Connection(Stream(reader, writer, "h.test", 80), b"")
        connection.send(b'{"type":"Ack"}')
        await connection.close()
        return bytes(writer.data), writer.closed

    written, closed = asyncio.run(act())
    assert closed
    assert (written[0], written[1]) == (0x81, 0x80 | 14)
    assert b"Ack" not in written
    assert (written[20], written[21]) == (0x88, 0x82)


# ---- the handshake


def test_the_request_says_what_was_asked_for():
    place = Place(Profile("prod", "https://h.test:8443/app"), {"since": "3", "epoch": "a b"}, "t-1")
    request = place.request("k" * 22 + "==", "trace-id-1")
    assert place.url == "wss://h.test:8443/app/api/v1/timers/notifications?since=3&epoch=a+b"
    assert request.target == "/app/api/v1/timers/notifications?since=3&epoch=a+b"
    fields = dict(request.headers)
    assert (fields["Host"], fields["Authorization"], fields["X-Request-Id"]) == (
        "h.test:8443",
        "Bearer t-1",
        "trace-id-1",
    )
    assert "t-1" not in repr(place)


def shaken(script):
    """Return what connecting to a peer of this script raises, and the lines that were logged."""
    logged = []

    async def act():
        async with serving(script) as (port, _):
            place = Place(Profile("dev", f"http://127.0.0.1:{port}"), {}, "canary-token")
            with pytest.raises((Refused, Unreachable)) as failed:
                await connect(place, SystemClock(), logged.extend)
            return failed.value

    return asyncio.run(act()), logged


def test_a_refusal_keeps_the_whole_of_its_body():
    async def script(peer: Peer):
        peer.refuse("token-expired")

    error, logged = shaken(script)
    assert error.refusal.cause == "token-expired"
    assert error.refusal.remedy
    assert logged[-1] == f"🚫 [WebSocket] {error.refusal.line}"
    assert "canary" not in "".join([str(error), *logged])


def test_what_never_answers_is_unreachable_and_logged_as_it_was_sent():
    async def script(peer: Peer):
        peer.reset()

    error, logged = shaken(script)
    assert isinstance(error, Unreachable)
    assert logged[0].startswith("🔌 [WebSocket] Connecting to ws://127.0.0.1:")
    assert logged[-1] == "🚫 [WebSocket] Exception type: Unreachable"


def test_nothing_is_logged_of_a_request_that_was_never_sent():
    logged = []

    async def act():
        place = Place(Profile("dev", "http://127.0.0.1:9"), {}, "canary-token")
        with pytest.raises(Unreachable):
            await connect(place, SystemClock(), logged.extend)

    asyncio.run(act())
    assert [line for line in logged if "Connecting" in line or "Token" in line] == []
    assert "nothing listens there" in logged[0]
