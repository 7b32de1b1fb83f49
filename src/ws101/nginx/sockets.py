"""Which requests of a configuration are WebSocket handshakes, and how that is known: URLs, an access log, signs in the file.

Always says which of the three it was; what bears signs and cannot be asked for is named.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import takewhile

from msgspec import Struct
from msgspec.structs import replace

from ws101.handshake.headers import Headers
from ws101.handshake.target import own_host, read_url
from ws101.nginx.ask import NEWEST, Ask, Version
from ws101.nginx.listen import Listen
from ws101.nginx.model import Level, Location, Model, Server, every_location
from ws101.nginx.outcome import Answered, Passed, Undecided
from ws101.nginx.route import Route, route
from ws101.nginx.sample import sample
from ws101.nginx.sign import sign_of
from ws101.nginx.simulate import Upstream, simulate
from ws101.nginx.uri import escape_path

MOST_LOGGED = 200  # paths of an access log that are asked for
MOST_TRIED = 50_000_000  # regular expressions that handshakes are held against; so many take a few seconds
_LOGGED = re.compile(r'"(?P<method>[A-Z]+) (?P<target>/\S*) HTTP/[\d.]+" (?P<status>\d{3})\b')
_UPGRADES = re.compile(r"[\"' =]websocket\b", re.IGNORECASE)
_LETS_IN = frozenset({"allow", "deny", "auth_basic"})


class Told(StrEnum):
    """How a request is known to be a WebSocket's."""

    URL = "url"
    LOG = "log"
    SIGN = "sign"


class Way(Struct, frozen=True):
    """One handshake's way, and what upstream would get: also where an address or a password keeps this client out.

    `why` completes "this is a WebSocket, because …"; `meant` is the location that bears the sign, which another may answer for.
    """

    route: Route
    upstream: Upstream | Undecided | None
    told: Told
    why: str
    meant: Location | None = None

    @property
    def level(self) -> Level | None:
        """The block whose settings are in force."""
        return self.route.state.level if self.route.state else None

    @property
    def strayed(self) -> bool:
        """Whether another location takes it from the one that bears the sign, and not by a redirection inside nginx."""
        state, taken = self.route.state, self.route.location
        if self.meant is None or state is None or state.internal:
            return False
        return taken is None or taken.directive is not self.meant.directive

    @property
    def let_in(self) -> Route:
        """The route as it is for a client that addresses and passwords let in."""
        return _let_in(self.route)

    @property
    def url(self) -> str:
        """The URL of this handshake, for people."""
        ask = self.route.ask
        port = "" if ask.port == (443 if ask.tls else 80) else f":{ask.port}"
        host = ask.headers.get("host").partition(":")[0] or ask.server_name or "localhost"
        return f"{'wss' if ask.tls else 'ws'}://{host}{port}{ask.target}"


class Found(Struct, frozen=True):
    """The handshakes that were found; `unasked` are locations with signs for which no request could be made up.

    `beyond` is how many locations with signs were left out, for there are too many regular expressions to hold them against.
    """

    ways: tuple[Way, ...]
    unasked: tuple[Location, ...] = ()
    beyond: int = 0


def find(model: Model, nginx: Version = NEWEST, urls: Sequence[str] = (), log: Iterable[str] = ()) -> Found:
    """Return the handshakes that this configuration serves; with URLs or a log given, signs in the file are not asked.

    Raises UsageError for what is no URL.
    """
    ways = [way_of(model, ask_for(url, nginx), Told.URL, "--url names it") for url in urls]
    ways += _logged(model, nginx, log)
    if urls or ways:
        return Found(tuple(ways))
    return _signed(model, nginx)


def way_of(model: Model, ask: Ask, told: Told, why: str, meant: Location | None = None) -> Way:
    """Return the way of one handshake."""
    taken = route(model, ask)
    return Way(taken, simulate(_let_in(taken)), told, why, meant)


def _let_in(taken: Route) -> Route:
    """Return the route as it is for a client that addresses and passwords let in, so that what comes then is seen too."""
    outcome, state = taken.outcome, taken.state
    by = outcome.by
    if (
        isinstance(outcome, Passed)
        or state is None
        or by is None
        or by.name not in _LETS_IN
        or state.in_error_page
    ):
        return taken
    inside = takewhile(lambda one: one.kind != "server", state.level.lineage())
    handler = next((one.handler for one in inside if one.handler), None)
    return replace(taken, outcome=Passed(handler)) if handler else taken


# ---- requests


def ask_for(url: str, nginx: Version = NEWEST, client: str | None = None) -> Ask:
    """Return the handshake that a client sends for a URL (ws, wss, http or https). Raises UsageError for what is no URL."""
    address = read_url(url)
    tls = address.scheme == "wss"
    return handshake(address.host, address.port, address.target, tls=tls, nginx=nginx, client=client)


def handshake(
    host: str, port: int, target: str, *, tls: bool, nginx: Version = NEWEST, address: str | None = None,
    client: str | None = None,
) -> Ask:  # fmt: skip
    """Return a browser's handshake for this host and target."""
    authority = own_host(host, port, tls=tls)
    headers = Headers.of(
        [
            ("Host", authority), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Version", "13"),
            ("Origin", f"{'https' if tls else 'http'}://{authority}"),
        ]
    )  # fmt: skip
    return Ask(
        target, headers, tls=tls, server_name=host if tls else None, port=port, address=address, client=client,
        nginx=nginx,
    )  # fmt: skip


