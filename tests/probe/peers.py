"""Peers on loopback that answer exact bytes."""

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

from msgspec.structs import replace

from ws101.attempt import Attempt, Sending, TlsSettings
from ws101.handshake.accept import accept_value
from ws101.handshake.request import Request, opening
from ws101.lab.certificates import Signed
from ws101.probe.exchange import attempt
from ws101.probe.limits import Limits
from ws101.probe.secure import Contexts
from ws101.terms import Family

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
SWITCH = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: " + accept_value(KEY).encode() + b"\r\n\r\n"
)
REFUSAL = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nno ws"
QUICK = Limits(connect=0.3, tls=0.3, answer=0.3, body=0.1, linger=0.1)

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(
    handler: Handler, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[int]:
    """Serve on a free port of loopback, every connection by `handler`, after which it is dropped at once."""
    tasks = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        try:
            with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
                await handler(reader, writer)
                await writer.drain()
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(serve, host, 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.contextmanager
def serving_with_alerts(tls: ssl.SSLContext, answer: bytes) -> Iterator[int]:
    """Serve over TLS in a thread: unlike asyncio's, this server sends the alert when the handshake fails."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    plain, _ = listener.accept()
                except OSError:
                    return  # the listener was shut down
                with plain, contextlib.suppress(OSError), tls.wrap_socket(plain, server_side=True) as sock:
                    sock.recv(65536)
                    sock.sendall(answer)
                    sock.recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def answering(data: bytes) -> Handler:
    """A peer that reads the request's head, answers these bytes and closes."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(data)

    return handle


def staying(data: bytes, greeting: bytes = b"") -> Handler:
    """A peer that greets, reads the request's head, answers these bytes and waits for the end."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(data)
        await reader.read()

    return handle


def reset(writer: asyncio.StreamWriter) -> None:
    """Make the closing of this connection a reset."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def request(target: str = "/ws") -> Request:
    return opening("localhost", target, KEY)


def sending(port: int, **changes: object) -> Sending:
    return replace(Sending("localhost", port, request()), **changes)  # type: ignore[arg-type]


def over_tls(port: int, ca_file: Path | None = None, **changes: object) -> Sending:
    settings = {"check_name": "localhost", "server_name": "localhost", "ca_file": ca_file and str(ca_file)}
    return sending(port, tls=TlsSettings(**{**settings, **changes}))  # type: ignore[arg-type]


async def tried(
    sent: Sending,
    limits: Limits = QUICK,
    addresses: tuple[str, ...] = ("127.0.0.1",),
    contexts: Contexts | None = None,
) -> Attempt:
    return await attempt(
        "baseline", Family.BASELINE, "", sent, addresses=addresses, limits=limits, contexts=contexts
    )


def write(directory: Path, name: str, *chain: Signed) -> Path:
    """Write the first certificate's key and this chain of certificates into one PEM file."""
    path = directory / f"{name}.pem"
    path.write_bytes(chain[0].key_pem + b"".join(signed.pem for signed in chain))
    return path


def server_context(pem: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(pem)
    return made
