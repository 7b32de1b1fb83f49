"""How nginx reads a request's head: what it takes, which server it thereby finds, and what it refuses (ngx_http_request.c).

A character is a byte. Everything goes line by line, for a Host changes the settings that judge the lines below it.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from ws101.handshake.headers import Headers
from ws101.nginx.ask import Ask, Version
from ws101.nginx.listen import Named, Socket, server_for
from ws101.nginx.model import Level, Server
from ws101.nginx.tree import Directive
from ws101.nginx.uri import Target, normalise
from ws101.nginx.value import Unknown

_METHOD = re.compile(r"[A-Z_-]+")
_VISIBLE = re.compile(r"[\x21-\x7e\x80-\xff]*")
_VERSION = re.compile(r"HTTP/(?P<major>[1-9]\d*)(?:\.(?P<minor>\d{1,3}))? *")
_PROTOCOL, _LATER = "HTTP/1.", re.compile(r"HTTP/(?:[2-9]|1\d)")
_ABSOLUTE = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://(?P<host>(?:[A-Za-z0-9.-]*|\[[A-Za-z0-9:._~!$&'()*+,;=-]*\])(?::\d*)?)(?P<rest>[/?].*)?",
    re.DOTALL,
)
# How a target begins that may be one: what nginx reads before it knows that the line is too long.
_BEGUN = re.compile(
    r"(?:/[\x21-\x7e\x80-\xff]*|[A-Za-z][A-Za-z0-9+.-]*(?::(?:/(?:/(?:[A-Za-z0-9.-]*|\[[A-Za-z0-9:._~!$&'()*+,;=-]*\]?)"
    r"(?::\d*)?(?:[/?][\x21-\x7e\x80-\xff]*)?)?)?)?)?"
)
_AUTHORITY = re.compile(r"(?:[A-Za-z0-9.-]*|\[[^\]]*\]):\d+")
_AUTHORITY_BEFORE = re.compile(
    r"(?:[A-Za-z0-9.-]*|\[[^\]]*\]):\d*"
)  # what _PORT_DEMANDED does not refuse yet
_PLAIN = re.compile(r"[A-Za-z0-9-]+")
_NO_NAME = re.compile(r"[\x00-\x20\x7f]")
_NO_VALUE = re.compile(r"\x00|\r+[^\r]")
_SIZE = re.compile(r"(\d+)([kKmM]?)")
_UNITS = {"": 1, "k": 1024, "m": 1 << 20}
# Fields that may stand there once (ngx_http_headers_in).
_UNIQUE = frozenset(
    {"host", "if-modified-since", "if-unmodified-since", "if-match", "if-none-match", "content-length", "content-range",
     "if-range", "transfer-encoding", "expect", "authorization", "proxy-authorization"}
)  # fmt: skip

Refusal = tuple[int, str, Directive | None]


class Taken(NamedTuple):
    """A head as nginx read it, to its end or to what ended the reading; `host` is lower-cased and without port.

    `ask` has the fields that were taken; how long the body is was `measured` where they were read to their end. `raw` is the target without scheme and host, `target` is None where it is no good.
    """

    ask: Ask
    named: Named
    host: str
    method: str
    raw: str
    target: Target | None
    measured: bool
    refusal: Refusal | None


def take_in(ask: Ask, socket: Socket, met: Named) -> Taken | Unknown:
    """Read a head at this socket; `met` is the server that the connection met, by its TLS server name where it fits one."""
    if not ask.protocol:
        return Unknown("a request of HTTP/0.9 has no head")
    if any("\n" in name or "\n" in value for name, value in ask.headers):
        return Unknown("a field holds the end of a line")
    return _Intake(ask, socket, met).read()


class _Ended(Exception):  # noqa: N818 - the head is read no further
    def __init__(self, status: int, why: str, by: Directive | None = None) -> None:
        super().__init__(why)
        self.refusal: Refusal = (status, why, by)


class _Unknown(Exception):  # noqa: N818
    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.why)
        self.unknown = unknown


class _Intake:
    """One reading; `_named` is the server whose settings judge what comes next."""

    def __init__(self, ask: Ask, socket: Socket, met: Named) -> None:
        self._ask, self._socket, self._met, self._named = ask, socket, met, met
        self._buffers = _Buffers(met.server)
        self._at = 0
        self._host = self._method = self._raw = ""
        self._target: Target | None = None
        self._version = (0, 0)
        self._measured = False  # whether Content-Length was understood
        self._fields: list[tuple[str, str]] = []

    def read(self) -> Taken | Unknown:
        refusal = None
        try:
            self._line()
            for name, value in self._ask.headers:
                self._field(name, value)
            self._hold(2, "the header")
            self._nameless()
            self._judge()
        except _Ended as ended:
            refusal = ended.refusal
        except _Unknown as unknown:
            return unknown.unknown
        ask = replace(self._ask, headers=Headers.of(self._fields))
        return Taken(
            ask, self._named, self._host, self._method, self._raw, self._target, self._measured, refusal
        )

    @property
    def _server(self) -> Server:
        return self._named.server

    def _hold(self, length: int, what: str, status: int = 494) -> None:
        """Take what the next line needs of the buffers."""
        if not self._buffers.hold(self._server, self._at, self._at + length):
            number, size, line = header_buffers(self._server)
            if length > size:
                raise _Ended(status, f"{what} has {length} bytes, and a buffer holds {size}", line)
            raise _Ended(status, f"{what} does not fit into {number} buffers of {size} bytes", line)
        self._at += length

    # ---- the request line

    def _line(self) -> None:
        ask = self._ask
        if _METHOD.fullmatch(ask.method) is None:
            raise _Ended(400, "nginx cannot read the method")
        connects = ask.method == "CONNECT" and ask.nginx >= _AUTHORITY_FORM
        if connects and not _authority(ask).match(ask.target.lstrip(" ")):
            raise _Ended(400, "CONNECT takes a host and a port")
        self._hold_line()
        raw, host = self._parts(ask.target.strip(" "))
        version = _VERSION.fullmatch(ask.protocol)
        if version and version["major"] != "1":
            raise _Ended(505, f"nginx does not speak {ask.protocol}")
        if version is None or version["minor"] is None:
            raise _Ended(400, "nginx cannot read the version in the request line")
        self._version = (1, int(version["minor"]))
        merge = self._server.setting("merge_slashes", "on") == "on"
        self._target = normalise(raw if raw.startswith("/") else f"/{raw}", merge_slashes=merge)
        self._method = ask.method
        if self._target is None:
            raise _Ended(400, "nginx cannot read the path")
        self._raw = raw
        if host is not None:
            self._take_host(host, "in the request line")

    def _hold_line(self) -> None:
        """Take the buffers of the request line; what is wrong in the first of them nginx tells before that they are too few."""
        ask = self._ask
        read = max(self._buffers.first, header_buffers(self._server)[1]) - len(f"{ask.method} ")
        try:
            self._hold(len(f"{ask.method} {ask.target} {ask.protocol}\r\n"), "the request line", 414)
        except _Ended:
            if ask.method != "CONNECT" and _BEGUN.fullmatch(ask.target[:read].strip(" ")) is None:
                raise _Ended(400, "nginx cannot read the target") from None
            protocol = ask.protocol[: max(read - len(f"{ask.target} "), 0)]
            if _LATER.match(protocol):
                raise _Ended(505, f"nginx does not speak {ask.protocol}") from None
            if not _PROTOCOL.startswith(protocol[: len(_PROTOCOL)]):
                raise _Ended(400, "nginx cannot read the version in the request line") from None
            raise

    def _parts(self, target: str) -> tuple[str, str | None]:
        """Return the target without scheme and host, and the host where one stands there."""
        if _VISIBLE.fullmatch(target) is None:
            raise _Ended(400, "nginx cannot read the target")
        if self._ask.method == "CONNECT" and self._ask.nginx >= _AUTHORITY_FORM:
            if _authority(self._ask).fullmatch(target) is None:
                raise _Ended(400, "CONNECT takes a host and a port")
            return "/", target
        if target.startswith("/"):
            return target, None
        absolute = _ABSOLUTE.fullmatch(target)
        if absolute is None:
            raise _Ended(400, "nginx cannot read the target")
        return absolute["rest"] or "/", absolute["host"]

    # ---- the fields

    def _field(self, name: str, value: str) -> None:
        line = f"{name}: {value}" if value else f"{name}:"
        self._hold(len(line) + 2, "a header line")
        read = _field_in(line)
        if read is None:
            raise _Ended(400, f"nginx cannot read the header line {line.partition(':')[0][:40]!r}")
        name, value = read
        if not self._plain(name) and self._server.setting("ignore_invalid_headers", "on") == "on":
            return
        low = name.lower()
        again = low in _UNIQUE and any(low == known.lower() for known, _ in self._fields)
        self._fields.append((name, value.rstrip("\r")))
        if again:
            raise _Ended(400, f"{name} stands there more than once")
        if low == "host":
            self._take_host(value, "in the Host header")

    def _plain(self, name: str) -> bool:
        """Whether the field's name has none of the characters that nginx takes for invalid."""
        if _PLAIN.fullmatch(name):
            return True
        underscores = self._server.setting("underscores_in_headers", "off") == "on"
        return underscores and _PLAIN.fullmatch(name.replace("_", "-")) is not None

    def _take_host(self, text: str, where: str) -> None:
        host = host_of(text, self._ask.nginx)
        if host is None:
            raise _Ended(400, f"what stands {where} is no host")
        if not self._host:
            self._find(host)
            self._host = host

    def _find(self, host: str) -> None:
        """Look for the server of a name; the one that the TLS server name found stays for that very name."""
        negotiated = self._negotiated
        if negotiated and host == negotiated:
            return
        found = server_for(self._socket, host)
        if isinstance(found, Unknown):
            raise _Unknown(found)
        if found.name is None and not negotiated:
            return
        self._named = found
        verifies = found.server.nearest("ssl_verify_client")
        if negotiated and verifies and verifies[0].arguments[0] != "off":
            raise _Ended(
                421, "the Host is not the TLS server name, and this server asks for certificates", verifies[0]
            )

    @property
    def _negotiated(self) -> str:
        """The TLS server name, where a server was found by it."""
        return (self._ask.server_name or "").lower() if self._ask.tls and self._met.name is not None else ""

    # ---- the whole head

    def _nameless(self) -> None:
        if not self._host:
            self._find("")

    def _judge(self) -> None:
        headers = Headers.of(self._fields)
        if "host" not in headers and self._version > (1, 0):
            raise _Ended(400, "there is no Host")
        if "content-length" in headers and not re.fullmatch(r"[0-9]{1,18}", headers.get("content-length")):
            raise _Ended(400, "Content-Length is no number")
        self._measured = True
        if "transfer-encoding" in headers:
            self._judge_coding(headers)
        if self._ask.method in {"TRACE", "CONNECT"}:
            raise _Ended(405, f"nginx does not take {self._ask.method}")
        if self._socket.tls and not self._ask.tls:
            line = next((d.directive for d in self._server.listens if d.takes(self._ask.port)), None)
            raise _Ended(497, "plain HTTP comes to a port that speaks TLS", line or self._server.directive)

    def _judge_coding(self, headers: Headers) -> None:
        if self._version < (1, 1):
            raise _Ended(400, "HTTP/1.0 has no Transfer-Encoding")
        if headers.get("transfer-encoding").lower() != "chunked":
            raise _Ended(501, "nginx knows no other Transfer-Encoding than chunked")
        if "content-length" in headers:
            raise _Ended(400, "Content-Length and Transfer-Encoding stand there together")


