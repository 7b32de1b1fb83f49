"""What the upstream is sent for a request that is passed on by `proxy_pass` (ngx_http_proxy_module.c).

Each field says which line set it; what is not sent says why. gRPC, FastCGI and the like are not followed.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from ws101.handshake.headers import Headers
from ws101.handshake.request import Request
from ws101.nginx.ask import Ask, Version
from ws101.nginx.model import Level, Location
from ws101.nginx.outcome import Passed, Undecided
from ws101.nginx.route import Route
from ws101.nginx.state import State
from ws101.nginx.tree import Directive
from ws101.nginx.uri import escape_path
from ws101.nginx.value import Unknown, Value
from ws101.nginx.variable import UNSETTLED, expand, names_in

HTTP_1_1: Version = (
    1,
    29,
    7,
)  # nginx's CHANGES: proxy_http_version is 1.1 by default, and Connection is not sent
_NO_PROXY_CONNECTION: Version = (1, 31, 0)  # nginx's commit 00979ba9d, by the first release that has it
# Behind a UNIX socket's path the URI begins with a colon (ngx_parse_unix_domain_url).
_URL = re.compile(
    r"(?P<scheme>https?)://(?:(?P<socket>unix:[^:]+)(?::(?P<below>.*))?|(?P<host>[^/?#]*)(?P<uri>[/?#].*)?)",
    re.DOTALL,
)
_HOST = re.compile(r"(?:\[[^\]]*\]|[^:\[\]]+)(?::\d+)?")
_DEFAULT_PORTS = {"http": "80", "https": "443"}


class Sent(NamedTuple):
    """One field that the upstream gets; `by` is the line that set it, None for the client's own and nginx's defaults."""

    name: str
    value: Value
    by: Directive | None = None
    from_client: bool = False


class Dropped(NamedTuple):
    """One field of the client's that the upstream does not get, or not as it was."""

    name: str
    why: str
    by: Directive | None = None


class Upstream(NamedTuple):
    """The request as the upstream gets it; `server` is host and port as proxy_pass names them, or an upstream's name.

    `shadowed` are proxy_set_header lines of outer blocks, which the ones in force replace.
    """

    by: Directive
    scheme: str
    server: Value
    method: str
    target: Value
    protocol: str
    fields: tuple[Sent, ...]
    dropped: tuple[Dropped, ...]
    shadowed: tuple[Directive, ...] = ()

    def field(self, name: str) -> Value | None:
        """Return the value of a field, None where it is not sent."""
        return next((sent.value for sent in self.fields if sent.name.lower() == name.lower()), None)

    @property
    def upgrades(self) -> bool | None:
        """Whether this is a request for a WebSocket that a server may answer 101; None where that cannot be known."""
        upgrade, connection = self.field("upgrade"), self.field("connection")
        if isinstance(upgrade, Unknown) or isinstance(connection, Unknown):
            return None
        tokens = {token.strip().lower() for token in (connection or "").split(",")}
        return self.protocol == "HTTP/1.1" and (upgrade or "").lower() == "websocket" and "upgrade" in tokens

    @property
    def request(self) -> Request | None:
        """The request as it is sent; None where a part of it cannot be known."""
        fields = [(one.name, one.value) for one in self.fields if isinstance(one.value, str)]
        if isinstance(self.target, Unknown) or len(fields) < len(self.fields):
            return None
        return Request(self.target, Headers.of(fields), self.method, self.protocol)


def simulate(route: Route) -> Upstream | Undecided | None:
    """Return what the upstream is sent; None where nothing is passed on, Undecided where that cannot be followed."""
    outcome, state = route.outcome, route.state
    if not isinstance(outcome, Passed) or state is None:
        return None
    if outcome.by.name != "proxy_pass":
        return Undecided(f"what {outcome.by.name} sends is not HTTP/1", outcome.by)
    url = expand(state, outcome.by.arguments[0])
    if isinstance(url, Unknown):
        return Undecided(f"where it is passed on to: {url.why}", outcome.by)
    match = _URL.fullmatch(url)
    if match is None:
        return Undecided(f"{url} is no URL", outcome.by)
    written = _URL.fullmatch(outcome.by.arguments[0])
    variable = bool(names_in(outcome.by.arguments[0]))
    uri = _uri(match if variable or written is None else written)
    server, scheme = match["socket"] or match["host"], match["scheme"]
    if variable and not match["socket"] and not _HOST.fullmatch(server):
        return Undecided(f"{server or 'what it names'} is no host", outcome.by)
    _name_upstream(state, server, scheme)
    method = _method(state)
    if method == "HEAD" and not state.raw:
        return Undecided("nginx loses the method of a request line that it cannot read", outcome.by)
    if isinstance(method, Unknown):
        return Undecided(f"by which method it is passed on: {method.why}", outcome.by)
    fields, dropped = _fields(state, route.ask)
    return Upstream(
        outcome.by, scheme, server, method, _target(state, uri, variable=variable),
        f"HTTP/{version(state.level, state.ask.nginx)}", fields, dropped, _shadowed(state.level),
    )  # fmt: skip


