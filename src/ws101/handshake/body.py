"""A response's body: where it ends (RFC 9112, 6 and 7) and what its codings hide (RFC 9110, 8.4), within bounds."""

import zlib
from abc import ABC, abstractmethod
from enum import Enum, auto

from ws101.handshake import grammar
from ws101.handshake.answer import Breach
from ws101.handshake.head import BARE_LF
from ws101.handshake.headers import Headers

# Any length above this is the same to a reader with a limit; int() refuses numbers of more than 4300 digits.
_LONGEST = 18
_MOST_CODINGS = 4
_BAD_CHUNK = Breach("a chunk is malformed", "RFC 9112, 7.1", "Transfer-Encoding")


class Body(ABC):
    """A body as it comes in; `over` tells that it has ended, `broken` that its end cannot be found any more."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.over = False
        self.broken = False
        self.breaches: dict[Breach, None] = {}

    @abstractmethod
    def feed(self, data: bytes) -> int:
        """Take what belongs to the body and return how many bytes that was."""

    def feed_eof(self) -> None:  # noqa: B027  # an early end leaves most bodies unfinished
        """Take note that the peer has closed."""


class SizedBody(Body):
    """A body of a known length, which 0 is as well."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self._left = length
        self.over = length == 0

    def feed(self, data: bytes) -> int:
        used = min(len(data), self._left)
        self.data += data[:used]
        self._left -= used
        self.over = self._left == 0
        return used


class ClosedBody(Body):
    """A body that ends with the connection."""

    def feed(self, data: bytes) -> int:
        self.data += data
        return len(data)

    def feed_eof(self) -> None:
        self.over = True


class _Part(Enum):
    SIZE = auto()
    DATA = auto()
    DATA_END = auto()
    TRAILER = auto()


class ChunkedBody(Body):
    """A body in chunks (RFC 9112, 7.1); a malformed one breaks it. Extensions and trailers are passed over."""

    def __init__(self) -> None:
        super().__init__()
        self._part = _Part.SIZE
        self._left = 0
        self._line = bytearray()

    def feed(self, data: bytes) -> int:
        at = 0
        while at < len(data) and not self.over and not self.broken:
            at = self._take_data(data, at) if self._part is _Part.DATA else self._take_line(data, at)
        return at

    def _take_data(self, data: bytes, at: int) -> int:
        end = min(len(data), at + self._left)
        self.data += data[at:end]
        self._left -= end - at
        if self._left == 0:
            self._part = _Part.DATA_END
        return end

    def _take_line(self, data: bytes, at: int) -> int:
        found = data.find(b"\n", at)
        end = len(data) if found < 0 else found + 1
        self._line += data[at:end]
        if found >= 0:
            line = bytes(self._line)
            self._line.clear()
            if not line.endswith(b"\r\n"):
                self.breaches.setdefault(BARE_LF)
            self._end_line(line.removesuffix(b"\n").removesuffix(b"\r"))
        return end

    def _end_line(self, line: bytes) -> None:
        size = grammar.CHUNK_SIZE.fullmatch(line)
        if self._part is _Part.TRAILER:
            self.over = not line
        elif self._part is _Part.DATA_END and not line:
            self._part = _Part.SIZE
        elif self._part is _Part.SIZE and size:
            self._left = int(size[1], 16)
            self._part = _Part.DATA if self._left else _Part.TRAILER
        else:
            self.breaches.setdefault(_BAD_CHUNK)
            self.broken = True


def body_of(method: str, status: int | None, headers: Headers) -> Body:
    """Return the body that a response with this head has (RFC 9112, 6.3); a length that is no number counts for none."""
    if method == "HEAD" or status in {204, 304}:
        return SizedBody(0)
    if "transfer-encoding" in headers:
        return ChunkedBody() if headers.tokens("transfer-encoding")[-1:] == ("chunked",) else ClosedBody()
    length = next((n for n in headers.tokens("content-length") if grammar.DIGITS.fullmatch(n)), "")
    return SizedBody(int(length.lstrip("0")[:_LONGEST] or "0")) if length else ClosedBody()


def decode(data: bytes, codings: tuple[str, ...], limit: int) -> tuple[bytes, bool, tuple[Breach, ...]]:
    """Return the content freed of its codings, whether `limit` cut it, and what is wrong with it.

    A coding that is not known here, or that the bytes do not bear out, leaves the content as it is.
    """
    cut = False
    for coding in reversed(codings[:_MOST_CODINGS]):
        if coding not in _WINDOWS:
            return data, cut, ()
        plain, more = _inflate(data, _WINDOWS[coding], limit)
        if plain is None:
            text = f"the content is not {coding}, as it claims"
            return data, cut, (Breach(text, "RFC 9110, 8.4", "Content-Encoding"),)
        data, cut = plain, cut or more
    return data, cut, ()


# zlib's window bits for each content coding (RFC 9110, 8.4.1); -15 is a deflate stream that lacks its zlib wrapper, which
# "some non-conformant implementations send".
_WINDOWS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15), "identity": ()}


def _inflate(data: bytes, windows: tuple[int, ...], limit: int) -> tuple[bytes | None, bool]:
    if not windows or not data:
        return data, False
    for window in windows:
        stream = zlib.decompressobj(window)
        try:
            plain = stream.decompress(data, limit)
        except zlib.error:
            continue
        return plain, bool(stream.unconsumed_tail)
    return None, False
