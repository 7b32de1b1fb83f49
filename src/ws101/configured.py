"""What an nginx configuration says of one handshake: which way it takes, what the server behind gets, which line decides.

Knows configurations and how a handshake is sent; judges nothing, and opens no file.
"""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ws101.attempt import Sending
from ws101.handshake.headers import Headers
from ws101.nginx.ask import NEWEST, Ask, Version
from ws101.nginx.edit import Edit
from ws101.nginx.include import Configuration
from ws101.nginx.intake import header_buffers
from ws101.nginx.limit import refill, seconds_of
from ws101.nginx.listen import Socket, server_for
from ws101.nginx.model import Level, Location, Model
from ws101.nginx.outcome import Answered, File, Undecided
from ws101.nginx.reach import group_of, local_place, loopback
from ws101.nginx.repair import Repair
from ws101.nginx.repairs import gates, places, repair
from ws101.nginx.repairs.order import elsewhere, rival
from ws101.nginx.repairs.subrequest import asking, faults, service
from ws101.nginx.repairs.upgrade import upgrade
from ws101.nginx.route import Route, last_rewrite, route
from ws101.nginx.simulate import Upstream, simulate
from ws101.nginx.tree import Directive
from ws101.nginx.value import Unknown, Value

_NGINX = re.compile(r"(?:nginx|openresty|tengine)/(\d+(?:\.\d+)+)", re.IGNORECASE)
_PORT = re.compile(r"(?P<host>.*):(?P<port>\d+)")
_AUTHORITY = re.compile(r"https?://(?P<authority>unix:[^:]+|(?:\[[^\]]*\]|[^/?#])+)")
_BUFFER = 8192  # bytes, where no line says otherwise
_LEADS = "leads to port"


class Running(Struct, frozen=True):
    """The version of nginx that is taken to run; `whence` tells how it is known, or that it is assumed."""

    version: Version = NEWEST
    whence: str = "assumed, the newest that is known"

    @property
    def text(self) -> str:
        return ".".join(map(str, self.version))


