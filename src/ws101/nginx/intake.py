"""What nginx refuses before any location is looked for: the request's head, its sizes and its Host (ngx_http_request.c)."""

import re
from dataclasses import dataclass, replace

from ws101.handshake.headers import Headers
from ws101.nginx.ask import Ask
from ws101.nginx.listen import Socket
from ws101.nginx.model import Level, Server
from ws101.nginx.tree import Directive
from ws101.nginx.uri import Target, normalise

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?P<host>[^/?#]*)(?P<rest>[/?#].*)?", re.DOTALL)
_METHOD = re.compile(r"[A-Z_-]+")
_VISIBLE = re.compile(r"[\x21-\x7e\x80-\xff]+")
_SIZE = re.compile(r"(\d+)([kKmM]?)")
_UNITS = {"": 1, "k": 1024, "m": 1 << 20}

Refusal = tuple[int, str, Directive | None]
_NONE: Refusal = (0, "", None)


@dataclass(frozen=True, slots=True)
class Taken:
    """A request's head as nginx reads it; `host` is lower-cased and without port.

    `met` is the server that the connection met; `raw` is the target without scheme and host, `target` is None where it is no good.
    """

    ask: Ask
    met: Server
    host: str
    raw: str
    target: Target | None
    hosts: tuple[str, ...]

    @property
    def unreadable(self) -> bool:
        """Whether the request line ends it all, so that no Host is read."""
        return self._of_request_line() is not None

    def refusal(self, socket: Socket, server: Server) -> Refusal:
        """Return the status that nginx refuses the head with, why, and the line that is to blame; 0 when it does not."""
        return (
            self._of_request_line()
            or self._of_size(server)
            or self._of_host()
            or self._of_method()
            or self._of_scheme(socket, server)
            or _NONE
        )

    def _of_request_line(self) -> Refusal | None:
        ask = self.ask
        _, size, line = header_buffers(self.met)
        first = len(f"{ask.method} {ask.target} {ask.protocol}\r\n")
        if first > size:
            return 414, f"the request line has {first} bytes, and a buffer holds {size}", line
        if (
            _METHOD.fullmatch(ask.method) is None
            or _VISIBLE.fullmatch(ask.target) is None
            or self.target is None
        ):
            return 400, "nginx cannot read the request line", None
        return None

    @property
    def read(self) -> Ask:
        """The request with the fields that were read before one of them ended the reading."""
        if self.unreadable:
            return replace(self.ask, headers=Headers())
        _, size, _ = header_buffers(self.met)
        kept: list[tuple[str, str]] = []
        hosts = 0
        for name, value in self.ask.headers:
            if len(f"{name}: {value}\r\n") > size:
                break
            kept.append((name, value))
            hosts += name.lower() == "host"
            if hosts > 1:
                break
        else:
            if hosts or self.ask.protocol != "HTTP/1.1":
                return self.ask
        # Content-Length is understood once the whole header is there.
        return replace(self.ask, headers=Headers.of(kept).without("content-length"))

    def _of_size(self, level: Level) -> Refusal | None:
        number, size, line = header_buffers(level)
        lengths = [len(f"{name}: {value}\r\n") for name, value in self.ask.headers]
        largest, whole = max(lengths, default=0), sum(lengths)
        if largest > size:
            return 494, f"a header line has {largest} bytes, and a buffer holds {size}", line
        if whole > number * size:
            return 494, f"the header has {whole} bytes, and {number} buffers hold {number * size}", line
        return None

    def _of_host(self) -> Refusal | None:
        if not self.hosts and self.ask.protocol == "HTTP/1.1":
            return 400, "there is no Host", None
        if len(self.hosts) > 1:
            return 400, "Host stands there more than once", None
        if self.hosts and self.hosts[0] and host_of(self.hosts[0]) is None:
            return 400, "Host is no host", None
        return None

    def _of_method(self) -> Refusal | None:
        if self.ask.method in {"TRACE", "CONNECT"}:
            return 405, f"nginx does not take {self.ask.method}", None
        return None

    def _of_scheme(self, socket: Socket, server: Server) -> Refusal | None:
        if socket.tls and not self.ask.tls:
            line = next((d.directive for d in server.listens if d.port == self.ask.port), server.directive)
            return 497, "plain HTTP comes to a port that speaks TLS", line
        return None


def take_in(ask: Ask, server: Server) -> Taken:
    """Read a request's head as the server that the connection met does."""
    absolute = _ABSOLUTE.fullmatch(ask.target)
    rest = (absolute["rest"] or "/") if absolute else ask.target
    merge = server.setting("merge_slashes", "on") == "on"
    raw = f"/{rest}" if absolute and not rest.startswith("/") else rest
    target = normalise(raw, merge_slashes=merge) if raw.startswith("/") else None
    hosts = ask.headers.get_all("host")
    host = host_of(absolute["host"] if absolute else (hosts[0] if hosts else "")) or ""
    return Taken(ask, server, host, raw, target, hosts)


def host_of(field: str) -> str | None:
    """Return a Host's name as nginx keeps it (ngx_http_validate_host): lower-case, no port, no last dot; None for none."""
    if re.search(r"[\x00-\x20\x7f/]", field) or ".." in field:
        return None
    literal = re.fullmatch(r"(\[[^\]]*\])(?::.*)?", field)
    name = literal[1] if literal else field.partition(":")[0]
    name = name.lower()
    return (name[:-1] if name.endswith(".") else name) or None


def header_buffers(level: Level) -> tuple[int, int, Directive | None]:
    """Return the number and the size in bytes of large_client_header_buffers, and its line."""
    found = level.nearest("large_client_header_buffers")
    if not found or len(found[0].arguments) < 2:
        return 4, 8192, found[0] if found else None
    number, text = found[0].arguments[:2]
    return int(number), size_of(text) or 8192, found[0]


def size_of(text: str) -> int | None:
    """Return a size in bytes as nginx writes it: `8k`, `1m`; None for no size."""
    match = _SIZE.fullmatch(text)
    return int(match[1]) * _UNITS[match[2].lower()] if match else None