def version(level: Level, nginx: Version) -> str:
    """Return the version of HTTP that the upstream is spoken to in."""
    return level.setting("proxy_http_version", "1.1" if nginx >= HTTP_1_1 else "1.0")


def _uri(url: re.Match[str]) -> str:
    return url["below"] or url["uri"] or ""


def _name_upstream(state: State, server: str, scheme: str) -> None:
    if server.startswith("unix:"):  # ngx_http_proxy_set_vars
        state.values["proxy_host"], state.values["proxy_port"] = "localhost", ""
        return
    host, _, port = server.rpartition(":") if re.search(r":\d+$", server) else (server, "", "")
    state.values["proxy_port"] = port or _DEFAULT_PORTS[scheme]
    state.values["proxy_host"] = host if port == _DEFAULT_PORTS[scheme] else server


def _method(state: State) -> Value:
    method = state.level.nearest("proxy_method")
    return expand(state, method[0].arguments[0]) if method else state.method


def _target(state: State, uri: str, *, variable: bool) -> Value:
    """Return the request target (ngx_http_proxy_create_request)."""
    if variable and uri:
        return uri if uri.startswith("/") else f"/{uri}"
    if not uri and state.untouched:
        return state.raw
    if (
        not state.in_location
    ):  # rewritten with `break`: the whole path goes, and the one of proxy_pass is passed over
        uri = ""
    rest = state.uri[len(_location(state.level).path) :] if uri else state.uri
    path = escape_path(rest) if state.quoted or state.internal else rest
    return f"{uri}{path}{'?' if state.args else ''}{state.args}"


def _location(level: Level) -> Location:
    return next(one for one in level.lineage() if isinstance(one, Location))


# ---- fields


@cache
def _defaults(nginx: Version) -> dict[str, tuple[str, str]]:
    """The fields that nginx sets by itself unless a proxy_set_header names them, by their names in lower case."""
    connection = "" if nginx >= HTTP_1_1 else "close"
    fields = (
        ("Host", "$proxy_host"), ("Connection", connection), ("Content-Length", "$proxy_internal_body_length"), ("Transfer-Encoding", ""),
        ("TE", ""), ("Keep-Alive", ""), ("Expect", ""), ("Upgrade", ""),
        *((("Proxy-Connection", ""),) if nginx >= _NO_PROXY_CONNECTION else ()),
    )  # fmt: skip
    return {name.lower(): (name, text) for name, text in fields}


def _fields(state: State, ask: Ask) -> tuple[tuple[Sent, ...], tuple[Dropped, ...]]:
    lines = state.level.nearest("proxy_set_header")
    set_by = {line.arguments[0].lower(): line for line in lines}
    own = [(line.arguments[0], line.arguments[1] if len(line.arguments) > 1 else "", line) for line in lines]
    defaults = _defaults(state.ask.nginx)
    ours = [(name, text, None) for low, (name, text) in defaults.items() if low not in set_by]
    captures = state.captures
    values = [expand(state, text) for _, text, _ in (*own, *ours)]
    if state.captures != captures:  # nginx measures every field, and only then writes the first
        values = [_unsettled(text, value) for (_, text, _), value in zip((*own, *ours), values, strict=True)]
    fields = [
        Sent(name, value, by)
        for (name, _, by), value in zip((*own, *ours), values, strict=True)
        if value != ""
    ]
    sent = {field.name.lower(): field.value for field in reversed(fields)}
    dropped = [
        d for name, value in ask.headers if (d := _changed(state, name, value, set_by, sent)) is not None
    ]
    if state.level.setting("proxy_pass_request_headers", "on") == "on":
        fields += [
            Sent(name, value, from_client=True)
            for name, value in state.ask.headers
            if name.lower() not in set_by and name.lower() not in defaults
        ]
    return tuple(fields), tuple(dropped)


def _unsettled(text: str, value: Value) -> Value:
    if any(name.isdigit() for name in names_in(text)):
        return Unknown(UNSETTLED)
    return value


def _changed(
    state: State, name: str, value: str, set_by: Mapping[str, Directive], values: Mapping[str, Value]
) -> Dropped | None:
    """Return what became of a client's field that is not passed on as it was, None where it is.

    `values` are those of the fields that are set on the way, by their names in lower case, as `set_by` are their lines.
    """
    low = name.lower()
    line, sent = set_by.get(low), values.get(low)
    if sent == value:
        return None
    if line is not None:
        return Dropped(name, "it is set to nothing" if sent is None else "it is set to something else", line)
    if low in _defaults(state.ask.nginx):
        return Dropped(
            name, "nginx does not pass it on by itself" if sent is None else "nginx sets it by itself"
        )
    if name not in state.ask.headers:
        return Dropped(name, "its name has an underscore or a character that nginx ignores")
    return None


def _shadowed(level: Level) -> tuple[Directive, ...]:
    owner = level.owner("proxy_set_header")
    above = list(owner.parent.lineage()) if owner and owner.parent else []
    return tuple(line for one in above for line in one.own("proxy_set_header"))