class Configured(Struct, frozen=True):
    """What one configuration says of the handshake that comes to it; `stated` is what was taken for granted.

    `mapped` tells that the port was guessed, for the one that was asked for is not in the configuration.
    """

    model: Model
    route: Route
    upstream: Upstream | Undecided | None
    stated: tuple[str, ...] = ()
    mapped: bool = False

    @property
    def configuration(self) -> Configuration:
        return self.model.configuration

    @property
    def whole(self) -> bool:
        """Whether all of the configuration was read, so that what is not seen in it is not there."""
        return self.configuration.whole

    @property
    def certain(self) -> bool:
        """Whether it is told without anything that was taken for granted, but for the version."""
        return self.whole and self.undecided is None and not self.route.assumed and not self.mapped

    @property
    def sent(self) -> Upstream | None:
        """What the server behind gets, where nginx passes the handshake on and that can be followed."""
        return self.upstream if isinstance(self.upstream, Upstream) else None

    @property
    def answered(self) -> Answered | File | None:
        """What nginx answers by itself, None where it passes the handshake on or cannot be known."""
        return self.route.outcome if isinstance(self.route.outcome, Answered | File) else None

    @property
    def undecided(self) -> Undecided | None:
        """Why the configuration and the handshake alone do not tell how it goes on, if they do not."""
        ends = (self.route.outcome, self.upstream)
        return next((end for end in ends if isinstance(end, Undecided)), None)

    @property
    def level(self) -> Level | None:
        """The block whose settings are in force where the way ends."""
        return self.route.state.level if self.route.state else None

    def in_force(self, name: str) -> tuple[Directive, ...]:
        """Return the directives of this name that are in force where the way ends."""
        return tuple(self.level.nearest(name)) if self.level else ()

    def set_by(self, name: str) -> Directive | None:
        """Return the proxy_set_header in force that sets this field of the server's, if one does."""
        lines = self.in_force("proxy_set_header")
        return next(
            (one for one in lines if one.arguments and one.arguments[0].lower() == name.lower()), None
        )

    def hides(self, name: str) -> Directive | None:
        """Return the proxy_hide_header in force that keeps this field of the answer from the client, if one does."""
        lines = self.in_force("proxy_hide_header")
        return next(
            (one for one in lines if one.arguments[:1] and one.arguments[0].lower() == name.lower()), None
        )

    def alters(self, name: str) -> Directive | None:
        """Return the line that sends the server another value of this field than the client's, if one does; blank is none."""
        line, sent = self.set_by(name), self.sent.field(name) if self.sent else None
        asked = self.route.ask.headers.get(name)
        return line if isinstance(sent, str) and sent and sent != asked else None

    def of_tls(self, name: str) -> tuple[Directive, ...]:
        """Return the directives of this name in the server that TLS picks by the name in the ClientHello."""
        state, ask = self.route.state, self.route.ask
        found = server_for(state.socket, ask.server_name or "") if state and ask.tls else None
        return tuple(found.server.nearest(name)) if found and not isinstance(found, Unknown) else ()

    @property
    def scatters(self) -> Directive | None:
        """The `upstream` that spreads one client's requests over several servers, if the way leads to such a one."""
        group = group_of(self.model, self.sent.server) if self.sent else None
        return group.directive if group and not group.sticks else None

    @property
    def listening(self) -> tuple[tuple[Directive, ...], frozenset[int]]:
        """The `listen` lines and the ports that they name."""
        every = [one for server in self.model.servers for one in server.listens if one.directive]
        return tuple(one.directive for one in every if one.directive), frozenset(one.port for one in every)

    def map_of(self, line: Directive) -> Directive | None:
        """Return the `map` that makes the value of a line, where it consists of that variable alone."""
        value = line.arguments[-1]
        return self.model.variables.maps.get(value.lstrip("$").strip("{}")) if value.startswith("$") else None

    @property
    def refill(self) -> float | None:
        """The seconds after which limit_req lets one more through, where it is in force."""
        return refill(self.model, self.level) if self.level else None

    @property
    def rewritten_by(self) -> Directive | None:
        """The last `rewrite` that changed the path on the way, if one did."""
        return last_rewrite(self.route)

    def repaired(self, cause: str) -> Repair | None:
        """Return what takes a cause away for this handshake; None where this configuration is not to blame for it."""
        return repair(self.route, cause)

    def cure(self, cause: str) -> tuple[Edit, ...]:
        """Return the edits that take a cause away for this handshake, if there are such."""
        found = self.repaired(cause)
        return found.edits if found else ()

    @property
    def upgrade_fault(self) -> Repair | None:
        """What lets the upgrade through, where this configuration keeps it or a field of its handshake from the server."""
        broken = upgrade(self.route)
        return broken or (
            self.repaired("proxy-garbles-upgrade-headers") if self.sent and self.sent.upgrades else None
        )

    @property
    def rival(self) -> Location | None:
        """The location that the path fits and that would pass the upgrade on to another server than the one that gets it."""
        return rival(self.route) if elsewhere(self.route) else None

    @property
    def largest_line(self) -> tuple[int, Directive | None]:
        """How many bytes a line of the head may have, and the line that says so; None for nginx's default."""
        _, size, line = header_buffers(self.route.server) if self.route.server else (0, _BUFFER, None)
        return size, line

    def seconds(self, name: str, default: float) -> tuple[float | None, Directive | None]:
        """Return the time-out of this name, None where it cannot be read, and the line that sets it."""
        line = next(iter(self.in_force(name)), None)
        return (seconds_of(line.arguments[0]) if line and line.arguments else default), line

    @property
    def nginx(self) -> str:
        """The version of nginx that is taken to run."""
        return ".".join(map(str, self.route.ask.nginx))

    @property
    def gate(self) -> Directive | None:
        """The line by which nginx itself answers, None where it does not or no line says so."""
        return self.answered.by if self.answered else None

    @property
    def by_method(self) -> Directive | None:
        """The limit_except, or the condition on the method, by which nginx itself answers."""
        return gates.by_method(self.route)

    def own_location(self, server: str) -> Repair | None:
        """Return a location of its own for this path, that leads to this server, or to the only one in the file."""
        return places.own_location(self.route, server)

    def moved(self, server: str) -> Repair | None:
        """Return what leads the handshake to this server, given as host and port."""
        return places.moved(self.route, server)

    def wider(self, length: int) -> Repair | None:
        """Return what lets an answer's head of this length through, where it does not fit."""
        return places.buffer(self.route, length)

    @property
    def asking(self) -> Directive | None:
        """The `auth_request` in force, if one is."""
        return asking(self.route)

    @property
    def service(self) -> Location | None:
        """The location through which `auth_request` asks another service, where that is in the file."""
        return service(self.route)

    @property
    def service_name(self) -> str:
        """That service, as the file names it."""
        return _authority(self.service.handler if self.service else None)

    @property
    def misdirected(self) -> tuple[str, ...]:
        """The fields that the subrequest to it carries and should not, or the other way round."""
        return faults(self.route)

    @property
    def server(self) -> str:
        """The server behind, as `proxy_pass` names it; empty where nginx passes the handshake on to none."""
        return _authority(self.sent.by) if self.sent else ""

    @property
    def server_places(self) -> tuple[str, ...]:
        """Where that server is, if it is on this machine, as host and port."""
        return self._places_of(self.sent.server, self.sent.scheme) if self.sent else ()

    @property
    def service_places(self) -> tuple[str, ...]:
        """Where the service is that `auth_request` asks, likewise."""
        asked = self.service.handler if self.service else None
        tls = asked is not None and asked.arguments[0].startswith("https:")
        return self._places_of(self.service_name, "https" if tls else "http") if asked else ()

    @property
    def here(self) -> bool:
        """Whether this nginx runs on this machine, so that its loopback is ours."""
        return self.route.ask.client is not None

    @property
    def neighbours(self) -> tuple[str, ...]:
        """The places on this machine that the way leads to, each as host and port: servers, the service that is asked, resolvers."""
        if not self.here:
            return ()
        return tuple(dict.fromkeys((*self.server_places, *self.service_places, *self.resolvers)))

    @property
    def resolvers(self) -> tuple[str, ...]:
        """The resolvers in force on this machine, each as host and port; none where one is elsewhere, which may answer."""
        words = [w for line in self.in_force("resolver") for w in line.arguments if "=" not in w]
        found = [local_place(word, "53") for word in words]
        return tuple(filter(None, found)) if all(found) else ()

    def _places_of(self, server: Value, scheme: str) -> tuple[str, ...]:
        """Return the places of a server, or of every server of an `upstream`; none where one is not on this machine."""
        if not isinstance(server, str) or not self.here:
            return ()
        group = group_of(self.model, server)
        names = [one.arguments[0] for one in group.usual] if group else [server]
        found = [local_place(name, "443" if scheme == "https" and not group else "80") for name in names]
        return tuple(filter(None, found)) if all(found) else ()

    @property
    def static(self) -> bool:
        """Whether a file would answer, for nothing else does where the way ends; the model takes it that there is none."""
        if isinstance(self.answered, Answered):
            blocks = {"location", "server"}
            return self.answered.status in {403, 404} and self.gate is not None and self.gate.name in blocks
        return self.answered is not None

    @property
    def held(self) -> tuple[Directive, ...]:
        """The `if` blocks whose conditions held on the way, the last one first."""
        return tuple(
            step.directive
            for step in reversed(self.route.steps)
            if step.directive is not None and step.what == "the condition holds"
        )

    @property
    def nameless(self) -> bool:
        """Whether no server_name fits, though there are several servers to choose from."""
        state = self.route.state
        if state is None or len(state.socket.servers) < 2:
            return False
        named = server_for(state.socket, state.host)
        return not isinstance(named, Unknown) and named.name is None


