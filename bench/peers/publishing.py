"""Sends measured messages when the control port says so: a line `COUNT DUE` each time, to one socket after the other.

An empty line is answered with one: the server is there. It ends with the connection that brings its orders.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import cast

from peers.given import DEVICES, HOST, TO_DEVICES, message

Send = Callable[[bytes], Awaitable[object]]
TURN = 32  # messages between two chances for the loop to do something else


class Publisher:
    """Keeps the open sockets, in the order in which they came."""

    def __init__(self) -> None:
        self._receivers: dict[object, Send] = {}
        self._order: list[Send] = []
        self.sent = 0
        self._running: set[asyncio.Task[None]] = set()

    def add(self, key: object, send: Send) -> None:
        self._receivers[key] = send
        self._order = []

    def remove(self, key: object) -> None:
        self._receivers.pop(key, None)
        self._order = []

    def order(self, line: bytes) -> None:
        """Begin to send what the line orders."""
        count, due, *words = line.decode().split()
        task = asyncio.ensure_future(self.publish(int(count), int(due), "".join(words)))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def publish(self, count: int, due: int, word: str) -> None:
        self._order = self._order or list(self._receivers.values())
        receivers = self._order
        users = len(receivers) // DEVICES if word == TO_DEVICES else len(receivers)
        for turn in range(count):
            number = self.sent = self.sent + 1
            text = message(number, due)
            for send in receivers[number % users :: users]:
                await send(text)
            if turn % TURN == TURN - 1:
                await asyncio.sleep(0)


class _Control(asyncio.Protocol):
    """The control port's connection."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher, self._rest = publisher, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's are none by class

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line:
                self._publisher.order(line)
            else:
                self._transport.write(b"\n")

    def connection_lost(self, _: Exception | None) -> None:
        os._exit(0)  # whoever measured is gone, perhaps without a chance to end this process


async def listen(publisher: Publisher, control: int) -> asyncio.Server:
    """Take orders from the control port."""
    return await asyncio.get_running_loop().create_server(lambda: _Control(publisher), HOST, control)
