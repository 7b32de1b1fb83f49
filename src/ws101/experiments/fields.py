"""Experiments on the handshake's own header fields, and on the further ones that the user's client sends."""

from collections.abc import Callable

from msgspec.structs import replace

from ws101.attempt import Sending
from ws101.evidence import Evidence
from ws101.experiment import Experiment
from ws101.handshake.accept import key_problem
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request
from ws101.terms import Family

SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455, 1.3
KEY_OF_13_BYTES = "SGVsbG8sIHdvcmxkIQ=="  # the widely copied "Hello, world!"

RIGHT = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": SAMPLE_KEY,
    "Sec-WebSocket-Version": "13",
}
# A server that upgrades and leaves the body unread takes it for frames; this one is an empty Ping (RFC 6455, 5.5.2).
# Bytes that are no frame end a process of Node's ws that listens to no errors.
_HARMLESS_BODY = b"\x89\x80\x00\x00\x00\x00"
_ESSENTIAL = frozenset({"host", "upgrade", "connection", "sec-websocket-key", "sec-websocket-version"})
_CREDENTIALS = frozenset({"authorization", "cookie", "sec-websocket-protocol", "origin"})


def headers_changed(change: Callable[[Headers], Headers]) -> Callable[[Sending, Evidence], Sending | None]:
    """Return the change of a sending that this change of its header fields makes."""

    def apply(sending: Sending, _: Evidence) -> Sending | None:
        headers = change(sending.request.headers)
        return (
            None
            if headers == sending.request.headers
            else sending.asking(sending.request.with_headers(headers))
        )

    return apply


def corrected(name: str) -> Callable[[Sending, Evidence], Sending | None]:
    """Return the change that gives this field once and with its right value, if the user's differs."""

    def change(headers: Headers) -> Headers:
        values = headers.get_all(name)
        right = len(values) == 1 and _is_right(name, values[0])
        return headers if right else headers.replaced(name, RIGHT[name])

    return headers_changed(change)


def _is_right(name: str, value: str) -> bool:
    members = [member.strip().lower() for member in value.split(",")]
    if name == "Connection":
        return "upgrade" in members
    if name == "Sec-WebSocket-Key":
        return not key_problem(value)
    return value.lower() == RIGHT[name]


def minimal(sending: Sending, _: Evidence) -> Sending | None:
    """Return the handshake with nothing but its five fields and what may carry credentials."""
    kept = [f for f in sending.request.headers if f[0].lower() in _ESSENTIAL | _CREDENTIALS]
    request = Request(sending.request.target, _corrected(Headers.of(kept)))
    return None if request == sending.request else sending.asking(request)


def _corrected(headers: Headers) -> Headers:
    for name, value in RIGHT.items():
        if len(headers.get_all(name)) != 1 or not _is_right(name, headers.get(name)):
            headers = headers.replaced(name, value)
    return headers


def each_left_out(sending: Sending) -> tuple[Experiment, ...]:
    """Return an experiment for each further field that the user's client sends: the handshake without it."""
    names = dict.fromkeys(name.lower() for name, _ in sending.request.headers)
    further = [
        name
        for name in names
        if name
        not in _ESSENTIAL | {"authorization", "origin", "sec-websocket-protocol", "sec-websocket-extensions"}
    ]
    return tuple(
        Experiment(
            f"without-{name}",
            Family.REPAIR,
            f"without {name}",
            _without(name),
        )
        for name in further
    )


def once_each(sending: Sending, _: Evidence) -> Sending | None:
    """Return the handshake with only the first line of each field."""
    first: dict[str, tuple[str, str]] = {}
    for field in sending.request.headers:
        first.setdefault(field[0].lower(), field)
    if len(first) == len(sending.request.headers):
        return None
    return sending.asking(sending.request.with_headers(Headers.of(first.values())))


def without_body(sending: Sending, _: Evidence) -> Sending | None:
    headers = sending.request.headers.without("Content-Length", "Content-Type", "Transfer-Encoding", "Expect")
    request = replace(sending.request, headers=headers, body=b"")
    return None if request == sending.request else sending.asking(request)


def at_http(version: str) -> Callable[[Sending, Evidence], Sending | None]:
    """Return the change that speaks this HTTP version on the request line."""

    def change(sending: Sending, _: Evidence) -> Sending | None:
        if sending.request.version == version and not sending.http2:
            return None
        return replace(sending, http2=False).asking(replace(sending.request, version=version))

    return change