# ---- the way


def version_in(server: str) -> Version | None:
    """Return the version of nginx that a Server field names, if it names one."""
    found = _NGINX.match(server)
    return tuple(int(part) for part in found[1].split(".")[:3]) if found else None


def version_of(text: str) -> Version | None:
    """Return a version as people write it, such as 1.24 or 1.24.0; None for what is none."""
    return (
        tuple(int(part) for part in text.split("."))
        if re.fullmatch(r"\d{1,3}(\.\d{1,3}){1,2}", text)
        else None
    )


def follow(
    way: Sequence[Model], sending: Sending, port: int, address: str, running: Running
) -> tuple[Configured, ...]:
    """Return what the configurations say of a handshake, the outermost first, up to the one that does not pass it on.

    `port` is the one that the URL names, `address` the one that was reached, or empty.
    """
    if not way or sending.http2 or sending.request.version not in {"HTTP/1.0", "HTTP/1.1"}:
        return ()
    ask, stated = _arriving(way[0], sending, port, address, running)
    met = [_met(way[0], ask, stated)]
    for model in way[1:]:
        before = met[-1].sent
        inner = _passed_on(met[-1], before, model) if before else None
        if inner is None:
            break
        met.append(_met(model, *inner))
    return tuple(met)


def _met(model: Model, ask: Ask, stated: Sequence[str]) -> Configured:
    taken = route(model, ask)
    mapped = any(_LEADS in text for text in stated)
    return Configured(model, taken, simulate(taken), (*stated, *taken.assumed), mapped)


