"""A hub with real sockets behind a handshake that lets everybody in as whom they say they are."""

import asyncio
import io
import socket
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode

import msgspec
from msgspec import Struct, field

from ws101.handshake.accept import accept_value
from ws101.handshake.frames import build_frame
from ws101.handshake.incoming import HeadReader
from ws101.timers import wire
from ws101.timers.clock import SystemClock
from ws101.timers.server.hub import Hub
from ws101.timers.server.limits import Limits
from ws101.timers.server.logs import Logs
from ws101.timers.server.metrics import Metrics
from ws101.timers.server.seat import Seat
from ws101.timers.server.socket import Socket
from ws101.timers.settings import ServiceSettings
from ws101.timers.store.outbox import Told

MASK = b"\x01\x02\x03\x04"
PATIENCE = 20.0  # seconds; a busy machine is slow


class Event(NamedTuple):
    user: str
    seq: int
    text: bytes


class Resumption(NamedTuple):
    welcome: bytes
    events: tuple[bytes, ...]
    seq: int
    recovered: bool


def event(seq, user="ann", text=None):
    return Event(user, seq, text or msgspec.json.encode({"type": "TimerListRefresh", "seq": seq}))


def told(*events):
    """Return the events as transactions of one event each would tell them."""
    return [Told(event.user, event.seq - 1, [event.text]) for event in events]


class FakeService(Struct):
    """Keeps the events that it is given, and says who acknowledged what."""

    events: list[Event] = field(default_factory=list)
    acknowledged: list[tuple[str, str, int]] = field(default_factory=list)
    noticed: asyncio.Event = field(default_factory=asyncio.Event)
    fault: Exception | None = None

    def resume(self, user, since, epoch):
        if self.fault:
            raise self.fault
        mine = [event for event in self.events if event.user == user]
        seq = mine[-1].seq if mine else 0
        missed = tuple(event.text for event in mine if event.seq > since)
        welcome = wire.Welcome(recovered=epoch == "e", epoch="e", seq=seq, server_time=1)
        return Resumption(wire.encode(welcome), missed if epoch == "e" else (), seq, epoch == "e")

    async def acknowledge(self, user, device, seq):
        await asyncio.sleep(0)
        if self.fault:
            raise self.fault
        self.acknowledged.append((user, device, seq))
        self.noticed.set()


class Rig(Struct):
    hub: Hub
    service: FakeService
    metrics: Metrics
    limits: Limits
    logs: Logs
    log: io.StringIO
    port: int
    sockets: list[Socket] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    def url(self, **who):
        return f"ws://127.0.0.1:{self.port}/?{urlencode(who)}"

    def written(self):
        """Return what the log says so far."""
        self.logs.close()
        return self.log.getvalue()

    async def raw(self, **who):
        """Return the streams of a connection that speaks frames by hand."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writers.append(writer)
        writer.write(self.handshake(**who))
        await reader.readuntil(b"\r\n\r\n")
        return reader, writer

    def handshake(self, **who):
        """Return a request that is let in."""
        return f"GET /?{urlencode(who)} HTTP/1.1\r\nSec-WebSocket-Key: k\r\n\r\n".encode()

    async def until(self, holds):
        """Wait until something holds."""
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110 - what is waited for is the tested code's own state
                await asyncio.sleep(0.005)


async def frame_from(reader):
    """Read one frame of the server's."""
    async with asyncio.timeout(PATIENCE):
        first, second = await reader.readexactly(2)
        size = second
        if second >= 126:
            size = int.from_bytes(await reader.readexactly({126: 2, 127: 8}[second]), "big")
        return first & 0x0F, await reader.readexactly(size)


def client_frame(opcode, payload):
    return build_frame(opcode, payload if isinstance(payload, bytes) else payload.encode(), MASK)


def served(test, early=b"", loop=asyncio.new_event_loop, **settings):
    """Run an async test with a rig, within a bound."""

    async def run():
        async with asyncio.timeout(100), sockets(early, **settings) as rig:
            await test(rig)

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(run())


@asynccontextmanager
async def sockets(early=b"", **settings):
    """Serve until the block ends."""
    stated, clock, metrics, log = ServiceSettings(**settings), SystemClock(), Metrics(), io.StringIO()
    logs, limits = Logs(stated, clock, metrics, log), Limits(stated, clock)
    hub = Hub(stated, clock, limits, metrics, logs)
    hub.service, hub.standing = FakeService(), lambda user, session: None
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    rig = Rig(hub, hub.service, metrics, limits, logs, log, listening.getsockname()[1])
    accepting = asyncio.create_task(_accept(listening, rig, early))
    try:
        yield rig
    finally:
        accepting.cancel()
        listening.close()
        await hub.drain(0.2)
        for writer in rig.writers:
            writer.transport.abort()
        await asyncio.sleep(0)
        logs.close()


async def _accept(listening, rig, early):
    loop = asyncio.get_running_loop()
    while True:
        connection, _ = await loop.sock_accept(listening)
        connection.setblocking(False)
        reader = HeadReader()
        while not reader.whole:
            reader.feed(await loop.sock_recv(connection, 65536))
        head = reader.head()
        who = {name: values[0] for name, values in parse_qs(head.target.partition("?")[2]).items()}
        accept = accept_value(head.headers.get("Sec-WebSocket-Key"))
        answer = (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n"
        )
        await loop.sock_sendall(connection, answer.encode())
        since = int(who["since"]) if "since" in who else None
        seat = Seat(
            who.get("user", "ann"), who.get("session", "s1"), "127.0.0.1", f"trace-{len(rig.sockets)}",
            who.get("device"), since, who.get("epoch"),
        )  # fmt: skip
        rig.limits.enter(seat)
        _, opened = await loop.connect_accepted_socket(
            lambda seat=seat, rest=early + reader.rest: Socket(rig.hub, seat, rest), connection
        )
        rig.sockets.append(opened)
