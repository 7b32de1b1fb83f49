"""Speaks HTTP on a connection that was opened already: uvicorn's protocol with the REST calls behind it.

A request for the notifications that comes later on the same connection goes back to the door.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from ws101.timers.opening import Opening, sort

KEEP_ALIVE = 75  # seconds; nginx, too, keeps a connection to an upstream for 60 and closes it first


class Web:
    """Makes the protocols. `take_over` gets a connection on which a handshake has come, `turn_away` answers what is no HTTP."""

    def __init__(self, app: Any, max_head: int, head_timeout: float, connections: int) -> None:
        self.config = Config(
            app, lifespan="off", log_config=None, access_log=False, proxy_headers=False, ws="none",
            timeout_keep_alive=KEEP_ALIVE,
        )  # fmt: skip
        self.config.load()
        self.state = ServerState()
        self.max_head, self.head_timeout, self._most = max_head, head_timeout, connections
        self.take_over: Callable[[asyncio.Transport, bytes], None]
        self.turn_away: Callable[[asyncio.Transport], bytes]

    def protocol(self, first: bytes = b"") -> "WebProtocol":
        """Return the protocol for one connection, whose first bytes have been read."""
        return WebProtocol(self, first)

    @property
    def is_full(self) -> bool:
        """Whether as many connections are open as may be."""
        return len(self.state.connections) >= self._most

    async def drain(self, seconds: float) -> None:
        """Let the requests under way end, at most this long."""
        for connection in list(self.state.connections):
            connection.shutdown()
        if self.state.tasks:
            await asyncio.wait(self.state.tasks, timeout=seconds)

    def abort(self) -> None:
        """Cut what is left."""
        for task in list(self.state.tasks):
            task.cancel()
        for connection in list(self.state.connections):
            connection.transport.abort()


class WebProtocol(HttpToolsProtocol):
    """One HTTP connection."""

    def __init__(self, web: Web, first: bytes) -> None:
        super().__init__(web.config, web.state, {}, asyncio.get_running_loop())
        self._web, self._first = web, first
        self._late: asyncio.TimerHandle | None = None  # runs while a head has begun and not ended

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self._first:
            first, self._first = self._first, b""
            super().data_received(first)  # a whole head, that is no handshake

    def connection_lost(self, exc: Exception | None) -> None:
        self._on_time()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Look at what begins a request of its own, before the HTTP parser forgets how it was written."""
        if self._is_idle() and self._late is None and sort(data, self._web.max_head)[0] is Opening.HANDSHAKE:
            self._hand_back(data)
            return
        super().data_received(data)
        if not self._is_idle():
            self._on_time()
        elif self._late is None and not self.transport.is_closing():
            self._late = self.loop.call_later(self._web.head_timeout, self.transport.close)

    def _on_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def handle_websocket_upgrade(self) -> None:
        """Take back a handshake that the parser found, whose bytes came in pieces or behind other requests."""
        if not self._is_idle():
            self.transport.close()  # the answer to the request before it is not out yet, and a 101 must not overtake it
            return
        method: str = self.scope["method"]
        lines = [
            f"{method} ".encode() + self.url + b" HTTP/1.1",
            *(b": ".join(field) for field in self.headers),
        ]
        self._hand_back(b"\r\n".join(lines) + b"\r\n\r\n")

    def send_400_response(self, _: str) -> None:
        """Answer what the parser cannot read: with a problem, as everything else."""
        self.transport.write(self._web.turn_away(self.transport))
        self.transport.close()

    def _should_upgrade_to_ws(self) -> bool:
        return True

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _hand_back(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        self._on_time()
        self.connections.discard(self)
        self._web.take_over(self.transport, data)
