"""Sends measured messages when the control port says so: a line `COUNT DUE` each time, to one socket after the other.

An empty line is answered with one, once everything is prepared that was to be: the server is there. It ends with the connection that brings its orders.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast

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
        self._preparing: set[asyncio.Task[None]] = set()

    def add(self, key: object, send: Send) -> None:
        self._receivers[key] = send
        self._order = []

    def remove(self, key: object) -> None:
        self._receivers.pop(key, None)
        self._order = []

    def order(self, line: bytes) -> None:
        """Begin to send what the line orders, or to prepare what the next such order sends."""
        count, due, *words = line.decode().split()
        if words[:1] == ["prepare"]:
            _keep(self._preparing, self.prepare(int(count), words[1]))
        else:
            _keep(self._running, self.publish(int(count), int(due), "".join(words)))

    async def prepare(self, count: int, word: str) -> None:
        """Do what has to be done before an order of this word and so many messages."""

    async def ready(self) -> None:
        """Wait until what was to be prepared is."""
        await asyncio.gather(*self._preparing)

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


def _keep(tasks: set[asyncio.Task[None]], work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


class _Control(asyncio.Protocol):
    """The control port's connection."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher, self._rest = publisher, b""
        self._answering: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's are none by class

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line:
                self._publisher.order(line)
            else:
                _keep(self._answering, self._answer())

    async def _answer(self) -> None:
        await self._publisher.ready()
        self._transport.write(b"\n")

    def connection_lost(self, _: Exception | None) -> None:
        os._exit(0)  # whoever measured is gone, perhaps without a chance to end this process


async def listen(publisher: Publisher, control: int) -> asyncio.Server:
    """Take orders from the control port."""
    return await asyncio.get_running_loop().create_server(lambda: _Control(publisher), HOST, control)
