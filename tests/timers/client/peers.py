"""A service that answers exact bytes, one script for each connection, and what a session needs beside it."""

import asyncio
import contextlib

from msgspec import Struct, field

from ws101.handshake.accept import accept_value
from ws101.handshake.frames import Opcode, build_frame
from ws101.timers import wire
from ws101.timers.client.connection import Place, connect
from ws101.timers.client.profile import Profile
from ws101.timers.client.session import Session, Stood
from ws101.timers.clock import SystemClock
from ws101.timers.problem import REFUSALS, document, encode

PATIENCE = 20  # seconds until a test gives up


class Peer:
    """One connection as the service sees it."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.head = b""

    @property
    def target(self):
        return self.head.split(b" ")[1].decode()

    @property
    def query(self):
        return dict(pair.split("=") for pair in self.target.partition("?")[2].split("&"))

    def header(self, name):
        lines = self.head.decode().split("\r\n")
        return next((value for line in lines if (value := line.removeprefix(f"{name}: ")) != line), "")

    async def begin(self):
        self.head = await self.reader.readuntil(b"\r\n\r\n")

    def switch(self, *messages):
        accept = accept_value(self.header("Sec-WebSocket-Key"))
        self.writer.write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
        )
        for message in messages:
            self.say(message)

    def say(self, message):
        self.writer.write(build_frame(Opcode.TEXT, wire.encode(message), b""))

    def shut(self, code, reason=b""):
        self.writer.write(build_frame(Opcode.CLOSE, code.to_bytes(2, "big") + reason, b""))

    def refuse(self, cause, **fields):
        body = encode(document(REFUSALS[cause], "", "abcdef12"))
        self.answer(REFUSALS[cause].status, body, "application/problem+json", **fields)

    def answer(self, status, body, kind="application/json", **fields):
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        self.writer.write(head.encode() + body)

    async def hear(self):
        """Return the next message of the client, as text; None for a frame that is none."""
        first = await self.reader.readexactly(2)
        length = first[1] & 0x7F
        if length == 126:
            length = int.from_bytes(await self.reader.readexactly(2), "big")
        mask, masked = await self.reader.readexactly(4), await self.reader.readexactly(length)
        text = bytes(octet ^ mask[at % 4] for at, octet in enumerate(masked))
        return text if first[0] & 0x0F == Opcode.TEXT else None

    async def linger(self):
        """Stay open and silent until the client goes."""
        await self.reader.read()

    def reset(self):
        self.writer.transport.abort()


@contextlib.asynccontextmanager
async def serving(*scripts):
    """Serve each connection by the next script, `async def script(peer)`; give the port and the peers that came."""
    left, peers, tasks, failures = list(scripts), [], set(), []

    async def serve(reader, writer):
        tasks.add(asyncio.current_task())
        peer = Peer(reader, writer)
        peers.append(peer)
        try:
            await peer.begin()
            await left.pop(0)(peer)
            await writer.drain()
        except (OSError, EOFError, asyncio.CancelledError):
            pass
        except Exception as error:  # noqa: BLE001 - told at the end
            failures.append(error)
        finally:
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], peers
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert failures == []


class FakeClock:
    """A clock that stands still but when `sleep` is awaited; `shift` suspends the machine."""

    def __init__(self):
        self.at, self.wall, self.waits = 1000.0, 1_700_000_000_000, []

    def monotonic(self):
        return self.at

    def now(self):
        return self.wall

    def shift(self, monotonic, wall):
        self.at += monotonic
        self.wall += round(wall * 1000)

    async def sleep(self, delay):
        self.waits.append(delay)
        self.shift(delay, delay)
        await asyncio.sleep(0)


class FakeTokens(Struct):
    """Tokens by number; `renewed` counts."""

    renewed: int = 0
    error: Exception | None = None

    async def access(self):
        return f"token-{self.renewed}"

    async def renew(self, refused):
        assert refused == f"token-{self.renewed}"
        if self.error:
            raise self.error
        self.renewed += 1
        return f"token-{self.renewed}"


class Told(Struct):
    """Everything that a session tells, and a way to wait for it."""

    news: list = field(default_factory=list)
    more: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, news):
        self.news.append(news)
        self.more.set()

    @property
    def states(self):
        return [news.state for news in self.news if isinstance(news, Stood)]

    def of(self, kind):
        return [news for news in self.news if isinstance(news, kind)]

    async def until(self, enough):
        async with asyncio.timeout(PATIENCE):
            while not enough():
                self.more.clear()
                await self.more.wait()


def make_session(port, clock=None, draw=lambda: 0.0, tokens=None, lists=None, log=lambda lines: None):
    told, clock = Told(), clock or FakeClock()
    profile = Profile("dev", f"http://127.0.0.1:{port}")

    async def none():
        return ()

    session = Session(
        lambda token, query: connect(Place(profile, query, token), SystemClock(), log),
        tokens or FakeTokens(), lists or none, told, device="here", clock=clock, sleep=clock.sleep, draw=draw,
    )  # fmt: skip
    return session, told


@contextlib.asynccontextmanager
async def running(session):
    """Run the session beside the test; stop it at the end."""
    task = asyncio.create_task(session.run())
    try:
        async with asyncio.timeout(PATIENCE):
            yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
