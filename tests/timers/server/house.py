"""A whole service in a thread of its own, and bytes to and from its port."""

import asyncio
import concurrent.futures
import io
import json
import socket
import threading
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ws101.handshake.headers import Headers
from ws101.handshake.request import Request, build, opening
from ws101.timers.admission import PATH
from ws101.timers.clock import SystemClock
from ws101.timers.server.run import Running, loop_factory, running
from ws101.timers.server.tokens import Minter
from ws101.timers.settings import ServiceSettings

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
PASSWORD = "correct horse battery staple"
PATIENCE = 30.0  # seconds; a busy machine is slow


class Log(io.StringIO):
    """What the service wrote."""

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


class House(Struct):
    """A running service; `ask` runs something on its loop."""

    service: Running
    loop: asyncio.AbstractEventLoop
    log: Log
    leaving: asyncio.Event
    token: str = ""

    def leave(self) -> None:
        """Have it drain and end."""
        self.loop.call_soon_threadsafe(self.leaving.set)

    @property
    def parts(self):
        return self.service.parts

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.service.port}"

    def ask(self, work: Callable[[], Any]) -> Any:
        async def ask() -> Any:
            made = work()
            return await made if asyncio.iscoroutine(made) else made

        return asyncio.run_coroutine_threadsafe(ask(), self.loop).result(PATIENCE)

    def user(self, name: str) -> str:
        """Register a user and return their token."""
        signed_in = self.ask(lambda: self.parts.accounts.register(name, f"{name}@example.test", PASSWORD))
        return signed_in.token

    def mint(self, user: str, session: str, *, now: int | None = None, **changed: Any) -> str:
        minter = Minter(self.parts.keys, replace(self.parts.settings, **changed))
        return minter.mint(user, session, self.parts.clock.now() if now is None else now)[0]

    def handshake(self, *fields: tuple[str, str], target: str = PATH, **changed: Any) -> Request:
        return replace(opening(self.host, target, KEY, Headers.of(fields)), **changed)

    def send(self, data: bytes | Request) -> "Heard":
        """Send bytes on a connection of their own, and read until the service has closed, or switched."""
        with self.connect() as peer:
            peer.sendall(build(data) if isinstance(data, Request) else data)
            return hear(peer)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.service.port), PATIENCE)


class Heard(Struct):
    """An answer: its status, fields by lower-case names, and body; `raw` is all that came."""

    raw: bytes

    @property
    def status(self) -> int:
        return int(self.raw.split(b" ", 2)[1])

    @property
    def fields(self) -> dict[str, str]:
        lines = self.raw.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def problem(self) -> dict[str, Any]:
        assert self.fields["content-type"] == "application/problem+json", self.raw
        assert int(self.fields["content-length"]) == len(self.body)
        return json.loads(self.body)

    @property
    def cause(self) -> str:
        return self.problem["type"].removeprefix("urn:ws101:cause:")


def hear(peer: socket.socket) -> Heard:
    """Read one answer: of a 101 its head, else all until the peer closes or the body is whole."""
    raw = b""
    while chunk := peer.recv(65_536):
        raw += chunk
        head, end, body = raw.partition(b"\r\n\r\n")
        if end and (head.startswith(b"HTTP/1.1 101") or _is_whole(head, body)):
            break
    return Heard(raw)


def _is_whole(head: bytes, body: bytes) -> bool:
    fields = Heard(head + b"\r\n\r\n").fields
    return "close" not in fields.get("connection", "") and len(body) >= int(fields.get("content-length", "0"))


@contextmanager
def open_house(directory: Path, clock: SystemClock | None = None, **settings: Any):
    """Run a service while the block runs, and drain it afterwards."""
    given: dict[str, Any] = {
        "port": 0, "data": directory / "data", "log": "json", "handshakes_per_second": 0, "drain_timeout": 1.0,
    } | settings  # fmt: skip
    ready: concurrent.futures.Future[House] = concurrent.futures.Future()
    thread = threading.Thread(target=_live, args=(ServiceSettings(**given), clock, ready), name="house")
    thread.start()
    try:
        house = ready.result(PATIENCE)
        yield house
    finally:
        if ready.done() and not ready.exception():
            house.leave()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def _live(
    settings: ServiceSettings, clock: SystemClock | None, ready: concurrent.futures.Future[Any]
) -> None:
    async def live() -> None:
        leave, log = asyncio.Event(), Log()
        async with running(settings, clock, log) as service:
            ready.set_result(House(service, asyncio.get_running_loop(), log, leave))
            await leave.wait()

    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(live())
    except BaseException as error:
        if ready.done():
            raise
        ready.set_exception(error)