def plain_get(sending: Sending, _: Evidence) -> Sending | None:
    headers = sending.request.headers.without(*(set(RIGHT) | {"Sec-WebSocket-Extensions"}))
    return (
        None if headers == sending.request.headers else sending.asking(sending.request.with_headers(headers))
    )


def with_body(sending: Sending, _: Evidence) -> Sending | None:
    headers = sending.request.headers.replaced("Content-Length", "6").replaced("Content-Type", "text/plain")
    return sending.asking(replace(sending.request, headers=headers, body=_HARMLESS_BODY))


def _set(name: str, value: str) -> Callable[[Sending, Evidence], Sending | None]:
    return headers_changed(lambda headers: headers.replaced(name, value))


def _without(*names: str) -> Callable[[Sending, Evidence], Sending | None]:
    return headers_changed(lambda headers: headers.without(*names))


def _repair(name: str, change: str, apply: Callable[[Sending, Evidence], Sending | None]) -> Experiment:
    return Experiment(name, Family.REPAIR, change, apply)


def _damage(name: str, change: str, apply: Callable[[Sending, Evidence], Sending | None]) -> Experiment:
    return Experiment(name, Family.DAMAGE, change, apply)


RIGHT_UPGRADE = _repair("right-upgrade", "with Upgrade: websocket", corrected("Upgrade"))
RIGHT_CONNECTION = _repair("right-connection", "with Connection: Upgrade", corrected("Connection"))
RIGHT_KEY = _repair("right-key", "with a 16-byte Sec-WebSocket-Key", corrected("Sec-WebSocket-Key"))
RIGHT_VERSION = _repair("right-version", "with Sec-WebSocket-Version: 13", corrected("Sec-WebSocket-Version"))
MINIMAL = _repair("minimal", "with the handshake's own fields and no others", minimal)
ONCE_EACH = _repair("each-field-once", "with every field once", once_each)
WITHOUT_BODY = _repair("without-body", "without a body and its fields", without_body)
WITHOUT_SUBPROTOCOL = _repair(
    "without-subprotocol", "without Sec-WebSocket-Protocol", _without("Sec-WebSocket-Protocol")
)
WITHOUT_EXTENSIONS = _repair(
    "without-extensions", "without Sec-WebSocket-Extensions", _without("Sec-WebSocket-Extensions")
)
HTTP_1_1 = _repair("http-1.1", "over HTTP/1.1", at_http("HTTP/1.1"))

VERSION_99 = _damage("version-99", "with Sec-WebSocket-Version: 99", _set("Sec-WebSocket-Version", "99"))
PLAIN_GET = _damage("plain-get", "as a plain GET, without any upgrade", plain_get)
WITHOUT_UPGRADE = _damage("without-upgrade", "without Upgrade", _without("Upgrade"))
WITHOUT_CONNECTION = _damage("without-connection", "without Connection", _without("Connection"))
KEEP_ALIVE = _damage("connection-keep-alive", "with Connection: keep-alive", _set("Connection", "keep-alive"))
WITHOUT_KEY = _damage("without-key", "without Sec-WebSocket-Key", _without("Sec-WebSocket-Key"))
SHORT_KEY = _damage(
    "short-key", "with a Sec-WebSocket-Key of 13 bytes", _set("Sec-WebSocket-Key", KEY_OF_13_BYTES)
)
VERSION_8 = _damage("version-8", "with Sec-WebSocket-Version: 8", _set("Sec-WebSocket-Version", "8"))
HTTP_1_0 = _damage("http-1.0", "over HTTP/1.0", at_http("HTTP/1.0"))
WITH_BODY = _damage("with-body", "with a body of six bytes", with_body)
EMPTY_EXTENSIONS = _damage(
    "empty-extensions", "with an empty Sec-WebSocket-Extensions", _set("Sec-WebSocket-Extensions", "")
)
FOREIGN_SUBPROTOCOL = _damage(
    "foreign-subprotocol", "with a subprotocol nobody knows", _set("Sec-WebSocket-Protocol", "ws101-unknown")
)
WITHOUT_SUBPROTOCOL_DAMAGE = replace(WITHOUT_SUBPROTOCOL, family=Family.DAMAGE)
LARGE_HEADER = _damage("large-header", "with 9 KB of Cookie", _set("Cookie", "ws101=" + "x" * 9000))
MALFORMED_FIELD = _damage(
    "malformed-field",
    "with a space before a field's colon",
    headers_changed(lambda h: h.added(("X-Ws101 ", "malformed"))),
)
