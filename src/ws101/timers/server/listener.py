"""Accepts connections, looks at their first bytes, and hands them on: to the gate, to HTTP, or out.

A handshake on the plain port is decided on the bare socket, before there is a transport, so that refusing costs little.
"""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from itertools import takewhile
from typing import Any

from ws101.timers.opening import Opening, sort
from ws101.timers.server.door import LINGER, Door, DoorProtocol
from ws101.timers.server.gate import Decision
from ws101.timers.server.limits import Limits

_AT_ONCE = 64  # connections accepted in one turn of the loop
_REST = 0.1  # seconds without accepting once the process has no file descriptors left
_SWEEP = 0.5
_TLS_HANDSHAKE = b"\x16"  # RFC 8446, 5.1
_FULL = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class _Caller:
    """A connection of which nobody knows yet what comes on it; `until` is when that has to be known."""

    __slots__ = ("data", "peer", "sock", "until")

    def __init__(self, sock: socket.socket, peer: str) -> None:
        self.sock, self.peer = sock, peer
        self.data = b""
        self.until = 0.0


class Listener:
    """Owns the listening sockets, and every connection until it is known what comes on it."""

    def __init__(
        self,
        sockets: list[socket.socket],
        door: Door,
        limits: Limits,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._sockets, self._door, self._limits, self._tls = sockets, door, limits, tls
        self._loop = asyncio.get_running_loop()
        self._most = door.max_head + 1
        self._arrived: dict[_Caller, None] = {}
        self._waiting: dict[_Caller, None] = {}
        self._leaving: dict[_Caller, None] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._sweeping: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to accept."""
        for listening in self._sockets:
            self._loop.add_reader(listening.fileno(), self._accept, listening)

    def stop(self) -> None:
        """Accept no more, and drop who has not said anything yet."""
        for listening in self._sockets:
            self._loop.remove_reader(listening.fileno())
            listening.close()
        for caller in list(self._waiting):
            self._drop(caller)

    def close(self) -> None:
        """Cut what is left."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        for caller in list(self._leaving):
            self._cut(caller)
        for task in self._tasks:
            task.cancel()

    # ---- accepting

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(_AT_ONCE):
            try:
                sock, address = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno in _FULL:
                    self._pause(listening)
                return
            sock.settimeout(0)
            self._read(_Caller(sock, address[0]))

    def _pause(self, listening: socket.socket) -> None:
        self._loop.remove_reader(listening.fileno())
        self._loop.call_later(_REST, self._resume, listening)

    def _resume(self, listening: socket.socket) -> None:
        if listening.fileno() >= 0:
            self._loop.add_reader(listening.fileno(), self._accept, listening)

    # ---- the first bytes

    def _read(self, caller: _Caller) -> None:
        """Read what is there; a TLS port's bytes stay where they are, for TLS to read."""
        sock, peeked = caller.sock, self._tls is not None
        try:
            data = sock.recv(1, socket.MSG_PEEK) if peeked else sock.recv(self._most)
        except BlockingIOError:
            self._wait(caller)
            return
        except OSError:
            data = b""
        if not data:
            self._drop(caller)
        elif peeked:
            self._sort_tls(caller, data)
        else:
            caller.data += data
            if not self._arrived:
                self._loop.call_soon(self._deal)
            self._arrived[caller] = None

    def _deal(self) -> None:
        """Decide about all that came in this turn of the loop, then answer.

        Deciding, and what asks the kernel for something, each in a row: in turns they would cost a sixth more.
        """
        arrived, self._arrived = self._arrived, {}
        decided = [found for caller in arrived if (found := self._try(caller)) is not None]
        for caller, decision, rest in decided:
            self._answer(caller, decision, rest)

    def _try(self, caller: _Caller) -> tuple[_Caller, Decision, bytes] | None:
        try:
            return self._sort(caller)
        except Exception as error:  # noqa: BLE001 - a fault of ours costs this connection, and no other
            about = {"message": "A connection could not be dealt with", "exception": error}
            self._loop.call_exception_handler(about)
            self._drop(caller)
            return None

    def _sort(self, caller: _Caller) -> tuple[_Caller, Decision, bytes] | None:
        """Return what was decided about a handshake; deal with everything else."""
        data = caller.data
        opening, end = sort(data, self._door.max_head)
        if caller.sock.fileno() < 0:  # it was dropped meanwhile
            return None
        if opening is Opening.UNCLEAR:
            self._wait(caller)
            return None
        self._wait_no_more(caller)
        if opening is Opening.HANDSHAKE:
            return caller, self._door.gate.decide(data[:end], caller.peer, tls=False), data[end:]
        if opening is Opening.REQUEST and not self._door.web.is_full(caller.peer):
            self._adopt(caller.sock, lambda: self._door.web.protocol(data))
        elif opening is Opening.REQUEST:
            self._send_off(caller, self._door.crowded(data, caller.peer, tls=False), linger=True)
        else:
            self._send_off(caller, self._door.turn_away(opening, data, caller.peer, tls=False), linger=True)
        return None

    def _answer(self, caller: _Caller, decision: Decision, rest: bytes) -> None:
        seat = decision.seat
        if seat is None:
            self._send_off(caller, decision.answer, linger=bool(rest) or not caller.data.startswith(b"GET"))
        elif _send(caller.sock, decision.answer):
            self._adopt(caller.sock, lambda: self._door.seat(seat, rest), lambda: self._limits.leave(seat))
        else:
            self._limits.leave(seat)
            caller.sock.close()

    def _sort_tls(self, caller: _Caller, first: bytes) -> None:
        self._wait_no_more(caller)
        if first == _TLS_HANDSHAKE:
            self._adopt_tls(caller)
            return
        try:
            data = caller.sock.recv(self._most)
        except OSError:
            data = b""
        self._send_off(caller, self._door.plain_on_tls(data, caller.peer), linger=True)

    def _adopt_tls(self, caller: _Caller) -> None:
        if not self._limits.enter_half_open(caller.peer):
            caller.sock.close()
            return
        task = self._adopt(
            caller.sock,
            lambda: DoorProtocol(self._door, caller.peer),
            ssl=self._tls,
            ssl_handshake_timeout=self._door.head_timeout,
            ssl_shutdown_timeout=LINGER,
        )
        task.add_done_callback(lambda _: self._limits.leave_half_open(caller.peer))

    # ---- waiting for more

    def _wait(self, caller: _Caller) -> None:
        if caller in self._waiting:
            return
        if not self._limits.enter_half_open(caller.peer):
            caller.sock.close()
            return
        caller.until = self._loop.time() + self._door.head_timeout
        self._waiting[caller] = None
        self._loop.add_reader(caller.sock.fileno(), self._read, caller)
        self._sweep_later()

    def _wait_no_more(self, caller: _Caller) -> None:
        if caller.until:
            caller.until = 0.0
            del self._waiting[caller]
            self._loop.remove_reader(caller.sock.fileno())
            self._limits.leave_half_open(caller.peer)

    def _drop(self, caller: _Caller) -> None:
        self._wait_no_more(caller)
        caller.sock.close()

    def _sweep_later(self) -> None:
        if self._sweeping is None:
            self._sweeping = self._loop.call_later(_SWEEP, self._sweep)

    def _sweep(self) -> None:
        """Drop who is too slow; both tables are in the order of their deadlines."""
        now, self._sweeping = self._loop.time(), None
        for table, end in ((self._waiting, self._drop), (self._leaving, self._cut)):
            for caller in list(takewhile(lambda c: c.until < now, table)):
                end(caller)
        if self._waiting or self._leaving:
            self._sweep_later()

    # ---- handing on

    def _adopt(
        self,
        sock: socket.socket,
        protocol: Callable[[], asyncio.BaseProtocol],
        lost: Callable[[], None] | None = None,
        **tls: Any,
    ) -> asyncio.Task[Any]:
        """Give the socket a transport and a protocol; `lost` is called where that fails."""
        task = self._loop.create_task(self._loop.connect_accepted_socket(protocol, sock, **tls))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._adopted(done, lost))
        return task

    def _adopted(self, task: asyncio.Task[Any], lost: Callable[[], None] | None) -> None:
        """A TLS handshake may have failed, or the peer may have gone: both close the socket by themselves."""
        self._tasks.discard(task)
        if (task.cancelled() or task.exception() is not None) and lost is not None:
            lost()

    # ---- sending off

    def _send_off(self, caller: _Caller, answer: bytes, *, linger: bool) -> None:
        """Send and close; a peer that may still be sending gets time to read it before a reset would take it away."""
        sock = caller.sock
        if not (_send(sock, answer) and linger):
            sock.close()
            return
        with suppress(OSError):
            sock.shutdown(socket.SHUT_WR)
        caller.until = self._loop.time() + LINGER
        self._leaving[caller] = None
        self._loop.add_reader(sock.fileno(), self._swallow, caller)
        self._sweep_later()

    def _swallow(self, caller: _Caller) -> None:
        try:
            over = not caller.sock.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            over = True
        if over:
            self._cut(caller)

    def _cut(self, caller: _Caller) -> None:
        del self._leaving[caller]
        self._loop.remove_reader(caller.sock.fileno())
        caller.sock.close()


def _send(sock: socket.socket, answer: bytes) -> bool:
    """Send what a new connection has room for: one answer."""
    try:
        return sock.send(answer) == len(answer)
    except OSError:
        return False
