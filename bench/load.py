"""The load: handshakes and open sockets by the thousand from one process, with epoll and without a framework.

Knows no server. What it takes of its own core is measured with everything else, so that it cannot be what is measured.
"""

import re
import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from peers.given import HOST, PATH

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
SOURCES = tuple(f"127.0.1.{number}" for number in range(1, 17))  # so that no address runs out of ports
IN_FLIGHT = 64
PATIENCE = 30.0  # seconds that nothing may happen
ENDED = b"\r\n\r\n"
CLOSE = b"\x88\x82\x00\x00\x00\x00\x03\xe8"  # 1000, masked with zeros
ORDERED = (b'{"type":"Measured"', b'{"type":"TimerUpdate"', b'{"type":"TimerCompleted"')
DUE = re.compile(rb'"due":"(\d+)"')

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_NO_PORT_YET = 24  # IP_BIND_ADDRESS_NO_PORT: the port is chosen at connect, for this destination alone


class LoadError(Exception):
    """A server did not answer as it must to be measured; the text says how."""


class Tally(Struct, frozen=True):
    """What was done in how many seconds, and the seconds of its own core that the load took."""

    count: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds

    @property
    def busy(self) -> float:
        return self.cpu / self.seconds


def handshake(port: int, token: str) -> bytes:
    """Return a handshake with this token, as clients send it."""
    return (
        f"GET {PATH} HTTP/1.1\r\nHost: {HOST}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()


# ---- handshakes


class _Attempt:
    """One connection on its way: the answer so far, and whether the 101 has been seen."""

    __slots__ = ("answer", "open", "sent", "sock")

    def __init__(self, sock: socket.socket) -> None:
        self.sock, self.answer, self.open, self.sent = sock, b"", False, False


class Attempts:
    """Keeps IN_FLIGHT handshakes going; each ends with its 401, or with the closing handshake after its 101."""

    def __init__(self, port: int, requests: Sequence[bytes], status: int) -> None:
        self._port, self._requests, self._status = port, requests, status
        self._expected = f"HTTP/1.1 {status}".encode()
        self._epoll = select.epoll()
        self._attempts: dict[int, _Attempt] = {}
        self._begun = self._ended = 0

    def run(self, warm_up: float, seconds: float, mark: Callable[[], None]) -> Tally:
        """Run for so many seconds; `mark` is called when the warm-up is over."""
        try:
            for _ in range(IN_FLIGHT):
                self._begin()
            self._until(time.perf_counter() + warm_up)
            mark()
            before, cpu, began = self._ended, time.process_time(), time.perf_counter()
            self._until(began + seconds)
            return Tally(self._ended - before, time.perf_counter() - began, time.process_time() - cpu)
        finally:
            self._epoll.close()
            for attempt in self._attempts.values():
                attempt.sock.close()

    def _until(self, end: float) -> None:
        heard = time.perf_counter()
        while (now := time.perf_counter()) < end:
            ready = self._epoll.poll(0.2)
            if ready:
                heard = now
            elif now - heard > PATIENCE:
                raise LoadError(f"no answer within {PATIENCE:.0f} s")
            for descriptor, _ in ready:
                self._go_on(descriptor)

    def _begin(self) -> None:
        number = self._begun = self._begun + 1
        sock = connecting(self._port, SOURCES[number % len(SOURCES)])
        attempt = self._attempts[sock.fileno()] = _Attempt(sock)
        try:
            sock.send(self._requests[number % len(self._requests)])
        except (BlockingIOError, BrokenPipeError):  # not connected yet
            self._epoll.register(sock.fileno(), select.EPOLLOUT)
        else:
            attempt.sent = True
            self._epoll.register(sock.fileno(), select.EPOLLIN)

    def _go_on(self, descriptor: int) -> None:
        attempt = self._attempts[descriptor]
        if not attempt.sent:
            attempt.sock.send(self._requests[self._begun % len(self._requests)])
            attempt.sent = True
            self._epoll.modify(descriptor, select.EPOLLIN)
            return
        try:
            data = attempt.sock.recv(16_384)
        except ConnectionResetError:
            data = b""
        if attempt.open:
            self._end(descriptor)
            return
        attempt.answer += data
        if self._complete(attempt.answer, ended=not data):
            self._answered(descriptor, attempt)

    def _complete(self, answer: bytes, *, ended: bool) -> bool:
        head, end, body = answer.partition(ENDED)
        if not end:
            if ended:  # without the head's end
                raise LoadError(f"the connection ended in place of an answer: {answer[:80]!r}")
            return False
        if not head.startswith(self._expected):
            raise LoadError(f"expected {self._status}, got {head[:60]!r}")
        length = _LENGTH.search(head)
        return ended or self._status == 101 or (length is not None and len(body) >= int(length[1]))

    def _answered(self, descriptor: int, attempt: _Attempt) -> None:
        if self._status == 101:
            attempt.open = True
            attempt.sock.send(CLOSE)
        else:
            self._end(descriptor)

    def _end(self, descriptor: int) -> None:
        self._attempts.pop(descriptor).sock.close()
        self._ended += 1
        self._begin()


def connecting(port: int, source: str) -> socket.socket:
    """Return a socket that is being connected from this address."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK, 0)
    sock.setsockopt(socket.IPPROTO_IP, _NO_PORT_YET, 1)
    sock.bind((source, 0))
    sock.connect_ex((HOST, port))
    return sock


# ---- open sockets


class Crowd:
    """Many open sockets, and what arrives on them."""

    def __init__(self, port: int, requests: Sequence[bytes], size: int) -> None:
        self._epoll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._rest: dict[int, bytes] = {}
        self._room = memoryview(bytearray(1 << 18))
        for begin in range(0, size, IN_FLIGHT):
            self._open(port, requests, range(begin, min(size, begin + IN_FLIGHT)))

    def __len__(self) -> int:
        return len(self._sockets)

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(self, *_: object) -> None:
        self._epoll.close()
        for sock in self._sockets.values():
            sock.close()

    def _open(self, port: int, requests: Sequence[bytes], numbers: range) -> None:
        batch = []
        for number in numbers:
            sock = connecting(port, SOURCES[number % len(SOURCES)])
            sock.settimeout(PATIENCE)
            batch.append(sock)
            self._sockets[sock.fileno()] = sock
        for number, sock in zip(numbers, batch, strict=True):
            _writable(sock)
            sock.sendall(requests[number % len(requests)])
        for sock in batch:
            self._admit(sock)

    def _admit(self, sock: socket.socket) -> None:
        head = b""
        while ENDED not in head:
            piece = sock.recv(4096)
            if not piece:
                raise LoadError(f"the connection ended in place of an answer: {head[:80]!r}")
            head += piece
        if not head.startswith(b"HTTP/1.1 101"):
            raise LoadError(f"expected 101, got {head[:60]!r}")
        rest = head.partition(ENDED)[2]
        sock.settimeout(0)
        if rest:
            self._rest[sock.fileno()] = rest
        self._epoll.register(sock.fileno(), select.EPOLLIN)

    def arrivals(self, wait: float) -> Iterator[bytes]:
        """Yield the payload of each text frame that has arrived, after waiting for the first one for so long."""
        for descriptor, _ in self._epoll.poll(wait):
            size = self._sockets[descriptor].recv_into(self._room)
            if not size:
                raise LoadError("the server closed a socket")
            data = bytes(self._room[:size])
            if self._rest or not (
                data[1] == 126 and size == 4 + (data[2] << 8 | data[3]) and data[0] == 0x81
            ):
                yield from self._texts(descriptor, data)
            else:
                yield data[4:]

    def _texts(self, descriptor: int, data: bytes) -> Iterator[bytes]:
        """Take frames apart where more than one, or a part of one, or another than a text has come."""
        data = self._rest.pop(descriptor, b"") + data
        at = 0
        while (frame := _frame(data, at)) is not None:
            opcode, begin, at = frame
            if opcode == 0x8:
                raise LoadError(f"the server closed a socket: {data[begin:at]!r}")
            if opcode == 0x1:
                yield data[begin:at]
            elif opcode == 0x9:
                self._sockets[descriptor].send(_pong(data[begin:at]))
        if at < len(data):
            self._rest[descriptor] = data[at:]


def _pong(payload: bytes) -> bytes:
    """Return the answer to a ping, masked with zeros."""
    return bytes([0x8A, 0x80 | len(payload)]) + bytes(4) + payload


def _frame(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Return the opcode of a server's frame, and where its payload begins and ends; None when it is not complete."""
    if len(data) < at + 4:
        short = len(data) >= at + 2 and len(data) >= at + 2 + data[at + 1]
        return (data[at] & 0x0F, at + 2, at + 2 + data[at + 1]) if short else None
    length, begin = data[at + 1], at + 2
    if length == 126:
        length, begin = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
    elif length == 127:
        length, begin = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
    return (data[at] & 0x0F, begin, begin + length) if begin + length <= len(data) else None


def _writable(sock: socket.socket) -> None:
    waiting = select.poll()
    waiting.register(sock, select.POLLOUT)
    if not waiting.poll(PATIENCE * 1000):
        raise LoadError(f"no connection within {PATIENCE:.0f} s")


def warm_up(count: int) -> int:
    """Return how many messages go before so many that are measured."""
    return max(count // 10, 1)


def deliveries(
    crowd: Crowd, order: Callable[[int], None], count: int, mark: Callable[[], None], copies: int = 1
) -> Tally:
    """Order a warm-up and then `count` messages; return how fast so many copies of each came."""
    _collect(crowd, order, warm_up(count), copies)
    mark()
    cpu, began = time.process_time(), time.perf_counter()
    _collect(crowd, order, count, copies)
    return Tally(count * copies, time.perf_counter() - began, time.process_time() - cpu)


def _collect(crowd: Crowd, order: Callable[[int], None], count: int, copies: int) -> None:
    order(count)
    left, heard = count * copies, time.monotonic()
    while left > 0:
        for text in crowd.arrivals(1.0):
            heard = time.monotonic()
            left -= text.startswith(ORDERED)
        if time.monotonic() - heard > PATIENCE:
            raise LoadError(f"{left} of {count} messages did not come within {PATIENCE:.0f} s")


def latencies(crowd: Crowd, order: Callable[[int], None], rate: int, count: int) -> tuple[list[float], float]:
    """Order single messages at an even rate; return how late each came, and the load's own worst lag, in seconds.

    `order` is given when a message was due, in ns; lateness counts from there, whenever the order went out.
    """
    came: list[float] = []
    step, sent, worst = 1_000_000_000 // rate, 0, 0
    due = heard = time.monotonic_ns()
    while len(came) < count:
        now = time.monotonic_ns()
        while sent < count and due <= now:
            worst = max(worst, now - due)
            order(due)
            due, sent = due + step, sent + 1
        for text in crowd.arrivals(0):
            heard = time.monotonic_ns()
            found = DUE.search(text)
            if found:
                came.append((heard - int(found[1])) / 1e9)
        if now - heard > PATIENCE * 1e9:
            raise LoadError(f"{count - len(came)} of {count} messages did not come within {PATIENCE:.0f} s")
    return came, worst / 1e9
