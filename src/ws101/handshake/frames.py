"""Frames after a 101 (RFC 6455, 5): reads a server's, builds a client's; keeps no more than 1 KiB of any payload."""

import codecs
import struct
from enum import IntEnum

from ws101.handshake.answer import Breach
from ws101.private import Private

KEPT = 1024
_LONGEST_CONTROL = 125
_MEDIUM, _LONG = struct.Struct("!BBH").pack, struct.Struct("!BBQ").pack
_HTTP = b"HTTP/"


class Opcode(IntEnum):
    """The opcodes of RFC 6455, 5.2; 3 to 7 and 11 to 15 are reserved."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


class Close(Private, frozen=True):
    """What a close frame says; `code` is None when it gives none. A reason that is no UTF-8 holds U+FFFD."""

    code: int | None = None
    reason: str = ""


class Frame(Private, frozen=True):
    """One frame; `payload` is unmasked and cut at KEPT bytes of the `length` it had, `raw` likewise as it came.

    `broken` tells that by its end a rule had been broken, by this frame or by an earlier one.
    """

    opcode: int
    payload: bytes
    fin: bool = True
    length: int = 0
    raw: bytes = b""
    close: Close | None = None
    broken: bool = False

    @property
    def close_code(self) -> int | None:
        return self.close.code if self.close else None

    @property
    def close_reason(self) -> str:
        return self.close.reason if self.close else ""


def build_frame(opcode: int, payload: bytes, mask: bytes) -> bytes:
    """Return a client's final frame with this payload and a `mask` of 4 random bytes; an empty mask makes a server's."""
    if len(mask) not in {0, 4}:
        raise ValueError(f"a mask has 4 bytes, not {len(mask)}")
    size, bit = len(payload), 0x80 if mask else 0
    if size <= _LONGEST_CONTROL:
        head = bytes((0x80 | opcode, bit | size))
    elif size < 1 << 16:
        head = _MEDIUM(0x80 | opcode, bit | 126, size)
    else:
        head = _LONG(0x80 | opcode, bit | 127, size)
    return head + mask + masked(payload, mask) if mask else head + payload


def parse_close(payload: bytes) -> Close:
    """Return what a close frame's payload says (RFC 6455, 5.5.1), well-formed or not."""
    if len(payload) < 2:
        return Close()
    return Close(int.from_bytes(payload[:2], "big"), payload[2:].decode("utf-8", errors="replace"))


def masked(payload: bytes, mask: bytes, offset: int = 0) -> bytes:
    """Return the payload with the mask put on, or, which is the same, taken off (RFC 6455, 5.3)."""
    if not mask or not payload:
        return payload
    turned = mask[offset % 4 :] + mask[: offset % 4]
    stream = (turned * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(payload), "big")


_HTTP_TEXT = Breach("HTTP text follows the 101, where frames belong", "RFC 6455, 5.2")
_MASKED = Breach("a server's frame is masked", "RFC 6455, 5.1")
_RESERVED_BITS = Breach("a frame sets reserved bits that no extension gave a meaning", "RFC 6455, 5.2")
_RESERVED_OPCODE = Breach("a frame has a reserved opcode", "RFC 6455, 5.2")
_LENGTH = Breach("a frame's length is above 2^63 - 1", "RFC 6455, 5.2")
_LONG_LENGTH = Breach("a frame's length takes more bytes than it needs", "RFC 6455, 5.2")
_CONTROL_LENGTH = Breach("a control frame has more than 125 bytes", "RFC 6455, 5.5")
_CONTROL_FRAGMENT = Breach("a control frame is fragmented", "RFC 6455, 5.5")
_ORPHAN = Breach("a continuation frame continues nothing", "RFC 6455, 5.4")
_INTERLEAVED = Breach("a message begins before the one before it has ended", "RFC 6455, 5.4")
_AFTER_CLOSE = Breach("a frame follows the close frame", "RFC 6455, 5.5.1")
_CLOSE_LENGTH = Breach("a close frame has one byte, which is no code", "RFC 6455, 5.5.1")
_CLOSE_CODE = Breach("a close frame has a code that must not be sent", "RFC 6455, 7.4")
_CLOSE_REASON = Breach("a close frame's reason is no UTF-8", "RFC 6455, 5.5.1")
_TEXT = Breach("a text message is no UTF-8", "RFC 6455, 8.1")

# The IANA registry of close codes, without 1004 (reserved) and those that stand for no frame (1005, 1006, 1015).
SENT_CODES = frozenset({*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)})
_DEFLATE = "permessage-deflate"
_OPCODES = frozenset(Opcode)


