"""A request's head from its bytes, however they are split: RFC 9112, 2 to 5; keeps what is wrong as breaches, raises on nothing.

Knows where a head ends and what it says; refuses to know whether it is a handshake, or a good one.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ws101.handshake.answer import Breach
from ws101.handshake.head import FieldLines
from ws101.handshake.headers import Headers

HEAD_LIMIT = 65_536

# RFC 9112, 2.2: "a recipient MAY recognize a single LF as a line terminator", and a server "SHOULD ignore at least one
#   empty line (CRLF) received prior to the request-line"
_END = re.compile(rb"\n\r?\n")
_LINES = re.compile(rb"[^\n]*\n|[^\n]+")
_EMPTY_LINES = re.compile(rb"(?:\r?\n)+")

# A head in which nothing is wrong: RFC 9112, 2.1, 3 and 5, as one production. Possessive, so that no head takes long.
_TCHAR = r"[!#$%&'*+.^_`|~0-9A-Za-z-]"
_SOUND = re.compile(
    rf"({_TCHAR}++) ([\x21-\x7e]++) (HTTP/\d\.\d)\r\n"
    rf"((?:{_TCHAR}++:[\t\x20-\x7e\x80-\xff]*+\r\n)*+)\r\n",
    re.ASCII,
)
_REQUEST_LINE = re.compile(rf"{_TCHAR}+ [\x21-\x7e]+ HTTP/\d\.\d", re.ASCII)

# What is read of a request line that breaks the production: a recipient may split it on whitespace (RFC 9112, 3).
_LOOSE_REQUEST_LINE = re.compile(
    r"(?P<method>[^ \t]+)[ \t]+(?P<target>.*?)(?:[ \t]+(?P<version>HTTP/[^ \t]*))?[ \t]*", re.DOTALL
)

_AUTHORITY = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")

_MALFORMED = Breach("the request line is malformed", "RFC 9112, 3")
_CUT = Breach("the head is longer than the limit", "RFC 6585, 5")


class Incoming(NamedTuple):
    """One request head; text is ISO-8859-1, a byte a character. `raw` is the head as it came, its empty line included.

    `last` holds each field's last value by its name in lower case, for those that stand there once.
    """

    raw: bytes
    method: str
    target: str
    version: str
    headers: Headers
    last: Mapping[str, str]
    breaches: tuple[Breach, ...] = ()

    def __repr__(self) -> str:
        """Leave out what may be a secret."""
        return f"Incoming({self.method}, {self.headers!r})"

    @property
    def path(self) -> str:
        """The path of an origin-form, and of an absolute-form, which a server must take too (RFC 9112, 3.2.2)."""
        return _AUTHORITY.sub("", self.target, count=1).partition("?")[0]


def parse(raw: bytes) -> Incoming:
    """Return what a whole head says."""
    sound = _SOUND.fullmatch(raw.decode("latin-1"))
    if sound is None:
        return _parse_unsound(raw)
    method, target, version, lines = sound.groups()
    parted = [line.partition(":") for line in lines.split("\r\n")[:-1]]
    fields = tuple([(name, value.strip(" \t")) for name, _, value in parted])
    return Incoming(raw, method, target, version, Headers(fields), _last(fields))


def ends_at(data: bytes | bytearray, searched: int = 0) -> int:
    """Return where the first head in the data ends, or -1; the first `searched` bytes are known to hold no end."""
    empty = _EMPTY_LINES.match(data)
    found = _END.search(data, max(searched - 2, empty.end() if empty else 0))
    return found.end() if found else -1


class HeadReader:
    """Reads one request head of at most `limit` bytes; `rest` is what came after it.

    `whole` tells that it has ended, `too_long` that it never will within the limit; then nothing more is kept.
    """

    def __init__(self, limit: int = HEAD_LIMIT) -> None:
        self._limit = limit
        self._data = bytearray()
        self._searched = 0
        self.whole = False
        self.too_long = False
        self.rest = b""

    def feed(self, data: bytes) -> None:
        """Take the bytes that came next."""
        if self.whole:
            self.rest += data
        elif not self.too_long:
            self._data += data
            self._find_end()

    def head(self) -> Incoming:
        """Return the head as far as it has come; one that was cut says so."""
        found = parse(bytes(self._data))
        return found._replace(breaches=(*found.breaches, _CUT)) if self.too_long else found

    def _find_end(self) -> None:
        end = ends_at(self._data, self._searched)
        self._searched = len(self._data)
        if (end if end >= 0 else len(self._data)) > self._limit:
            self.too_long = True
            del self._data[self._limit :]
        elif end >= 0:
            self.whole = True
            self.rest = bytes(self._data[end:])
            del self._data[end:]


def _parse_unsound(raw: bytes) -> Incoming:
    """Read line by line, and note what is wrong."""
    empty = _EMPTY_LINES.match(raw)
    first, *others = _LINES.findall(raw, empty.end() if empty else 0) or [b"\r\n"]
    lines = FieldLines()
    method, target, version = _request_line(lines.text_of(first), lines)
    for line in others:
        if lines.take(line):
            break
    headers = lines.headers
    return Incoming(raw, method, target, version, headers, _last(headers), tuple(lines.breaches))


def _last(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in fields}


def _request_line(text: str, lines: FieldLines) -> tuple[str, str, str]:
    if _REQUEST_LINE.fullmatch(text) is None:
        lines.note(_MALFORMED)
    match = _LOOSE_REQUEST_LINE.fullmatch(text)
    return (match["method"], match["target"], match["version"] or "") if match else (text, "", "")
