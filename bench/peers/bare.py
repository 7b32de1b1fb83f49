"""The limit: what the service's listener does with sockets and bytes, without any of its work.

Accepts itself, reads the head with one recv, answers 101 or a fixed 401 before a transport exists. No token is checked,
no user looked up, no line logged, nothing recorded; frames are built once and written, what comes in is passed over.
"""

import asyncio
import socket
from base64 import b64encode
from functools import partial
from hashlib import sha1
from typing import cast

import uvloop

from peers.given import BROKEN, HOST, given
from peers.publishing import Publisher, listen
from ws101.handshake.frames import Opcode, build_frame

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
BODY = b'{"title":"The token is not valid","status":401,"detail":"The signature does not fit."}\n'
UNAUTHORIZED = (
    b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nConnection: close\r\n"
    b"Content-Type: application/problem+json\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
)
SWITCHING = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
)
REFUSED = BROKEN.encode() + b"\r\n"
CLOSE = build_frame(Opcode.CLOSE, b"", b"")


class Open(asyncio.Protocol):
    """One open socket: answers whatever comes with a close, as the load sends nothing else."""

    __slots__ = ("_publisher", "_transport")

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(
            "asyncio.WriteTransport", transport
        )  # uvloop's are no asyncio.WriteTransport by class
        self._publisher.add(self, self.send)

    def data_received(self, data: bytes) -> None:  # noqa: ARG002
        assert self._transport
        self._transport.write(CLOSE)
        self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._publisher.remove(self)

    async def send(self, text: bytes) -> None:
        assert self._transport
        self._transport.write(build_frame(Opcode.TEXT, text, b""))


class Listener:
    """Accepts, reads and answers without a transport."""

    def __init__(self, listening: socket.socket, publisher: Publisher) -> None:
        self._listening, self._publisher = listening, publisher
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[object]] = set()
        self._loop.add_reader(listening, self._accept)

    def _accept(self) -> None:
        for _ in range(64):
            try:
                accepted, _ = self._listening.accept()
            except BlockingIOError:
                return
            accepted.settimeout(0)
            self._read(accepted, waiting=False)

    def _read(self, accepted: socket.socket, *, waiting: bool = True) -> None:
        try:
            head = accepted.recv(16_384)
        except BlockingIOError:
            self._loop.add_reader(accepted, self._read, accepted)
            return
        if waiting:
            self._loop.remove_reader(accepted)
        if not head.endswith(b"\r\n\r\n"):
            accepted.close()
        elif REFUSED in head:
            accepted.send(UNAUTHORIZED)
            accepted.close()
        else:
            self._open(accepted, head)

    def _open(self, accepted: socket.socket, head: bytes) -> None:
        at = head.index(b"Sec-WebSocket-Key: ") + 19
        accept = b64encode(sha1(head[at : at + 24] + GUID, usedforsecurity=False).digest())
        accepted.send(SWITCHING + accept + b"\r\n\r\n")
        opening: asyncio.Task[object] = asyncio.ensure_future(
            self._loop.connect_accepted_socket(partial(Open, self._publisher), accepted)
        )
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)


async def main() -> None:
    task = given()
    publisher = Publisher()
    await listen(publisher, task.control)
    listening = socket.create_server((HOST, task.port), backlog=4096)
    listening.settimeout(0)
    Listener(listening, publisher)
    await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    uvloop.run(main())