class FrameReader:
    """Reads the frames that a server sends; `extensions` names those that its 101 accepted.

    `breaches` holds each rule that was broken, once. Where frames can no longer be told apart, the rest is ignored.
    """

    def __init__(self, extensions: tuple[str, ...] = ()) -> None:
        self._meaningful = _reserved_bits(extensions)
        self._breaches: dict[Breach, None] = {}
        self._lost = False
        self._closed = False
        self._in_message = False
        self._decoder: codecs.IncrementalDecoder | None = None
        self._header = bytearray()
        self._frame: _Incoming | None = None

    @property
    def breaches(self) -> tuple[Breach, ...]:
        return tuple(self._breaches)

    def feed(self, data: bytes) -> list[Frame]:
        """Take the bytes that came next and return the frames that end in them."""
        frames = []
        at = 0
        while at < len(data) and not self._lost:
            if self._frame is None:
                at = self._take_header(data, at)
            else:
                at = self._take_payload(self._frame, data, at)
            if self._frame is not None and self._frame.left == 0:
                frames.append(self._finish(self._frame))
                self._frame = None
        return frames

    def _note(self, breach: Breach) -> None:
        self._breaches.setdefault(breach)

    def _lose(self, breach: Breach) -> None:
        self._note(breach)
        self._lost = True

    def _take_header(self, data: bytes, at: int) -> int:
        """Take one byte of a header, which has 14 at most."""
        self._header.append(data[at])
        if self._header[0] == _HTTP[0]:
            self._take_http()
        elif len(self._header) >= 2 and len(self._header) == _header_size(self._header):
            self._begin(bytes(self._header))
            self._header.clear()
        return at + 1

    def _take_http(self) -> None:
        """Tell HTTP text from a frame: one that begins with an H would be a fragmented close frame."""
        if self._header == _HTTP:
            self._lose(_HTTP_TEXT)
        elif not _HTTP.startswith(self._header):
            self._lose(_CONTROL_FRAGMENT)

    def _begin(self, header: bytes) -> None:
        frame = _Incoming(header)
        reserved = header[0] & 0x70
        if frame.opcode not in _OPCODES:
            self._lose(_RESERVED_OPCODE)
            return
        if frame.left >> 63:
            self._lose(_LENGTH)
            return
        if frame.mask:
            self._note(_MASKED)
        if reserved & ~(0 if frame.control else self._meaningful):
            self._note(_RESERVED_BITS)
        if frame.length_is_long:
            self._note(_LONG_LENGTH)
        if self._closed:
            self._note(_AFTER_CLOSE)
        if frame.control:
            self._check_control(frame)
        else:
            self._place(frame, compressed=bool(reserved))
        self._frame = frame

    def _check_control(self, frame: "_Incoming") -> None:
        if frame.left > _LONGEST_CONTROL:
            self._note(_CONTROL_LENGTH)
        if not frame.fin:
            self._note(_CONTROL_FRAGMENT)

    def _place(self, frame: "_Incoming", *, compressed: bool) -> None:
        """Put a data frame into its message (RFC 6455, 5.4)."""
        if frame.opcode == Opcode.CONTINUATION and not self._in_message:
            self._note(_ORPHAN)
        elif frame.opcode != Opcode.CONTINUATION:
            if self._in_message:
                self._note(_INTERLEAVED)
            text = frame.opcode == Opcode.TEXT and not compressed
            self._decoder = codecs.getincrementaldecoder("utf-8")() if text else None
        self._in_message = not frame.fin

    def _take_payload(self, frame: "_Incoming", data: bytes, at: int) -> int:
        piece = data[at : at + frame.left]
        plain = frame.take(piece)
        if not frame.control:
            self._check_text(plain, final=False)
        return at + len(piece)

    def _check_text(self, plain: bytes, *, final: bool) -> None:
        if self._decoder is None:
            return
        try:
            self._decoder.decode(plain, final)
        except UnicodeDecodeError:
            self._note(_TEXT)
            self._decoder = None

    def _finish(self, frame: "_Incoming") -> Frame:
        payload = bytes(frame.payload)
        close = None
        if frame.opcode == Opcode.CLOSE:
            self._closed = True
            close = parse_close(payload)
            self._check_close(payload, close)
        elif not frame.control and frame.fin:
            self._check_text(b"", final=True)
            self._decoder = None
        return Frame(
            frame.opcode, payload, frame.fin, frame.length, bytes(frame.raw), close, bool(self._breaches)
        )

    def _check_close(self, payload: bytes, close: Close) -> None:
        if len(payload) == 1:
            self._note(_CLOSE_LENGTH)
        if close.code is not None and close.code not in SENT_CODES:
            self._note(_CLOSE_CODE)
        try:
            payload[2:].decode("utf-8")
        except UnicodeDecodeError:
            self._note(_CLOSE_REASON)


class _Incoming:
    """A frame whose header is complete and whose payload is still coming; `left` is what has not come yet."""

    def __init__(self, header: bytes) -> None:
        size = _LENGTH_BYTES.get(header[1] & 0x7F, 0)
        self.raw = bytearray(header)
        self.payload = bytearray()
        self.fin = bool(header[0] & 0x80)
        self.opcode = header[0] & 0x0F
        self.control = bool(self.opcode & 0x08)
        self.mask = header[2 + size :]
        self.length = self.left = int.from_bytes(header[2 : 2 + size], "big") if size else header[1] & 0x7F
        self.length_is_long = (size == 2 and self.length < 126) or (size == 8 and self.length < 1 << 16)

    def take(self, piece: bytes) -> bytes:
        """Take a piece of the payload, keep what there is room for, and return it unmasked."""
        plain = masked(piece, self.mask, self.length - self.left)
        room = KEPT - len(self.payload)
        self.payload += plain[:room]
        self.raw += piece[:room]
        self.left -= len(piece)
        return plain


_LENGTH_BYTES = {126: 2, 127: 8}


def _reserved_bits(extensions: tuple[str, ...]) -> int:
    """Return the reserved bits that these extensions use; RSV1 is permessage-deflate's (RFC 7692, 6)."""
    if not extensions:
        return 0
    return 0x40 if set(extensions) == {_DEFLATE} else 0x70


def _header_size(header: bytes | bytearray) -> int:
    return 2 + _LENGTH_BYTES.get(header[1] & 0x7F, 0) + (4 if header[1] & 0x80 else 0)
