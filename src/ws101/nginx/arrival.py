"""How a URL's handshake comes to the nginx of a configuration: to which port, by TLS or without, past which stream block.

What stands in front of an nginx does not stand in its configuration, so what is taken for granted is said.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from ws101.nginx.ask import Ask
from ws101.nginx.intake import host_of
from ws101.nginx.listen import Listen, Named, Socket, read_listen, server_for
from ws101.nginx.model import Level, Model, Server, Variables
from ws101.nginx.outcome import Step
from ws101.nginx.state import State
from ws101.nginx.tree import Directive, flattened
from ws101.nginx.value import Unknown, Value
from ws101.nginx.variable import expand

_LOCAL = re.compile(r"(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]):(?P<port>\d+)")


class Arrival(NamedTuple):
    """The request as it comes to an http block; `elsewhere` is the stream server that takes it away, if one does."""

    ask: Ask
    steps: tuple[Step, ...] = ()
    assumed: tuple[str, ...] = ()
    elsewhere: Directive | None = None


def arrive(model: Model, ask: Ask) -> Arrival:
    """Return how the request comes to this nginx."""
    steps: list[Step] = []
    stream = _stream_server(model, ask.port)
    if stream is not None and not _heard(model, ask):
        listen = next((d for d in stream.children() if d.name == "listen"), stream)
        steps.append(
            Step(f"port {ask.port} belongs to a stream block: what comes is passed on as bytes", listen)
        )
        passed, port, where = _through(model, stream, ask)
        if passed is not None:
            steps.append(Step(where, passed))
        if port is None:
            return Arrival(ask, tuple(steps), elsewhere=passed or stream)
        ask = replace(ask, port=port)
    if _heard(model, ask):
        return Arrival(ask, tuple(steps))
    fitting, assumed = _fitting(model, ask)
    return Arrival(fitting, tuple(steps), assumed)


def listening(model: Model, ask: Ask) -> tuple[Socket, Listen] | None:
    """Return the socket that the request meets, and the `listen` of it that is to be shown."""
    socket = model.socket(ask.address, ask.port)
    if socket is None:
        return None
    named = server_for(socket, ask.server_name or host_of(ask.headers.get("host")) or "")
    server = named.server if isinstance(named, Named) else socket.default
    there = [one for one in server.listens if one.port == ask.port and not one.path]
    return socket, next((one for one in there if one.address == ask.address), there[0]) if there else Listen(
        None, 80
    )


def _heard(model: Model, ask: Ask) -> bool:
    return model.socket(ask.address, ask.port) is not None


# ---- ports


def _fitting(model: Model, ask: Ask) -> tuple[Ask, tuple[str, ...]]:
    """Return the request as it comes to the one port that it can be meant for: published as another, or behind a TLS end."""
    sockets = {port: found for port in _ports(model) if (found := model.socket(ask.address, port))}
    for tls in dict.fromkeys((ask.tls, False)):
        alike = {port: found for port, found in sockets.items() if found.tls == tls}
        named = [port for port, found in alike.items() if _takes(found, ask)]
        chosen = named if len(named) == 1 else list(alike)
        if len(chosen) == 1:
            return _moved(ask, chosen[0], tls=tls)
    return ask, ()


def _moved(ask: Ask, port: int, *, tls: bool) -> tuple[Ask, tuple[str, ...]]:
    if tls == ask.tls:
        said = f"port {ask.port} of the URL is led to port {port} of this nginx, for nothing here listens on {ask.port}"
        return replace(ask, port=port), (said,)
    said = f"TLS ends in front of this nginx, which gets plain HTTP on port {port}, for nothing here listens on {ask.port}"
    return replace(ask, port=port, tls=False, server_name=None), (said,)


def _ports(model: Model) -> Iterator[int]:
    yield from dict.fromkeys(one.port for server in model.servers for one in server.listens if not one.path)


def _takes(socket: Socket, ask: Ask) -> bool:
    named = server_for(socket, host_of(ask.headers.get("host")) or "")
    return not isinstance(named, Unknown) and named.name is not None


# ---- stream blocks


def _stream_server(model: Model, port: int) -> Directive | None:
    for stream in model.streams:
        for server in stream.children():
            listens = (
                [read_listen(d) for d in server.children() if d.name == "listen"]
                if server.name == "server"
                else []
            )
            if any(one.port == port and not one.path and "udp" not in one.options for one in listens):
                return server
    return None


def _through(model: Model, server: Directive, ask: Ask) -> tuple[Directive | None, int | None, str]:
    """Return the stream server's `proxy_pass`, the port of this very nginx that it leads to, if it does, and how."""
    passed = next((d for d in server.children() if d.name == "proxy_pass" and d.arguments), None)
    if passed is None:
        return None, None, ""
    where = _target(model, passed.arguments[0], ask)
    if isinstance(where, Unknown):
        return passed, None, f"where to cannot be known: {where.why}"
    local = _LOCAL.fullmatch(where)
    if local is None or model.socket(None, int(local["port"])) is None:
        return passed, None, f"it goes to {where}, past every http block"
    return passed, int(local["port"]), f"it goes to {where}, which is this nginx again"


def _target(model: Model, text: str, ask: Ask) -> Value:
    """Return where a stream's `proxy_pass` leads, by the TLS server name where a map asks for it."""
    inside = tuple(child for stream in model.streams for child in flattened(stream.block or ()))
    level = Level("stream", None, None, inside)
    maps = {d.arguments[1].lstrip("$"): d for d in inside if d.name == "map" and len(d.arguments) == 2}
    scene = Model(model.configuration, level, ())
    scene.__dict__["variables"] = Variables(maps, {}, {}, frozenset())
    nobody = Server(model.configuration.main.directives[0], level)
    state = State(scene, ask, Socket((), nobody, ask.tls, False, frozenset()), nobody, level, "")  # noqa: FBT003
    state.values["ssl_preread_server_name"] = ask.server_name or ""
    found = expand(state, text)
    if isinstance(found, Unknown):
        return found
    group = next((d for d in inside if d.name == "upstream" and d.arguments == (found,)), None)
    servers = (
        [d.arguments[0] for d in group.children() if d.name == "server" and d.arguments] if group else []
    )
    return servers[0] if servers else found
