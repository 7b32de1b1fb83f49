"""What else of a configuration bears on a WebSocket of this way: listeners, upstream blocks, names, what is without effect."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ws101.nginx.arrival import listening
from ws101.nginx.model import Level, Model, Server
from ws101.nginx.reach import Group, group_of, host_of, is_address, looked_up_late
from ws101.nginx.route import Route
from ws101.nginx.simulate import Upstream
from ws101.nginx.tree import Directive

_HTTPS_PORTS = re.compile(r":(?:443|8443|9443)$")
_OF_AN_UPGRADE = frozenset(
    {"upgrade", "sec-websocket-accept", "sec-websocket-protocol"}
)  # nginx writes Connection itself


class Remark(NamedTuple):
    """One sentence, with its line; `weighty` where it can break a WebSocket."""

    text: str
    by: Directive | None = None
    weighty: bool = False


def remarks_on(model: Model, route: Route, sent: Upstream | None) -> tuple[Remark, ...]:
    """Return what is to be said beside the way itself."""
    found: list[Remark] = []
    if route.server is not None:
        found += _of_listener(model, route, route.server)
    if route.state is not None:
        found += _of_client(route.state.level)
    if sent is not None and route.state is not None:
        found += [*_of_upstream(model, sent, route.state.level), *_of_answer(route.state.level)]
    return tuple(found)


# ---- where it comes in


def _of_listener(model: Model, route: Route, server: Server) -> Iterator[Remark]:
    met = listening(model, route.ask)
    if met is None:
        return
    socket, listen = met
    lines = [one.directive for one in server.listens if one.port == route.ask.port] or [listen.directive]
    by_option = next((line for line in lines if line and "http2" in line.arguments), None)
    by_line = next((line for line in server.nearest("http2") if line.arguments == ("on",)), None)
    if "http2" in socket.options or by_line:
        text = "HTTP/2 is spoken here too: a client that agrees on it is not upgraded, for nginx does not know RFC 8441"
        yield Remark(text, by_line or by_option or listen.directive)
    quic = next((one for one in server.listens if "quic" in one.options), None)
    if quic is not None:
        yield Remark("HTTP/3 is spoken here too, which carries no upgrade", quic.directive)
    if socket.proxy_protocol:
        line = next((line for line in lines if line and "proxy_protocol" in line.arguments), listen.directive)
        text = "a PROXY line must come first: what comes straight from a client is refused"
        yield Remark(text, line, weighty=True)


def _of_client(level: Level) -> Iterator[Remark]:
    if level.nearest("set_real_ip_from"):
        header = level.setting("real_ip_header", "X-Real-IP")
        text = f"from trusted proxies the client's address is taken out of {header}"
        yield Remark(text, level.nearest("set_real_ip_from")[0])


# ---- where it goes


def _of_upstream(model: Model, sent: Upstream, level: Level) -> Iterator[Remark]:
    group = group_of(model, sent.server)
    if group is not None:
        yield from _of_group(group)
    elif isinstance(sent.server, str):
        yield from _of_name(sent, host_of(sent.server), level)
    if sent.scheme == "http" and isinstance(sent.server, str) and _HTTPS_PORTS.search(sent.server):
        yield Remark(f"http:// speaks plain to {sent.server}, where TLS is usual", sent.by, weighty=True)
    if sent.scheme == "https" and level.setting("proxy_ssl_server_name", "off") == "off":
        line = next(iter(level.nearest("proxy_ssl_server_name")), None)
        text = (
            "the upstream's TLS gets no server name (proxy_ssl_server_name is off), which some servers refuse"
        )
        yield Remark(text, line or sent.by)


def _of_group(group: Group) -> Iterator[Remark]:
    name, number = group.directive.arguments[0], len(group.servers)
    if number == 0:
        yield Remark(
            f"upstream {name} has no server, and nginx does not start", group.directive, weighty=True
        )
    if number > 1:
        spare = number - len(group.usual)
        unused = f", {spare} of them spare or down" if spare else ""
        how = next(
            (line for line in group.balancing if line.name not in {"keepalive", "zone", "resolver"}), None
        )
        chosen = "in turn" if how is None else f"by {how.name}"
        text = f"upstream {name} has {number} servers{unused}, chosen {chosen}"
        if not group.sticks:
            text += "; a client that comes again may reach another, which Socket.IO's polling does not bear"
        yield Remark(text, how or group.directive)
    resolving = next((one for one in group.servers if "resolve" in one.arguments), None)
    if resolving is not None:
        yield Remark("its name is looked up again while nginx runs", resolving)
    kept = next((line for line in group.balancing if line.name == "keepalive"), None)
    if kept is not None:
        yield Remark("kept connections serve plain requests; a socket has a connection of its own", kept)


def _of_name(sent: Upstream, host: str, level: Level) -> Iterator[Remark]:
    if not host or is_address(host) or host.startswith("unix:"):
        return
    if not looked_up_late(sent.by):
        yield Remark(f"{host} is looked up when nginx starts; a new address counts after a reload", sent.by)
        return
    resolver = next(iter(level.nearest("resolver")), None)
    if resolver is not None:
        yield Remark(f"{host} is looked up while nginx runs", resolver)


# ---- what comes back


def _of_answer(level: Level) -> Iterator[Remark]:
    for line in level.nearest("proxy_hide_header"):
        if line.arguments and line.arguments[0].lower() in _OF_AN_UPGRADE:
            yield Remark(f"{line.arguments[0]} of the answer does not reach the client", line, weighty=True)
    if level.setting("proxy_intercept_errors", "off") == "on" and level.nearest("error_page"):
        text = "what the upstream refuses with is replaced by a page: its own words do not reach the client"
        yield Remark(text, level.nearest("proxy_intercept_errors")[0])
    for name in ("proxy_buffering", "gzip"):
        for line in level.nearest(name)[:1]:
            yield Remark(f"{name} makes no difference to an upgraded connection", line)
