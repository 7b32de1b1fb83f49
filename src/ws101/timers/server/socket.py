"""One open socket: frames in and out, its send queue, pings, silence, closes.

What an event says, who may have it and when it is written are not its matter; it holds no task and no timer of its own.
"""

import asyncio
from enum import Enum
from typing import cast

import msgspec

from ws101.handshake.frames import Opcode, build_frame, parse_close
from ws101.handshake.messages import Failure, Message, MessageReader
from ws101.timers import wire
from ws101.timers.closing import (
    BINARY_REFUSED,
    DRAINING,
    MESSAGE_MALFORMED,
    MESSAGE_TOO_LARGE,
    PROTOCOL_ERROR,
    SERVER_ERROR,
    SESSION_ENDED,
    SILENT,
    SLOW_CONSUMER,
    TEXT_INVALID,
    Closing,
)
from ws101.timers.server.denial import Denial
from ws101.timers.server.hub import Hub
from ws101.timers.server.seat import Seat

_TEXT, _BINARY, _CLOSE, _PING, _PONG = map(
    int, (Opcode.TEXT, Opcode.BINARY, Opcode.CLOSE, Opcode.PING, Opcode.PONG)
)
_PING_FRAME = build_frame(_PING, b"", b"")
_CLOSINGS = {closing.code: closing for closing in (PROTOCOL_ERROR, TEXT_INVALID, MESSAGE_TOO_LARGE)}
_NO_CODE, _LOST = 1005, 1006  # RFC 6455, 7.4.1: what stands for no code, and for no close at all


class _State(Enum):
    OPEN = 1
    CLOSING = 2  # a close was sent, theirs has not come
    OVER = 3


