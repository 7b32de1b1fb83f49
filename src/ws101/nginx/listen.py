"""Where servers listen, and which of them takes a connection and a name (ngx_http_core_module, ngx_http_request.c)."""

import ipaddress
import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from ws101.nginx.pattern import beginning, search
from ws101.nginx.tree import Directive
from ws101.nginx.value import Unknown

if TYPE_CHECKING:
    from ws101.nginx.model import Server

_ADDRESS = re.compile(
    r"(?:(?P<host>\[[^\]]*\]|[^:\[\]]*):)?(?P<port>\d+)(?:-(?P<last>\d+))?|(?P<alone>\[[^\]]*\]|[^:\[\]]+)"
)


class Listen(NamedTuple):
    """One `listen`; `address` is None for every IPv4 address, `::` for every IPv6 one; `path` is a UNIX socket's.

    `last` ends a range of ports, and is 0 where there is none.
    """

    address: str | None
    port: int
    options: frozenset[str] = frozenset()
    path: str = ""
    directive: Directive | None = None
    last: int = 0

    def takes(self, port: int) -> bool:
        """Whether it is this port, or one of the range up to `last`."""
        return not self.path and (port == self.port or self.port < port <= self.last)

    @property
    def tls(self) -> bool:
        return "ssl" in self.options or "quic" in self.options

    @property
    def default(self) -> bool:
        return bool(self.options & {"default_server", "default"})


def read_listen(directive: Directive) -> Listen:
    """Read a `listen`; a name that is no address is kept as it is."""
    words = directive.arguments
    where, options = (words[0] if words else "80"), frozenset(words[1:])
    if where.startswith("unix:"):
        return Listen(None, 0, options, where[5:], directive)
    match = _ADDRESS.fullmatch(where)
    if match is None:
        return Listen(where, 80, options, "", directive)
    host, port = match["host"], match["port"]
    if match["alone"]:
        host, port = match["alone"], "80"
    return Listen(_address(host), int(port), options, "", directive, int(match["last"] or 0))


@lru_cache(maxsize=4096)  # the same few addresses come again and again
def _address(host: str | None) -> str | None:
    if host in {None, "", "*", "0.0.0.0"}:  # noqa: S104 - read, not bound
        return None
    assert host
    text = host.strip("[]")
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return "127.0.0.1" if text == "localhost" else text


class Socket(Struct, frozen=True, eq=False, dict=True):
    """A listening socket: the servers behind it in their order, and its default one.

    `guessed` says what was assumed about the address, or is empty.
    """

    servers: "tuple[Server, ...]"
    default: "Server"
    tls: bool
    proxy_protocol: bool
    options: frozenset[str]
    guessed: str = ""

    @cached_property
    def names(self) -> "Names":
        """The names of its servers."""
        return Names(self.servers)


_There = list[tuple["Server", Listen]]


class Sockets:
    """The listening sockets of servers, looked up by port and address; each is made once."""

    def __init__(self, servers: "Sequence[Server]") -> None:
        self._every = [(server, listen) for server in servers for listen in server.listens if not listen.path]
        self._ranges = [listen for _, listen in self._every if listen.last]
        self._single: dict[int, _There] = {}
        for pair in self._every:
            self._single.setdefault(pair[1].port, []).append(pair)
        self._addresses: dict[int, dict[str | None, _There]] = {}
        self._made: dict[tuple[str | None, int], Socket | None] = {}

    def at(self, address: str | None, port: int) -> Socket | None:
        """Return the socket that a connection to this address and port meets; None where nobody listens there."""
        key = (address, port)
        if key not in self._made:
            if port not in self._addresses:
                self._addresses[port] = self._by_address(port)
            self._made[key] = _socket(*_at(self._addresses[port], address))
        return self._made[key]

    def _by_address(self, port: int) -> dict[str | None, _There]:
        """Return the listens of a port by their addresses, in the order of the configuration."""
        in_range = any(listen.takes(port) for listen in self._ranges)
        there = (
            [pair for pair in self._every if pair[1].takes(port)] if in_range else self._single.get(port, [])
        )
        found: dict[str | None, _There] = {}
        for pair in there:
            found.setdefault(pair[1].address, []).append(pair)
        return found


