"""The messages that a client sends after a 101 (RFC 6455, 5): whole, unmasked, checked, however their bytes come.

Holds no more than one message and one frame's header; what a message says is not its matter. A server's frames: frames.
"""

from typing import NamedTuple

from ws101.handshake.answer import Breach
from ws101.handshake.frames import SENT_CODES, Opcode, masked

PROTOCOL_ERROR, INVALID_TEXT, TOO_BIG = 1002, 1007, 1009  # RFC 6455, 7.4.1
_LONGEST_CONTROL = 125


class Message(NamedTuple):
    """A whole text or binary message, or a control frame."""

    opcode: int
    payload: bytes


class Failure(NamedTuple):
    """Why the connection has to be failed (RFC 6455, 7.1.7), and the close code that says so."""

    code: int
    breach: Breach


_RESERVED_BITS = Failure(PROTOCOL_ERROR, Breach("a frame sets reserved bits", "RFC 6455, 5.2"))
_RESERVED_OPCODE = Failure(PROTOCOL_ERROR, Breach("a frame has a reserved opcode", "RFC 6455, 5.2"))
_NOT_MASKED = Failure(PROTOCOL_ERROR, Breach("a client's frame is not masked", "RFC 6455, 5.1"))
_CONTROL = Failure(PROTOCOL_ERROR, Breach("a control frame is long or fragmented", "RFC 6455, 5.5"))
_LENGTH = Failure(PROTOCOL_ERROR, Breach("a frame's length takes more bytes than it needs", "RFC 6455, 5.2"))
_ORPHAN = Failure(PROTOCOL_ERROR, Breach("a continuation continues nothing", "RFC 6455, 5.4"))
_INTERLEAVED = Failure(PROTOCOL_ERROR, Breach("a message begins inside another", "RFC 6455, 5.4"))
_CLOSE = Failure(PROTOCOL_ERROR, Breach("a close frame's code must not be sent", "RFC 6455, 7.4"))
_TEXT = Failure(INVALID_TEXT, Breach("a text is no UTF-8", "RFC 6455, 8.1"))
_TOO_BIG = Failure(TOO_BIG, Breach("a message is too large", "RFC 6455, 10.4"))


class MessageReader:
    """Reads at most `limit` bytes a message; after a `failure` or a close frame the rest is ignored."""

    __slots__ = ("_held", "_limit", "_needed", "_opcode", "_over", "_parts", "failure")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: bytearray | None = None  # the beginning of a frame, until `_needed` bytes are there
        self._needed = 0
        self._parts: bytearray | None = None  # the message so far, while it is in fragments
        self._opcode = 0
        self._over = False
        self.failure: Failure | None = None

    def feed(self, data: bytes) -> list[Message]:
        """Take the bytes that came next and return the messages that end in them."""
        if self._held is not None:
            self._held += data
            if len(self._held) < self._needed:
                return []
            data, self._held = bytes(self._held), None
        messages: list[Message] = []
        at, end = 0, len(data)
        while at < end and not self._over:
            at = self._take(data, at, messages)
        return messages

    def _take(self, data: bytes, at: int, messages: list[Message]) -> int:
        """Read the frame at `at`; return where it ends, or the end of the data where it is held or has failed."""
        left = len(data) - at
        size, start = data[at + 1] & 0x7F if left > 1 else 0, 6
        if size == 126:
            size, start = int.from_bytes(data[at + 2 : at + 4], "big"), 8
        elif size == 127:
            size, start = int.from_bytes(data[at + 2 : at + 10], "big"), 14
        if left < start - 4:  # the length is not whole
            return self._hold(data, at, start - 4 if left > 1 else 2)
        failure = self._refuse_header(data[at], data[at + 1], size)
        if failure is not None:
            return self._fail(failure, data)
        if left < start + size:
            return self._hold(data, at, start + size)
        first = at + start
        self._frame(data[at], masked(data[first : first + size], data[first - 4 : first]), messages)
        return first + size

    def _refuse_header(self, first: int, second: int, size: int) -> Failure | None:
        opcode, fin = first & 0x0F, first & 0x80
        if first & 0x70:
            return _RESERVED_BITS
        if opcode not in _OPCODES:
            return _RESERVED_OPCODE
        if not second & 0x80:
            return _NOT_MASKED
        if opcode >= Opcode.CLOSE:
            return (
                _CONTROL if not fin or size > _LONGEST_CONTROL or second & 0x7F > _LONGEST_CONTROL else None
            )
        return self._refuse_data(opcode, second & 0x7F, size)

    def _refuse_data(self, opcode: int, length: int, size: int) -> Failure | None:
        if size < {126: 126, 127: 1 << 16}.get(length, 0):
            return _LENGTH
        if opcode == Opcode.CONTINUATION:
            if self._parts is None:
                return _ORPHAN
            size += len(self._parts)
        elif self._parts is not None:
            return _INTERLEAVED
        return _TOO_BIG if size > self._limit else None

    def _frame(self, first: int, payload: bytes, messages: list[Message]) -> None:
        opcode = first & 0x0F
        if opcode >= Opcode.CLOSE:
            self._control(opcode, payload, messages)
        elif not first & 0x80:
            if opcode:
                self._opcode, self._parts = opcode, bytearray()
            assert self._parts is not None
            self._parts += payload
        else:
            if self._parts is not None:
                opcode, payload, self._parts = self._opcode, bytes(self._parts) + payload, None
            self._message(opcode, payload, messages)

    def _message(self, opcode: int, payload: bytes, messages: list[Message]) -> None:
        if opcode == Opcode.TEXT and not _is_utf8(payload):
            self._fail(_TEXT, b"")
        else:
            messages.append(Message(opcode, payload))

    def _control(self, opcode: int, payload: bytes, messages: list[Message]) -> None:
        if opcode == Opcode.CLOSE:
            self._over = True
            if payload and (len(payload) == 1 or int.from_bytes(payload[:2], "big") not in SENT_CODES):
                self.failure = _CLOSE
                return
            if not _is_utf8(payload[2:]):
                self.failure = _TEXT
                return
        messages.append(Message(opcode, payload))

    def _hold(self, data: bytes, at: int, needed: int) -> int:
        self._held, self._needed = bytearray(data[at:]), needed
        return len(data)

    def _fail(self, failure: Failure, data: bytes) -> int:
        self.failure, self._over = failure, True
        return len(data)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


_OPCODES = frozenset(map(int, Opcode))
