"""Logs that are one document and not lines: a HAR file, cut into one line for each request in it (HAR 1.2).

Holds one request at a time; what of it no format needs, as bodies, is left out. Knows nothing of handshakes.
"""

import binascii
import json
import re
from collections.abc import Mapping

# Without blanks; others begin with `{"log":{` as well, such as Elastic's `{"log":{"level":`.
_BEGINNINGS = tuple(
    b'{"log":{"%s":' % name for name in (b"version", b"creator", b"browser", b"pages", b"entries", b"comment")
)
_UNDECIDED = 512  # bytes of blanks and braces, after which it is none
_LARGEST = 8 << 20  # bytes of one request with its bodies and messages
_STRUCTURE = re.compile(rb'["\\{}\[\]\n]')
_INSIDE = re.compile(rb'["\\\n]')
_LONGEST = 4096  # characters of a body, or of any other text
Names = Mapping[str, "Names"]
_MESSAGE: Names = {
    "method": {},
    "url": {},
    "httpVersion": {},
    "headers": {},
    "status": {},
    "statusText": {},
    "_error": {},
}
# Cookies and the query's parameters stand once more by themselves in a HAR file, and messages may hold anything.
_KEPT: Names = {
    "startedDateTime": {}, "time": {}, "serverIPAddress": {}, "connection": {}, "_resourceType": {}, "_error": {},
    "request": _MESSAGE, "response": {**_MESSAGE, "content": {"mimeType": {}, "text": {}}},
}  # fmt: skip
_ENTRY_DEPTH = 3  # { log { entries [ {


class Har:
    """Takes a source's first bytes and says whether it is such a document, and then cuts it.

    Until `settled`, `begun` holds what came; `left_out` counts requests that were too large.
    """

    def __init__(self) -> None:
        self.settled = False
        self.is_har = False
        self.begun = b""
        self.left_out = 0
        self._depth = 0
        self._quoted = False
        self._escaped = False
        self._number = 1
        self._from = 0
        self._held: bytearray | None = None

    def feed(self, data: bytes) -> list[tuple[int, str]]:
        """Return the requests that these bytes end, each with the number of its first line."""
        if not self.settled:
            self.begun += data
            bare = self.begun[:_UNDECIDED].removeprefix(b"\xef\xbb\xbf").translate(None, b" \t\r\n")
            self.is_har = bare.startswith(_BEGINNINGS)
            possible = any(beginning.startswith(bare) for beginning in _BEGINNINGS)
            self.settled = self.is_har or not possible or len(self.begun) >= _UNDECIDED
            if not self.is_har:
                return []
            data, self.begun = self.begun, b""
        return self._cut(data)

    def _cut(self, data: bytes) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        at = begin = 0
        if self._escaped and data:
            at, self._escaped = 1, False
        while match := (_INSIDE if self._quoted else _STRUCTURE).search(data, at):
            sign, at = match[0], match.end()
            if sign == b"\n":
                self._number += 1
            elif sign == b'"':
                self._quoted = not self._quoted
            elif sign == b"\\":
                self._escaped = at == len(data)
                at += 1
            elif sign in b"{[":
                if self._depth == _ENTRY_DEPTH and sign == b"{":
                    self._held, begin, self._from = bytearray(), match.start(), self._number
                self._depth += 1
            else:
                self._depth -= 1
                if self._depth == _ENTRY_DEPTH and self._held is not None:
                    self._held += data[begin:at]
                    found += self._entry()
        if self._held is not None:
            self._held += data[begin:]
            if len(self._held) > _LARGEST:
                self._held, self.left_out = None, self.left_out + 1
        return found

    def _entry(self) -> list[tuple[int, str]]:
        held, self._held = bytes(self._held or b""), None
        if b'"request"' not in held:
            return []
        try:
            members = json.loads(held.decode("utf-8", "backslashreplace"))
        except (ValueError, RecursionError):
            self.left_out += 1
            return []
        kept = _kept(_plain(members), _KEPT)
        if isinstance(kept, dict) and "_webSocketMessages" in members:
            kept["_webSocketMessages"] = []
        return [(self._from, json.dumps(kept, ensure_ascii=False, separators=(",", ":")))]


def _plain(members: object) -> object:
    """Return a request whose answer's body is as it came; one in base64 is freed of that, so that secrets in it are seen."""
    answer = members.get("response") if isinstance(members, dict) else None
    content = answer.get("content") if isinstance(answer, dict) else None
    if isinstance(content, dict) and content.get("encoding") == "base64":
        content["text"] = _decoded(str(content.get("text", "")))
    return members


def _decoded(text: str) -> str:
    try:
        return binascii.a2b_base64(text[: 2 * _LONGEST].encode("ascii", "replace")).decode("utf-8", "replace")
    except ValueError:
        return ""


def _kept(members: object, names: Names) -> object:
    """Return these members alone; text that may be a whole page is shortened."""
    if isinstance(members, str):
        return members[:_LONGEST]
    if not isinstance(members, dict) or not names:
        return members
    return {name: _kept(members[name], inner) for name, inner in names.items() if name in members}
