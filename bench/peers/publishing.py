"""Sends measured messages when the control port says so: `COUNT DUE` in a datagram, to one socket after the other.

A datagram without content is answered: the server is there.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from peers.given import HOST, message

Send = Callable[[bytes], Awaitable[object]]
TURN = 32  # messages between two chances for the loop to do something else


class Publisher(asyncio.DatagramProtocol):
    """Keeps the open sockets, in the order in which they came."""

    def __init__(self) -> None:
        self._receivers: dict[object, Send] = {}
        self._order: list[Send] = []
        self.sent = 0
        self._transport: asyncio.DatagramTransport | None = None
        self._running: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)  # uvloop's are none by class

    def add(self, key: object, send: Send) -> None:
        self._receivers[key] = send
        self._order = []

    def remove(self, key: object) -> None:
        self._receivers.pop(key, None)
        self._order = []

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        assert self._transport
        if not data:
            self._transport.sendto(b"there", addr)
            return
        count, due, *words = data.decode().split()
        task = asyncio.ensure_future(self.publish(int(count), int(due), "".join(words)))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def publish(self, count: int, due: int, word: str) -> None:  # noqa: ARG002 - there is one way to send
        self._order = self._order or list(self._receivers.values())
        receivers = self._order
        for turn in range(count):
            number = self.sent = self.sent + 1
            await receivers[number % len(receivers)](message(number, due))
            if turn % TURN == TURN - 1:
                await asyncio.sleep(0)


async def listen(publisher: asyncio.DatagramProtocol, control: int) -> None:
    """Take orders from the control port."""
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(lambda: publisher, local_addr=(HOST, control))
