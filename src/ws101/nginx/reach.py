"""How nginx gets to the server that a `proxy_pass` names: by an `upstream` block, an address, or a name that must be looked up."""

import ipaddress
import re
from typing import NamedTuple

from ws101.nginx.model import Level, Model
from ws101.nginx.tree import Directive, walk
from ws101.nginx.value import Value
from ws101.nginx.variable import names_in

_PORT = re.compile(r":\d+$")
_PLACE = re.compile(r"(?P<host>.*):(?P<port>\d+)")
_URL = re.compile(r"\w+://([^/?#$]+)")
_BALANCING = frozenset(
    {
        "least_conn",
        "ip_hash",
        "hash",
        "random",
        "least_time",
        "sticky",
        "keepalive",
        "zone",
        "resolver",
        "queue",
    }
)


class Group(NamedTuple):
    """An `upstream` block: its servers, and the lines that say how one of them is chosen."""

    directive: Directive
    servers: tuple[Directive, ...]
    balancing: tuple[Directive, ...]

    @property
    def sticks(self) -> bool:
        """Whether a client comes back to the same server."""
        return (
            any(line.name in {"ip_hash", "hash", "sticky"} for line in self.balancing) or len(self.usual) < 2
        )

    @property
    def usual(self) -> tuple[Directive, ...]:
        """The servers that are neither spare nor out of use."""
        return tuple(one for one in self.servers if not {"backup", "down"} & set(one.arguments[1:]))


def group_of(model: Model, server: Value) -> Group | None:
    """Return the `upstream` block of this name, None where there is none."""
    directive = model.upstreams.get(server.lower()) if isinstance(server, str) else None
    if directive is None:
        return None
    inside = tuple(directive.children())
    return Group(
        directive,
        tuple(one for one in inside if one.name == "server" and one.arguments),
        tuple(one for one in inside if one.name in _BALANCING),
    )


def host_of(server: str) -> str:
    """Return a server's name without its port and brackets."""
    return _PORT.sub("", server).strip("[]")


def is_address(host: str) -> bool:
    """Whether it is an address, which nobody has to look up."""
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def looked_up_late(by: Directive) -> bool:
    """Whether nginx looks the name up with each request, for a variable stands in the `proxy_pass`; else when it starts."""
    return bool(names_in(by.arguments[0]))


def lacks_resolver(model: Model, level: Level, by: Directive, server: Value) -> bool:
    """Whether a name must be looked up with each request and no `resolver` is in force."""
    if not isinstance(server, str) or not looked_up_late(by) or group_of(model, server):
        return False
    host = host_of(server)
    if not host or is_address(host) or host.startswith("unix:") or level.nearest("resolver"):
        return False
    # A proxy_pass without variables makes an upstream of the same host and port known (ngx_http_upstream_add).
    plain = (
        line
        for line in walk(model.configuration.main.directives)
        if line.name == "proxy_pass" and line.arguments
    )
    named = (_URL.match(line.arguments[0]) for line in plain if not looked_up_late(line))
    return all(match is None or match[1].lower() != server.lower() for match in named)


def local_place(place: str, port: str) -> str:
    """Return host and port of a place on this machine's loopback, by its address; empty for any other."""
    named = _PLACE.fullmatch(place)
    host, port = (named["host"], named["port"]) if named else (place, port)
    host = "127.0.0.1" if host == "localhost" else host.strip("[]")
    address = loopback(host)
    if address is None or not 0 < int(port) < 65536:
        return ""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def loopback(address: str) -> str | None:
    """A client on the machine of what it reached has the address that it reached."""
    try:
        return str(ipaddress.ip_address(address)) if ipaddress.ip_address(address).is_loopback else None
    except ValueError:
        return None