class Socket(asyncio.Protocol):
    """The protocol of a connection that has been answered 101; `early` is what came behind the handshake.

    A client that comes back (`seat.since`) is told what it missed before anything else. `heard` and `slot` are ticks,
    and up to `replayed` a resumption has told it of events.
    """

    __slots__ = (
        "_acked", "_acking", "_code", "_early", "_failed", "_hub", "_raised", "_reader", "_state", "_transport", "_writing",
        "heard", "replayed", "seat", "slot",
    )  # fmt: skip

    def __init__(self, hub: Hub, seat: Seat, early: bytes = b"") -> None:
        self._hub, self.seat, self._early = hub, seat, early
        self._reader = MessageReader(hub.bounds.max_frame)
        self._state = _State.OPEN
        self._code = _LOST
        self._failed = False  # frames can no longer be told apart: what comes is thrown away
        self.replayed = -1
        self._raised = False  # whether the send queue has room beside a resumption
        self._acked = -1
        self._acking = False
        self.heard = self.slot = hub.wheel.now

    # ---- what the transport tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=self._hub.bounds.send_queue)
        self._writing = self._transport.write
        unfit = self._hub.join(self)
        if unfit is not None:
            self.close(unfit)
        elif self.seat.since is not None:
            self._resume(self.seat.since)
        if self._early:
            early, self._early = self._early, b""
            self.data_received(early)

    def data_received(self, data: bytes) -> None:
        self.heard = self._hub.wheel.now
        if self._failed:
            return
        for message in self._reader.feed(data):
            self._take(message)
        if self._reader.failure is not None:
            self._fail(self._reader.failure)

    def pause_writing(self) -> None:
        """More waits than may wait: the peer does not read."""
        self.close(SLOW_CONSUMER)

    def connection_lost(self, _error: Exception | None, /) -> None:
        self._state = _State.OVER
        self._hub.lose(self, self._code)

    # ---- what the hub and the wheel ask for

    @property
    def waiting(self) -> int:
        """How many bytes wait for the peer to read."""
        return self._transport.get_write_buffer_size()

    def send(self, frames: bytes) -> None:
        """Send frames, unless the connection is at its end."""
        if not self._transport.is_closing():
            self._writing(frames)

    def close(self, closing: Closing) -> None:
        """Send a close, and wait a while for the peer's."""
        if self._state is not _State.OPEN:
            return
        hub, code, reason = self._hub, closing.code, closing.reason
        self._state, self._code = _State.CLOSING, code
        hub.silence(self)
        self._writing(build_frame(_CLOSE, code.to_bytes(2, "big") + reason.encode(), b""))
        hub.wheel.remove(self)
        hub.wheel.place(self, hub.bounds.grace)
        if closing is not DRAINING:  # thousands end so at once, and the log has said so
            hub.logs.closed(self.seat, code, reason)

    def abort(self) -> None:
        """Drop the connection."""
        self._transport.abort()

    def visit(self) -> int:
        if self._state is not _State.OPEN:
            self._transport.abort()
            return 0
        hub = self._hub
        patience = self.heard + hub.bounds.idle - hub.wheel.now
        unfit = SILENT if patience <= 0 else hub.unfit(self.seat)
        if unfit is not None:
            self.close(unfit)
            return 0
        if self._raised and self.waiting <= hub.bounds.send_queue:
            self._transport.set_write_buffer_limits(high=hub.bounds.send_queue)
            self._raised = False
        self._writing(_PING_FRAME)
        return min(hub.bounds.ping, patience)

    # ---- messages

    def _take(self, message: Message) -> None:
        opcode = message.opcode
        if opcode == _CLOSE:
            self._closed_by_peer(message.payload)
        elif self._state is not _State.OPEN:
            pass  # what is said after our close is not heard any more
        elif opcode == _TEXT:
            self._text(message.payload)
        elif opcode == _PING:
            self._writing(build_frame(_PONG, message.payload, b""))
        elif opcode == _BINARY:
            self.close(BINARY_REFUSED)

    def _text(self, text: bytes) -> None:
        self._hub.metrics.messages += 1
        try:
            message = wire.decode_client(text)
        except (msgspec.DecodeError, RecursionError):
            self.close(MESSAGE_MALFORMED)
            return
        if isinstance(message, wire.Ping):
            now = self._hub.clock.now()
            pong = wire.encode(wire.Pong(server_time=now, client_time=message.client_time))
            self._writing(build_frame(_TEXT, pong, b""))
        elif isinstance(message, wire.Ack):
            self._acknowledge(message.seq)
        # SubscribeTimers narrows nothing: a socket is told of every event of its user, so that `seq` has no gaps.

    def _acknowledge(self, seq: int) -> None:
        """Write down the latest acknowledgement; those that come meanwhile are one."""
        self._acked = max(self._acked, seq)
        if not self._acking:
            self._acking = True
            self._hub.spawn(self._write_acknowledgements())

    async def _write_acknowledgements(self) -> None:
        written = -1
        try:
            while written < self._acked:
                written = self._acked
                device = self.seat.device or self.seat.trace_id
                await self._hub.service.acknowledge(self.seat.user, device, written)
        except Denial:
            self.close(SESSION_ENDED)  # there is no such user any more
        except Exception as error:  # noqa: BLE001 - whatever it was, it ends this socket and no other
            self._crash(error)
        finally:
            self._acking = False

    def _resume(self, since: int) -> None:
        """Tell what was missed. Between the reading and the writing nothing can be delivered: the loop does both at once."""
        try:
            resumed = self._hub.service.resume(self.seat.user, since, self.seat.epoch)
        except Exception as error:  # noqa: BLE001 - as above
            self._crash(error)
            return
        self.replayed = resumed.seq
        frames = b"".join(build_frame(_TEXT, text, b"") for text in (resumed.welcome, *resumed.events))
        self._transport.set_write_buffer_limits(high=self._hub.bounds.send_queue + len(frames))
        self._raised = True
        self._writing(frames)
        self._hub.metrics.resumed(recovered=resumed.recovered)

    # ---- the end

    def _closed_by_peer(self, payload: bytes) -> None:
        if self._state is _State.OPEN:
            code = parse_close(payload).code
            self._code = _NO_CODE if code is None else code
            self._hub.silence(self)
            self._writing(build_frame(_CLOSE, payload[:2], b""))
        self._state = _State.OVER
        self._transport.close()

    def _fail(self, failure: Failure) -> None:
        """Fail the connection (RFC 6455, 7.1.7): say why, send no more, read no more than the peer's end."""
        self._failed = True
        closing = _CLOSINGS[failure.code]
        self.close(closing._replace(reason=f"{closing.reason}: {failure.breach.text}"))
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()

    def _crash(self, error: Exception) -> None:
        self._hub.logs.crashed(error, self.seat.trace_id)
        self.close(SERVER_ERROR)
