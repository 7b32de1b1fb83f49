"""A handshake request as exact bytes, deliberately wrong ones too; never decides whether a request is sensible."""

from msgspec import field
from msgspec.structs import replace

from ws101.handshake.headers import Headers
from ws101.private import Private


class Request(Private, frozen=True):
    """A request head and body; `target` is the request line's middle part. Text is ISO-8859-1, a byte a character."""

    target: str
    headers: Headers = field(default_factory=Headers)
    method: str = "GET"
    version: str = "HTTP/1.1"
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def with_headers(self, headers: Headers) -> "Request":
        return replace(self, headers=headers)

    def with_target(self, target: str) -> "Request":
        return replace(self, target=target)


def opening(host: str, target: str, key: str, extra: Headers | None = None) -> Request:
    """Return the handshake of RFC 6455, section 4.1; a field of `extra` takes the place of ours of the same name.

    `host` is the Host field with its port where that is not the scheme's own, `key` the base64 of 16 bytes.
    """
    ours = Headers.of(
        [
            ("Host", host),
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Key", key),
            ("Sec-WebSocket-Version", "13"),
        ]
    )
    theirs = extra or Headers()
    kept = ours.without(*(name for name, _ in theirs))
    host_first = (
        [f for f in theirs if f[0].lower() == "host"]
        + list(kept)
        + [f for f in theirs if f[0].lower() != "host"]
    )
    return Request(target, Headers.of(host_first))


def build(request: Request) -> bytes:
    """Return the request's bytes, exactly as given; characters beyond one byte become `?`."""
    lines = [f"{request.method} {request.target} {request.version}".rstrip(" ")]
    lines += [f"{name}: {value}" if value else f"{name}:" for name, value in request.headers]
    head = "\r\n".join(lines) + "\r\n\r\n"
    return head.encode("latin-1", errors="replace") + request.body