@lru_cache(maxsize=256)  # one client's fields come again with each of its handshakes
def _field_in(line: str) -> tuple[str, str] | None:
    """Return name and value of a header line, None where nginx cannot read it."""
    name, colon, value = line.partition(":")
    value = value.strip(" ")
    broken = not name or not colon or _NO_NAME.search(name) or _NO_VALUE.search(value)
    return None if broken else (name, value)


class _Buffers:
    """Which of its buffers nginx has in use: a first one, then large ones, each of which begins with the line that needs it."""

    def __init__(self, level: Level) -> None:
        self.first = self._end = size_of(level.setting("client_header_buffer_size", "1k")) or 1024
        self._used = 0

    def hold(self, level: Level, start: int, end: int) -> bool:
        """Take the buffers that the line from `start` to `end` needs; False where it does not fit."""
        while end > self._end:
            number, size, _ = header_buffers(level)
            if self._used >= number or (start < self._end and self._end - start >= size):
                return False
            self._used += 1
            self._end = start + size
        return True


# nginx's CHANGES, 1.29.4: "validation of host and port … has been changed to follow RFC 3986".
_STRICT_HOSTS: Version = (1, 29, 4)
# Two changes that CHANGES leaves out: its commits 42ca3a457 and a43c76b4e, by the first release that has each.
_AUTHORITY_FORM: Version = (1, 29, 3)
_PORT_DEMANDED: Version = (1, 31, 0)
_HOST = re.compile(
    r"(?P<name>[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[A-Za-z0-9:._~!$&'()*+,;=-]*\])(?::(?P<port>\d*))?"
)


