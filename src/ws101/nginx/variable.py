"""The values of variables for one request; what only a running nginx can know is Unknown, with the reason."""

import ipaddress
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

from ws101.nginx.pattern import search
from ws101.nginx.state import State
from ws101.nginx.tree import Directive
from ws101.nginx.value import Unknown, Value, lowered

_REFERENCE = re.compile(r"\$(?:\{(\w+)\}|([1-9]|\w+))", re.ASCII)  # `$12` is the first capture and a 2
_JOINED = frozenset({"cookie", "x_forwarded_for"})  # those that nginx joins in every version
_FIRST = frozenset({"host"})  # a second one ends the reading of the head
_JOINS_ALL = (1, 23, 0)  # "combining headers with the same name"
# Known only to a running nginx, or not before there is an answer.
_RUNNING = re.compile(
    r"request_id|connection|connection_(?:requests|time)|msec|time_.*|date_.*|pid|hostname|request_time|request_length|bytes_.*|body_bytes_sent"
    r"|remote_port|remote_user|realpath_root|server_addr|tcpinfo_.*|upstream_.*|sent_.*|ssl_.*|geoip.*|limit_.*_status"
    r"|proxy_protocol_.*|status|pipe|request_body.*|request_completion|secure_link.*|uid_.*|gzip_ratio|spdy.*|http3|quic"
    r"|invalid_referer|slice_range|jwt_.*|is_request_port|request_port"
)


UNSETTLED = "a map changes the captures while they are being written"


def expand(state: State, text: str, captured: Callable[[str], str] = str) -> Value:
    """Return the text with its variables replaced, what a capture holds as `captured` makes it; Unknown as soon as one of them is."""
    if "$" not in text:
        return text
    pieces: list[str] = []
    at, held = 0, False
    for match in _REFERENCE.finditer(text):
        name, captures = match[1] or match[2], state.captures
        value = value_of(state, name)
        if isinstance(value, Unknown):
            return value
        if held and state.captures != captures:  # nginx measures all, and then writes it
            return Unknown(UNSETTLED)
        held = held or name.isdigit()
        pieces += (text[at : match.start()], captured(value) if name.isdigit() else value)
        at = match.end()
    return "".join((*pieces, text[at:]))


def names_in(text: str) -> tuple[str, ...]:
    """Return the variables that a text names."""
    return tuple(match[1] or match[2] for match in _REFERENCE.finditer(text))


def value_of(state: State, name: str) -> Value:
    """Return the value of one variable, its name without `$`."""
    if name.isdigit():
        number = int(name)
        return state.captures[number] if number < len(state.captures) else ""
    if name in state.values:
        return state.values[name]
    defined = state.model.variables
    if name in defined.maps:
        return _cached(state, name, lambda: _map(state, defined.maps[name]))
    if name in defined.geos:
        return _cached(state, name, lambda: _geo(state, defined.geos[name]))
    if name in defined.others:
        return Unknown(f"${name} comes from {defined.others[name].name}")
    if name in defined.assigned:
        return ""  # nothing has assigned it on this way
    if name in _PLAIN:
        return _PLAIN[name](state)
    for prefix, read in _PREFIXED.items():
        if name.startswith(prefix):
            return read(state, name.removeprefix(prefix))
    if _RUNNING.fullmatch(name):
        return Unknown(f"${name} is known to a running nginx alone")
    return Unknown(f"nobody defines ${name}")


def _cached(state: State, name: str, make: Callable[[], Value]) -> Value:
    """A map is asked once in a request, unless it is volatile."""
    if name in state.mapped:
        return state.mapped[name]
    if name in state.asked:
        return Unknown(f"${name} refers to itself")
    state.asked.add(name)
    value = make()
    state.asked.discard(name)
    directive = state.model.variables.maps.get(name)
    if directive is None or not _table(directive).volatile:
        state.mapped[name] = value
    return value


# ---- map and geo


class _Table(NamedTuple):
    """A `map` as it is looked up in: its plain keys, lower-cased, its regular expressions, and what else it says."""

    plain: dict[str, str]
    regexes: tuple[tuple[str, str], ...]
    default: str
    hostnames: bool
    volatile: bool


@lru_cache(maxsize=256)  # a table may have thousands of entries, and each request asks again
def _table(directive: Directive) -> _Table:
    entries = list(_entries(directive))
    names = {child.name for child in directive.children()}
    return _Table(
        {
            lowered(_key(name)): value
            for name, value in entries
            if not name.startswith("~") and name != "default"
        },
        tuple((name, value) for name, value in entries if name.startswith("~")),
        next((value for name, value in entries if name == "default"), ""),
        "hostnames" in names,
        "volatile" in names,
    )


def _entries(directive: Directive) -> Iterator[tuple[str, str]]:
    """Yield key and value of each entry."""
    for child in directive.children():
        if len(child.texts) == 2 and child.name != "include":
            yield child.texts[0], child.texts[1]


def _map(state: State, directive: Directive) -> Value:
    source = expand(state, directive.arguments[0])
    if isinstance(source, Unknown):
        return source
    found = _looked_up(state, source, _table(directive))
    return found if isinstance(found, Unknown) else expand(state, found)


def _looked_up(state: State, source: str, table: _Table) -> Value:
    key = lowered(source)
    if table.hostnames:
        key = key.removesuffix(".")
    if key in table.plain:
        return table.plain[key]
    if table.hostnames and (found := _by_hostname(key, table.plain)) is not None:
        return found
    for name, value in table.regexes:
        caseless = name.startswith("~*")
        match = search(name[2:] if caseless else name[1:], source, caseless=caseless)
        if isinstance(match, Unknown):
            return match
        if match:
            state.remember(match)
            return value
    return table.default


