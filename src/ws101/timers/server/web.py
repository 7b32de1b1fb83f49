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
from ws101.timers.server.forwarding import Trust
from ws101.timers.server.limits import count, place
from ws101.timers.settings import ServiceSettings

KEEP_ALIVE = 75  # seconds; nginx, too, keeps a connection to an upstream for 60 and closes it first
_PIECE = (
    4_096  # bytes that the parser gets of a body at a time; requests behind it in them are its own to queue
)


class Web:
    """Makes the protocols. `take_over` gets a connection on which a handshake has come, `turn_away` answers what is no HTTP."""

    def __init__(self, app: Any, settings: ServiceSettings) -> None:
        self.config = Config(
            app, lifespan="off", log_config=None, access_log=False, proxy_headers=False, ws="none",
            timeout_keep_alive=KEEP_ALIVE,
        )  # fmt: skip
        self.config.load()
        self.state = ServerState()
        self.max_head, self.head_timeout = settings.max_head, settings.head_timeout
        self._most, self._most_of_peer = settings.connections, settings.connections_per_address
        self._trust = Trust(settings.trusted_proxies)
        self.of_peer: dict[str, int] = {}
        self.take_over: Callable[[asyncio.Transport, bytes], None]
        self.turn_away: Callable[[asyncio.Transport], bytes]

    def protocol(self, first: bytes = b"") -> "WebProtocol":
        """Return the protocol for one connection, whose first bytes have been read."""
        return WebProtocol(self, first)

    def is_full(self, peer: str) -> bool:
        """Return whether the peer may open no further connection: there are too many, or it has too many of them itself.

        A trusted proxy has them for others.
        """
        if len(self.state.connections) >= self._most:
            return True
        return self.of_peer.get(place(peer), 0) >= self._most_of_peer and not self._trust.trusts(peer)

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
    """One HTTP connection. Its parser gets one request at a time, with the whole of its head.

    So a handshake is seen as it was written, and requests that are sent before their turn cost no more than their bytes.
    """

    def __init__(self, web: Web, first: bytes) -> None:
        super().__init__(web.config, web.state, {}, asyncio.get_running_loop())
        self._web, self._rest = web, first  # what the parser has not had
        self._late: asyncio.TimerHandle | None = (
            None  # until when a head, or a body that nobody reads, has to end
        )
        self._parsing = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._place = place(self.client[0] if self.client else "")
        count(self._web.of_peer, self._place, 1)
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        self._on_time()
        count(self._web.of_peer, self._place, -1)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._rest += data
        self._go_on()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Let a peer that has no more to say read its answer; TLS ends both directions at once."""
        if self._parsing or not self._is_answering() or self.scheme == "https":
            return False
        self.cycle.keep_alive = False
        return True

    def _go_on(self) -> None:
        """Let the parser have what it may have now."""
        while self._rest and not self.transport.is_closing():
            if self._parsing:
                piece, self._rest = self._rest[:_PIECE], self._rest[_PIECE:]
                super().data_received(piece)
            elif self._is_answering():
                self.flow.pause_reading()
                return
            elif not self._begin():
                return

    def _begin(self) -> bool:
        """Look at what begins a request of its own; return whether the parser has got its head."""
        self._unset_keepalive_if_required()
        opening, end = sort(self._rest, self._web.max_head)
        if opening is Opening.UNCLEAR:
            self._wait()
            return False
        self._on_time()
        begun, self._rest = self._rest, b""
        if opening is Opening.REQUEST:
            self._rest = begun[end:]
            super().data_received(begun[:end])
            return True
        self.connections.discard(self)
        count(self._web.of_peer, self._place, -1)
        self._web.take_over(self.transport, begun)
        return False

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self._web.head_timeout, self.transport.close)

    def _on_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    # ---- what the parser and the answer tell

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._parsing:
            self._wait()
        self._go_on()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._parsing = True

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._parsing = False
        self._on_time()

    def handle_websocket_upgrade(self) -> None:
        """Let the answer to the request before it be the last: a 101 must not overtake it, and nobody sends this."""
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()
        else:
            self.cycle.keep_alive = False

    def send_400_response(self, _: str) -> None:
        """Answer what the parser cannot read: with a problem, as everything else."""
        self.transport.write(self._web.turn_away(self.transport))
        self.transport.close()

    def _should_upgrade_to_ws(self) -> bool:
        return True
