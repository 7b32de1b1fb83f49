"""Bytes of a log to its lines, numbered, as text: cut where they are too long, whatever bytes stand in them.

Holds no more than one line. Knows no format and no wrapper.
"""

import codecs
from typing import NamedTuple

LONGEST = 65536  # bytes of a line; what is longer is seldom a record of a handshake, and never all of it
CUT = " [cut after 65536 bytes]"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKS = (*_UTF_16, codecs.BOM_UTF8)


class Numbered(NamedTuple):
    r"""A line's number, from 1, and its text without its end; bytes that are no UTF-8 stand in it as `\xff`."""

    number: int
    text: str


class Intake:
    """Splits one source into lines, wherever its chunks begin and end; `cut` counts lines that were too long."""

    def __init__(self) -> None:
        self.cut = 0
        self._number = 0
        self._rest = b""
        self._head: bytes | None = (
            b""  # the first bytes, until it is known whether they are a byte order mark
        )
        self._too_long = False
        self._decoder: codecs.IncrementalDecoder | None = None

    def jump(self, number: int) -> None:
        """Go on at the line of this number; what was left of the line before is given up."""
        self._number, self._rest, self._too_long, self._head = number - 1, b"", False, None

    def feed(self, data: bytes) -> list[Numbered]:
        """Return the lines that these bytes end."""
        data = self._in_utf_8(data)
        data = self._rest + data
        *ended, rest = data.split(b"\n")
        lines = [self._line(one) for one in ended]
        if self._too_long or len(rest) > LONGEST:
            rest = rest.lstrip(b"\0")
            self._too_long = self._too_long or len(rest) > LONGEST + 1
            rest = rest[: LONGEST + 1]
        self._rest = rest
        return lines

    def finish(self) -> list[Numbered]:
        """Return the last line, where the source ends without its end."""
        rest, self._rest, self._head = self._rest + (self._head or b""), b"", None
        return [self._line(rest)] if rest else []

    def _line(self, octets: bytes) -> Numbered:
        self._number += 1
        # A log that was truncated while its writer had it open begins with as many NULs.
        octets = octets.lstrip(b"\0").removesuffix(b"\r")
        if len(octets) <= LONGEST:
            self._too_long = False
            return Numbered(self._number, octets.decode("utf-8", "backslashreplace"))
        self._too_long = False
        self.cut += 1
        return Numbered(self._number, octets[:LONGEST].decode("utf-8", "backslashreplace") + CUT)

    def _in_utf_8(self, data: bytes) -> bytes:
        """Take off a byte order mark, and write UTF-16, as PowerShell redirects to a file, in UTF-8."""
        if self._decoder is not None:
            return self._decoder.decode(data).encode("utf-8", "surrogatepass")
        if self._head is None:
            return data
        head = self._head + data
        if any(mark != head and mark.startswith(head) for mark in _MARKS):
            self._head = head
            return b""
        self._head = None
        if head.startswith(_UTF_16):
            self._decoder = codecs.getincrementaldecoder("utf-16")("replace")
            return self._decoder.decode(head).encode("utf-8", "surrogatepass")
        return head.removeprefix(codecs.BOM_UTF8)