def _arriving(
    model: Model, sending: Sending, port: int, address: str, running: Running
) -> tuple[Ask, tuple[str, ...]]:
    """Return the handshake as it comes to the outermost nginx, and what was assumed of it."""
    request, tls = sending.request, sending.tls
    local = loopback(address)
    ask = Ask(
        request.target,
        request.headers,
        request.method,
        request.version,
        tls=tls is not None,
        server_name=tls.server_name if tls else None,
        port=port,
        client=local,
        nginx=running.version,
    )
    stated = [f"nginx {running.text}, {running.whence}"]
    if ask.tls and _tls_ends_before(model, (port, sending.port)):
        ask = replace(ask, tls=False, server_name=None)
        stated.append("TLS ends in front of this nginx, for no listen of it speaks TLS")
    ports = tuple(dict.fromkeys((port, sending.port, *_ports_that_fit(model, ask))))
    chosen = next((one for one in ports if model.socket(None, one)), port)
    if chosen not in {port, sending.port}:
        stated.append(f"port {port} {_LEADS} {chosen} of this configuration")
    there = [one for server in model.servers for one in server.listens if one.port == chosen and not one.path]
    exact = local if any(one.address == local for one in there) else None
    return replace(ask, port=chosen, address=exact), tuple(stated)


def _tls_ends_before(model: Model, ports: tuple[int, ...]) -> bool:
    """Whether nothing listens on these ports, and TLS nowhere: then a hop in front takes it off."""
    sockets = [found for port in _ports(model) if (found := model.socket(None, port))]
    listens = any(model.socket(None, port) for port in ports)
    return bool(sockets) and not listens and not any(found.tls for found in sockets)


def _authority(line: Directive | None) -> str:
    """Return the host and port of a `proxy_pass` as they are written."""
    found = _AUTHORITY.match(line.arguments[0]) if line is not None and line.arguments else None
    return found["authority"] if found else ""


def _ports_that_fit(model: Model, ask: Ask) -> tuple[int, ...]:
    """Return the one port that takes this name by TLS, or without, as the handshake comes; none where several do."""
    sockets = [(port, found) for port in _ports(model) if (found := model.socket(None, port))]
    fitting = [(port, found) for port, found in sockets if found.tls == ask.tls]
    named = [port for port, found in fitting if _takes(found, ask)]
    ports = named or [port for port, _ in fitting]
    return tuple(ports) if len(ports) == 1 else ()


def _ports(model: Model) -> Iterator[int]:
    yield from dict.fromkeys(one.port for server in model.servers for one in server.listens if not one.path)


def _takes(socket: Socket, ask: Ask) -> bool:
    host = ask.headers.get("host").rpartition(":")[0] or ask.headers.get("host")
    named = server_for(socket, host)
    return not isinstance(named, Unknown) and named.name is not None


def _passed_on(hop: Configured, sent: Upstream, inner: Model) -> tuple[Ask, tuple[str, ...]] | None:
    """Return the request as the next nginx gets it; None where what it gets cannot be known."""
    known = [(one.name, one.value) for one in sent.fields if isinstance(one.value, str)]
    if len(known) < len(sent.fields):
        return None
    if (
        isinstance(sent.server, Unknown)
        or isinstance(sent.target, Unknown)
        or isinstance(sent.method, Unknown)
    ):
        return None
    host, port = _next_server(hop.model, sent.server, sent.scheme)
    ask = Ask(
        sent.target, Headers.of(known), sent.method, sent.protocol,
        tls=sent.scheme == "https", port=port, client=loopback(host), nginx=hop.route.ask.nginx,
    )  # fmt: skip
    if inner.socket(None, port) is None and (fitting := _ports_that_fit(inner, ask)):
        return replace(ask, port=fitting[0]), (f"port {port} {_LEADS} {fitting[0]} of this configuration",)
    return ask, ()


def _next_server(model: Model, server: str, scheme: str) -> tuple[str, int]:
    """Return host and port of a proxy_pass; of an `upstream` block it is the first server."""
    group = model.upstreams.get(server.lower())
    first = (
        next((d.arguments[0] for d in group.children() if d.name == "server" and d.arguments), "")
        if group
        else ""
    )
    named = _PORT.fullmatch(first or server)
    if named:
        return named["host"], int(named["port"])
    return first or server, 80 if first or scheme == "http" else 443