def ask_of(server: Server, target: str, nginx: Version = NEWEST) -> Ask | None:
    """Return a handshake that comes to this server, by TLS where it speaks it; None where it has no address to come to."""
    listens = [one for one in server.listens if not one.path]
    if not listens:
        return None
    listen = next((one for one in listens if one.tls and "quic" not in one.options), listens[0])
    return handshake(
        name_of(server),
        listen.port,
        target,
        tls=_speaks_tls(server, listen),
        nginx=nginx,
        address=listen.address,
    )


def _speaks_tls(server: Server, listen: Listen) -> bool:
    return listen.tls or (listen.port == 443 and server.setting("ssl", "off") == "on")


def name_of(server: Server) -> str:
    """Return a host name that leads to the server, `localhost` where it has none."""
    for name in server.names:
        if name.startswith("~"):
            made = sample(f"^/{name[1:].removeprefix('^')}")
            if made:
                return made[1:]
        elif name not in {"", "_"} and "$" not in name:
            plain = f"www{name}" if name.startswith(".") else name
            return plain.replace("*", "www", 1) if "*" in plain else plain
    return "localhost"


# ---- an access log


def _logged(model: Model, nginx: Version, log: Iterable[str]) -> Iterator[Way]:
    """Yield the ways of the paths that a log says were upgraded, by every server that passes them on."""
    for target, why in list(logged(log).items())[:MOST_LOGGED]:
        asks = [ask for server in model.servers if (ask := ask_of(server, target, nginx))]
        ways = [way_of(model, ask, Told.LOG, why) for ask in asks]
        passing = [way for way in ways if way.upstream is not None]
        yield from unique(passing or ways[:1])


def logged(log: Iterable[str]) -> dict[str, str]:
    """Return the targets that an access log says were asked for as WebSockets, without their queries, and how it says so."""
    targets: dict[str, str] = {}
    for number, line in enumerate(log, 1):
        match = _LOGGED.search(line)
        if match is None:
            continue
        path = match["target"].partition("?")[0]
        if match["status"] == "101":
            targets[path] = f"line {number} of the access log has it answered 101"
        elif match["method"] == "GET" and _UPGRADES.search(match["target"] + line[match.end() :]):
            targets.setdefault(path, f"line {number} of the access log has it asking for websocket")
    return targets


# ---- signs in the file


def _signed(model: Model, nginx: Version) -> Found:
    ways: list[Way] = []
    unasked: list[Location] = []
    tried = beyond = 0
    names = sum(name.startswith("~") for server in model.servers for name in server.names)
    for server in model.servers:
        expressions = names + sum(location.is_regex for location in every_location(server))
        for location in every_location(server):
            why = sign_of(location, model)
            if why is None:
                continue
            tried += expressions
            if tried > MOST_TRIED:
                beyond += 1
                continue
            way = _way_to(model, server, location, nginx, why)
            if way is None:
                unasked.append(location)
            else:
                ways.append(way)
    return Found(unique(ways), tuple(unasked), beyond)


def _way_to(model: Model, server: Server, location: Location, nginx: Version, why: str) -> Way | None:
    """Return the way of a request that is meant for this location: the first that gets there, else the first at all."""
    first: Way | None = None
    for path in _targets(server, location):
        ask = ask_of(server, escape_path(path), nginx)
        if ask is None:
            return None
        way = _by_tls_before(model, way_of(model, ask, Told.SIGN, why, location))
        if way.route.location is not None and way.route.location.directive is location.directive:
            return way
        first = first or way
    return None if location.modifier == "@" else first


def _by_tls_before(model: Model, way: Way) -> Way:
    """Return the way as it is behind a proxy that ends TLS, where nginx would else redirect to https."""
    outcome, ask = way.route.outcome, way.route.ask
    if ask.tls or not isinstance(outcome, Answered) or not outcome.location.startswith("https:"):
        return way
    told = [("X-Forwarded-Proto", "https"), ("X-Forwarded-Ssl", "on"), ("X-Scheme", "https")]
    again = asked_again(way, model, headers=Headers.of([*ask.headers, *told]))
    return again if again.upstream is not None else way


def _targets(server: Server, location: Location) -> Iterator[str]:
    if location.modifier == "@":
        for source in _leading(server).get(location.path, ()):
            yield from _targets(server, source) if isinstance(source, Location) else "/"
    elif location.is_regex:
        found = sample(location.path, caseless=location.modifier == "~*")
        above = location.parent.path if isinstance(location.parent, Location) else ""
        if found:
            yield found
            yield above.rstrip("/") + found
    else:
        yield location.path or "/"


@lru_cache(maxsize=64)  # else all of a server would be gone through for each of its named locations
def _leading(server: Server) -> Mapping[str, list[Level]]:
    """Return the blocks of a server that redirect inside nginx, by where to; the server itself comes last."""
    found: dict[str, list[Level]] = {}
    for level in (*every_location(server), server):
        for where in {line.arguments[-1] for name in ("try_files", "error_page") for line in level.own(name)}:
            found.setdefault(where, []).append(level)
    return found


def unique(ways: Sequence[Way]) -> tuple[Way, ...]:
    """Return the ways without those that ask for the same location by the same sign."""
    kept: dict[object, Way] = {}
    for way in ways:
        location = way.meant or way.route.location
        key = (
            id(location.directive) if location else way.url,
            way.route.server and id(way.route.server.directive),
        )
        kept.setdefault(key, way)
    return tuple(kept.values())


def asked_again(way: Way, model: Model, **changes: object) -> Way:
    """Return the way of the same handshake with something about it changed."""
    ask = replace(way.route.ask, **changes)
    return way_of(model, ask, way.told, way.why, way.meant)


def answered(way: Way) -> Answered | None:
    """Return nginx's own answer, None where it passes the handshake on or cannot be known."""
    return way.route.outcome if isinstance(way.route.outcome, Answered) else None
