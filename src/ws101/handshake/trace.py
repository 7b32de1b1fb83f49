"""What a server says that it saw of a request, and that beside what was sent: same, lost, changed or added on the way.

Secrets are compared by what stands for them, such as `[token, 3 parts, 291 characters]`. Fetches nothing.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from ws101.handshake.answer import Answer
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request
from ws101.private import Private
from ws101.terms import Fate

if TYPE_CHECKING:
    from ws101.report import Passage

TARGET, VERSION, METHOD = "target", "version", "method"
HANDSHAKES = "/api/v1/handshakes/"

_SOCKET = "/api/v1/timers/notifications"
_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")
_STAND_IN = re.compile(r"\[[^\[\]]{0,40}?(\d{1,6}) characters?\]")
_WITHOUT_CASE = frozenset({"upgrade", "connection", "host"})  # RFC 6455, 4.2.1; RFC 9110, 7.2
_MOST = 200  # fields of a record that are read


class Record(Private, frozen=True):
    """A server's own record of one request: its line and its fields as they came, secrets already replaced."""

    trace_id: str
    method: str
    target: str
    version: str
    headers: Headers

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


def path_for(request: Request, answer: Answer) -> str:
    """Return the path of the record of an accepted handshake: the service names it in X-Request-Id; empty if it is another's."""
    name = answer.headers.get("x-request-id")
    known = request.path.endswith(_SOCKET) and _ID.fullmatch(name)
    return below(request, f"{HANDSHAKES}{name}") if known else ""


def below(request: Request, path: str) -> str:
    """Return the path of a record, as the service names it or empty, below where this handshake finds the service mounted."""
    mounted = path and request.path.endswith(_SOCKET)
    return f"{request.path.removesuffix(_SOCKET)}{path}" if mounted else path


def request_for(path: str, sent: Request) -> Request:
    """Return the plain GET of the record at this path, by the name and with the credentials of the handshake."""
    names = (name for name in ("Host", "Authorization") if name in sent.headers)
    return Request(path, Headers.of((name, sent.headers.get(name)) for name in names))


@lru_cache(maxsize=8)
def read(answer: Answer) -> Record | None:
    """Return the record in an answer's JSON, or None where it is not one."""
    if answer.status != 200 or not answer.body.lstrip().startswith(b"{"):
        return None
    from json import loads  # few diagnoses meet one

    try:
        given = loads(answer.text)
        said = given["request"]
        fields = [(str(line["name"]), str(line["value"])) for line in said["headers"][:_MOST]]
        name, method, target, version = map(
            str, (given["traceId"], said["method"], said["target"], said["version"])
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return Record(name, method, target, version, Headers.of(fields))


def compare(request: Request, record: Record) -> "tuple[Passage, ...]":
    """Return every part of the request as it was sent and as it was seen, then what came to it on the way."""
    sent, seen = request.headers, record.headers
    added = [name for name in _names(seen) if name not in sent]
    return (
        _passage(METHOD, request.method, record.method),
        _passage(TARGET, request.target, record.target),
        _passage(VERSION, request.version, record.version),
        *(_passage(name, _joined(sent, name), _joined(seen, name)) for name in _names(sent)),
        *(_passage(name, None, _joined(seen, name)) for name in added),
    )


def _names(headers: Headers) -> Iterator[str]:
    """Yield the name of each field once, as it is first spelled."""
    known: set[str] = set()
    for name, _ in headers:
        if name.lower() not in known:
            known.add(name.lower())
            yield name


def _joined(headers: Headers, name: str) -> str | None:
    """Return the field's value, several lines as one list (RFC 9110, 5.3); None where there is no such field."""
    return ", ".join(value.strip() for value in headers.get_all(name)) if name in headers else None


def _passage(part: str, sent: str | None, seen: str | None) -> "Passage":
    from ws101.report import Passage  # nobody waits for it before an answer is there

    if sent is None:
        return Passage(part, sent, seen, Fate.ADDED)
    if seen is None:
        return Passage(part, sent, seen, Fate.LOST)
    return Passage(part, sent, seen, Fate.SAME if _same(part, sent, seen) else Fate.CHANGED)


def _same(part: str, sent: str, seen: str) -> bool:
    if part.lower() in _WITHOUT_CASE:
        return sent.lower() == seen.lower()
    return sent == seen or _fits(sent, seen)


def _fits(sent: str, seen: str) -> bool:
    """Return whether a value with stand-ins for its secrets can be that of the one that was sent."""
    position, start = 0, 0
    for stand_in in _STAND_IN.finditer(seen):
        plain = seen[start : stand_in.start()]
        if not sent.startswith(plain, position):
            return False
        position += len(plain) + int(stand_in[1])
        start = stand_in.end()
    return start > 0 and position <= len(sent) and sent[position:] == seen[start:]