def _socket(chosen: _There, guessed: str) -> Socket | None:
    if not chosen:
        return None
    options = frozenset(option for _, listen in chosen for option in listen.options)
    default = next((server for server, listen in chosen if listen.default), chosen[0][0])
    tls = any(listen.tls for _, listen in chosen)
    every = tuple(dict.fromkeys(server for server, _ in chosen))
    return Socket(every, default, tls, "proxy_protocol" in options, options, guessed)


def _at(there: dict[str | None, _There], address: str | None) -> tuple[_There, str]:
    """Take the listens of this very address, else those of every address of its family."""
    if address is not None:
        wildcard = "::" if ":" in address else None
        return there.get(address) or there.get(wildcard) or _both(there, address), ""
    for wanted in (None, "::"):
        if found := there.get(wanted):
            others = [str(one) for one in there if one not in {None, "::"}]
            return found, f"it came to none of {', '.join(sorted(others))}" if others else ""
    first = next(iter(there), None)
    return there.get(first, []), f"it came to {first}" if there else ""


def _both(there: dict[str | None, _There], address: str) -> _There:
    """Take the listens of every IPv6 address for an IPv4 one, where they take it."""
    every = there.get("::", [])
    both = any("ipv6only=off" in listen.options for _, listen in every)
    return every if both and ":" not in address else []


class Named(NamedTuple):
    """The server that a name leads to, and by which of its names; `captures` are those of a regular expression."""

    server: "Server"
    name: str | None
    match: re.Match[str] | None = None


class Names:
    """The names of a socket's servers as nginx puts them into its hashes (ngx_hash_add_key); one that is there stays."""

    def __init__(self, servers: "Sequence[Server]") -> None:
        self.exact: dict[str, tuple[Server, str]] = {}
        self.leading: dict[str, tuple[Server, str]] = {}
        self.trailing: dict[str, tuple[Server, str]] = {}
        self.regexes: list[
            tuple[Server, str, str]
        ] = []  # the last: with what each text begins that it matches
        self._taken: set[str] = set()
        for server in servers:
            for name in server.names:
                self._add(server, name)

    def _add(self, server: "Server", name: str) -> None:
        low, entry = name.lower(), (server, name)
        if name.startswith("~"):
            self.regexes.append((*entry, beginning(low[1:])))
        elif low.startswith(".") and len(low) > 1:
            if low[1:] in self._taken:
                return
            self._taken.add(low[1:])
            if low[1:] not in self.leading:
                self.leading[low[1:]] = entry
        elif low.startswith("*."):
            self.leading.setdefault(low[2:], entry)
        elif low.endswith(".*"):
            self.trailing.setdefault(low[:-2], entry)
        elif low not in self._taken:
            self._taken.add(low)
            self.exact[low] = entry

    def find(self, host: str) -> "tuple[Server, str] | None":
        """Return the server that a name leads to, but for regular expressions, and by which of its names."""
        if found := self.exact.get(host):
            return found
        dots = [at for at, character in enumerate(host) if character == "."]
        whole = self.leading.get(host)
        if whole and whole[1].startswith("."):
            return whole
        for at in dots:
            if found := self.leading.get(host[at + 1 :]):
                return found
        return next((found for at in reversed(dots) if (found := self.trailing.get(host[:at]))), None)


def server_for(socket: Socket, host: str) -> Named | Unknown:
    """Return the server of this socket that a host name leads to: exact, `*.…`, `….*`, regular expression, else the default."""
    names, host = socket.names, host.lower()
    if found := names.find(host):
        return Named(*found)
    for server, name, begins in names.regexes:
        match = search(name[1:], host, caseless=True) if host.startswith(begins) else None
        if isinstance(match, Unknown):
            return match
        if match:
            return Named(server, name, match)
    return Named(socket.default, None)