def _authority(ask: Ask) -> re.Pattern[str]:
    """Return what CONNECT may ask for, of the versions that know its form."""
    return _AUTHORITY if ask.nginx >= _PORT_DEMANDED else _AUTHORITY_BEFORE


def host_of(field: str, nginx: Version = _STRICT_HOSTS) -> str | None:
    """Return a Host's name as nginx keeps it (ngx_http_validate_host): lower-case, no port, no last dot; None for none."""
    if nginx >= _STRICT_HOSTS:
        match = _HOST.fullmatch(field)
        if match is None or ".." in match["name"] or int(match["port"] or 0) > 65535:
            return None
        name = match["name"].lower()
    else:
        if re.search(r"[\x00-\x20\x7f/]", field) or ".." in field:
            return None
        literal = re.fullmatch(r"(\[[^\]]*(?:\]|$)).*", field, re.DOTALL)
        name = (literal[1] if literal else field.partition(":")[0]).lower()
    return (name[:-1] if name.endswith(".") else name) or None


def header_buffers(level: Level) -> tuple[int, int, Directive | None]:
    """Return the number and the size in bytes of large_client_header_buffers, and its line."""
    found = level.nearest("large_client_header_buffers")
    if not found or len(found[0].arguments) < 2:
        return 4, 8192, found[0] if found else None
    number, text = found[0].arguments[:2]
    return int(number) if number.isdecimal() else 4, size_of(text) or 8192, found[0]


def size_of(text: str) -> int | None:
    """Return a size in bytes as nginx writes it: `8k`, `1m`; None for no size."""
    match = _SIZE.fullmatch(text)
    return int(match[1]) * _UNITS[match[2].lower()] if match else None
