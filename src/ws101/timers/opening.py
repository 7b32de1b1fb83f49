"""What the first bytes on a connection are: a handshake, another HTTP request, or another protocol altogether.

Pure. Decides who deals with them; does not judge them.
"""

import re
from enum import Enum, auto

from ws101.handshake.incoming import ends_at
from ws101.timers.admission import PATH


class Opening(Enum):
    """What a connection begins with."""

    UNCLEAR = auto()  # more bytes are needed
    HANDSHAKE = auto()  # a whole head, to the notifications' path or asking for a WebSocket at another
    REQUEST = auto()  # the whole head of any other request
    TOO_LONG = auto()
    TLS = auto()
    HTTP2 = auto()
    PROXY = auto()
    NOISE = auto()


_USUAL = (f"GET {PATH} ".encode(), f"GET {PATH}?".encode())
_LINE = re.compile(rb"(?:\r?\n)*[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]+([^ \t\r\n]+)[^\r\n]*\r?\n")
_OUR_PATH = re.compile(rb"(?:[A-Za-z]+://[^/?#]*)?" + re.escape(PATH.encode()) + rb"(?:\?.*)?")
_WEBSOCKET = re.compile(rb"\nupgrade:[ \t]*websocket", re.IGNORECASE)

# RFC 8446, 5.1 (a handshake record of any version); RFC 9113, 3.4; PROXY protocol, 2.1 and 2.2
_MARKS = (
    (b"\x16\x03", Opening.TLS),
    (b"PRI * HTTP/2.0", Opening.HTTP2),
    (b"PROXY ", Opening.PROXY),
    (b"\r\n\r\n\x00\r\nQUIT\n", Opening.PROXY),
)


def sort(data: bytes | bytearray, limit: int) -> tuple[Opening, int]:
    """Return what the bytes are, and for a HANDSHAKE or a REQUEST where its head ends."""
    if data.startswith(_USUAL):
        return _whole(data, limit)
    for mark, opening in _MARKS:
        if data.startswith(mark):
            return opening, 0
        if mark.startswith(data):
            return Opening.UNCLEAR, 0
    line = _LINE.match(data)
    if line is None:
        return _unclear(data, limit), 0
    opening, end = _whole(data, limit)
    if (
        opening is Opening.HANDSHAKE
        and not _OUR_PATH.fullmatch(line[1])
        and not _WEBSOCKET.search(data, 0, end)
    ):
        return Opening.REQUEST, end
    return opening, end


def _whole(data: bytes | bytearray, limit: int) -> tuple[Opening, int]:
    end = ends_at(data)
    if (end if end >= 0 else len(data)) > limit:
        return Opening.TOO_LONG, 0
    return (Opening.HANDSHAKE, end) if end >= 0 else (Opening.UNCLEAR, 0)


_BEGUN = re.compile(rb"(?:\r?\n){0,2}\r?[!#$%&'*+.^_`|~0-9A-Za-z-]{0,32}(?:[ \t][\t\x20-\xff]*)?\r?")


def _unclear(data: bytes | bytearray, limit: int) -> Opening:
    """Tell a request line that has not ended from bytes that will never be one."""
    if len(data) > limit:
        return Opening.TOO_LONG
    return Opening.UNCLEAR if _BEGUN.fullmatch(data) else Opening.NOISE