def _key(name: str) -> str:
    return name[1:] if name.startswith("\\") else name


def _by_hostname(host: str, entries: dict[str, str]) -> str | None:
    leading = [n for n in entries if (n.startswith(("*.", ".")) and _fits(n, host))]
    trailing = [n for n in entries if n.endswith(".*") and fnmatchcase(host, n)]
    for names in (leading, trailing):
        if names:
            return entries[max(names, key=len)]
    return None


def _fits(name: str, host: str) -> bool:
    if name.startswith("."):
        return host == name[1:] or host.endswith(name)
    return host.endswith(name[1:])


def _geo(state: State, directive: Directive) -> Value:
    address: Value | None = state.ask.client
    if len(directive.arguments) == 2:
        address = expand(state, directive.arguments[0])
    if not isinstance(address, str):
        return address or Unknown(
            f"the client's address is not given, and {directive.arguments[-1]} depends on it"
        )
    if any(child.name in {"proxy", "proxy_recursive"} for child in directive.children()):
        return Unknown(f"{directive.arguments[-1]} uses proxies")
    try:
        wanted = ipaddress.ip_address(address)
    except ValueError:
        wanted = ipaddress.ip_address("255.255.255.255")
    by_ranges = any(child.name == "ranges" for child in directive.children())
    found: dict[int, str] = {}  # by how narrow the network is
    for network, given in _entries(directive):
        narrow = _narrow(wanted, given if network == "delete" else network, by_ranges=by_ranges)
        if network == "delete" and narrow is not None:
            found.pop(narrow, None)
        elif narrow is not None:
            found[narrow] = given
    return found[max(found)] if found else ""


def _narrow(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, network: str, *, by_ranges: bool
) -> int | None:
    """Return how narrow the network is, None where the address is not in it."""
    if network == "default":
        return -1
    try:
        if by_ranges:
            first, last = map(ipaddress.ip_address, network.split("-"))
            inside = first.version == address.version and int(first) <= int(address) <= int(last)
            return int(first) - int(last) + (1 << 32) if inside else None
        parsed = ipaddress.ip_network(network, strict=False)
        return parsed.prefixlen if address in parsed else None
    except ValueError:
        return None


# ---- variables of the core


def _header(state: State, name: str) -> Value:
    wanted = name.replace("_", "-")
    values = [value for field, value in state.ask.headers if field.lower().replace("_", "-") == wanted]
    if not values:
        return ""
    if name in _FIRST:
        return values[0]
    joins = state.ask.nginx >= _JOINS_ALL or name in _JOINED
    return ("; " if name == "cookie" else ", ").join(values) if joins else values[0]


def _cookie(state: State, name: str) -> Value:
    for value in state.ask.headers.get_all("cookie"):
        for crumb in value.split(";"):
            key, equals, content = crumb.strip(" \t").partition("=")
            if equals and key.lower() == name.lower():
                return content
    return ""


def _argument(state: State, name: str) -> Value:
    for pair in state.args.split("&"):
        key, equals, value = pair.partition("=")
        if equals and key.lower() == name.lower():
            return value
    return ""


def _client(state: State) -> Value:
    return state.ask.client or Unknown("the client's address is not given")


def _forwarded_for(state: State) -> Value:
    client = _client(state)
    if isinstance(client, Unknown):
        return client
    return ", ".join((*state.ask.headers.get_all("x-forwarded-for"), client))


def _server_port(state: State) -> Value:
    return str(state.ask.port)


def _request(state: State) -> Value:
    return f"{state.ask.method} {state.ask.target} {state.ask.protocol}"


def _length(state: State) -> Value:
    if "transfer-encoding" in state.ask.headers:
        return Unknown("how long a chunked body is")
    return state.ask.headers.get("content-length")


def _body_length(state: State) -> Value:
    length = _length(state)
    return length if isinstance(length, Unknown) else state.body_length


def _root(state: State) -> Value:
    return expand(state, state.level.setting("root", "html"))


def _file_name(state: State) -> Value:
    root = _root(state)
    return root if isinstance(root, Unknown) else root + state.uri


_PLAIN: dict[str, Callable[[State], Value]] = {
    "host": lambda s: s.host or s.server.own_name,
    "uri": lambda s: s.uri,
    "document_uri": lambda s: s.uri,
    "args": lambda s: s.args,
    "query_string": lambda s: s.args,
    "is_args": lambda s: "?" if s.args else "",
    "request_uri": lambda s: s.raw,
    "request_method": lambda s: (s.main or s).method,
    "request": _request,
    "scheme": lambda s: s.ask.scheme,
    "https": lambda s: "on" if s.ask.tls else "",
    "server_name": lambda s: s.server.own_name,
    "server_port": _server_port,
    "server_protocol": lambda s: s.protocol,
    "remote_addr": _client,
    "proxy_add_x_forwarded_for": _forwarded_for,
    "content_length": _length,
    "proxy_internal_body_length": _body_length,
    "content_type": lambda s: s.ask.headers.get("content-type"),
    "http2": lambda _: "",
    "ssl_server_name": lambda s: s.ask.server_name or "",
    "limit_rate": lambda _: "0",
    "proxy_host": lambda _: "",  # before it is passed on
    "proxy_port": lambda _: "",
    "nginx_version": lambda s: ".".join(map(str, s.ask.nginx)),
    "document_root": _root,
    "request_filename": _file_name,
}
_PREFIXED: dict[str, Callable[[State, str], Value]] = {
    "http_": _header,
    "cookie_": _cookie,
    "arg_": _argument,
}
