"""What else a repair changes: for every location, what the upstream is sent and where its path leads, before and after.

A location's regular expression is not turned into a path, so of those only what they send is compared.
"""

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from ws101.nginx.ask import Ask
from ws101.nginx.include import Configuration
from ws101.nginx.listen import Socket
from ws101.nginx.model import Level, Location, Model, Server, understand
from ws101.nginx.outcome import Passed
from ws101.nginx.route import Route, route
from ws101.nginx.simulate import Upstream, simulate
from ws101.nginx.state import State
from ws101.nginx.tree import Directive

_NAME = re.compile(r"[A-Za-z0-9.-]+")
_OF_UPGRADE = ("upgrade", "connection", "sec-websocket-key", "sec-websocket-version")
_SENDING = frozenset({"proxy_http_version", "proxy_pass", "proxy_set_header"})
Key = tuple[tuple[str, str], ...]  # from the server's place down: how each location matches, and what


class Touched(Struct, frozen=True):
    """A location for which something changes: `changes` names it, `plain` whether for requests without an upgrade, too.

    `server` is the server's name, or where it listens: one file of locations may be included by several. `asked` is true
    for the location that the request comes to.
    """

    location: Directive
    changes: tuple[str, ...]
    plain: bool
    server: str
    asked: bool = False

    @property
    def title(self) -> str:
        return " ".join((*self.location.arguments, f"of {self.server}", f"({self.location.place})"))


def radius(before: Configuration, after: Configuration, ask: Ask) -> tuple[Touched, ...]:
    """Return the locations of the first configuration for which the second one does something else."""
    old, new = understand(before), understand(after)
    ours = route(old, ask).location
    asked = ours.directive if ours else None
    answering = route(old, ask).server
    renewed = dict(_places(new))
    plain = replace(ask, headers=ask.headers.without(*_OF_UPGRADE))
    moved = {a for a, b in zip(old.servers, new.servers, strict=False) if _shape(a) != _shape(b)}
    touched = []
    for key, (server, location) in _places(old):
        there = renewed.get(key)
        if location.directive is None or there is None:
            continue
        for_plain, for_upgrade = (
            _between(_sent(old, server, location, one), _sent(new, *there, one)) for one in (plain, ask)
        )
        led = _led_elsewhere(old, new, server, location, ask) if server in moved else []
        written = _rewritten(location, there[1], sent=bool(for_plain or for_upgrade))
        if changes := dict.fromkeys((*for_plain, *for_upgrade, *led, *written)):
            own = location.directive is asked and (answering is None or server is answering)
            touched.append(
                Touched(
                    location.directive,
                    tuple(changes),
                    bool(for_plain or led or written),
                    _called(server),
                    own,
                )
            )
    return tuple(touched)


def _called(server: Server) -> str:
    """Return a server's names, or where it listens, as the file has them."""
    named = [name for name in server.names if name]
    if named:
        return f"{named[0]} and {len(named) - 1} more" if len(named) > 3 else ", ".join(named)
    lines = server.own("listen")
    return (
        f"the server on {lines[0].arguments[0]}"
        if lines and lines[0].arguments
        else "a server without a name"
    )


Place = tuple[Server, Location]


def _places(model: Model) -> Iterator[tuple[Key, Place]]:
    for number, server in enumerate(model.servers):
        yield from _below(server, server, ((str(number), ""),))


def _below(server: Server, level: Level, key: Key) -> Iterator[tuple[Key, Place]]:
    for location in level.locations.every:
        # A location that no regular expression comes before is still the same one.
        own = (*key, (location.modifier.replace("^~", ""), location.path))
        yield own, (server, location)
        yield from _below(server, location, own)


def _between(was: Upstream | None, now: Upstream | None) -> list[str]:
    if was is None or now is None:
        return [] if was is now else ["whether it is passed on"]
    found = [] if was.protocol == now.protocol else [now.protocol]
    found += [] if was.target == now.target else ["the path"]
    names = dict.fromkeys(sent.name.title() for sent in (*was.fields, *now.fields))
    return found + [name for name in names if was.field(name) != now.field(name)]


def _rewritten(was: Location, now: Location, *, sent: bool) -> list[str]:
    """Return the names of its own lines that change, but for those whose effect on what is `sent` is told already."""
    before, after = _lines(was), _lines(now)
    names = dict.fromkeys(
        name for name, text in (*before, *after) if before.count((name, text)) != after.count((name, text))
    )
    return [name for name in names if not (sent and name in _SENDING)]


def _lines(location: Location) -> list[tuple[str, str]]:
    """Return the lines of this block, and those that it inherits for what is sent."""
    own = [one for one in location.children if one.name != "location"]
    names = sorted(_SENDING) if location.handler is not None else []
    inherited = [one for name in names for one in location.nearest(name) if one not in own]
    return [(one.name, one.file.text[one.start : one.end]) for one in (*own, *inherited)]


def _shape(server: Server) -> tuple[object, ...]:
    """Return what decides which location takes a path: listeners, names, and how the locations match."""
    every = tuple(one for _, (_, one) in _below(server, server, ()))
    told = tuple((one.modifier, one.path, one.handler is None) for one in every)
    listens = tuple((one.address, one.port, one.path, one.options) for one in server.listens)
    return listens, server.names, told


def _sent(model: Model, server: Server, location: Location, ask: Ask) -> Upstream | None:
    """Return what the upstream of this location is sent for such a request, as if it had come to it."""
    if location.handler is None:
        return None
    socket = Socket((server,), server, ask.tls, proxy_protocol=False, options=frozenset())
    uri = location.path if location.modifier in {"", "^~", "="} else "/"
    host = ask.headers.get("host").partition(":")[0]
    state = State(model, ask, socket, server, location, host, uri, uri)
    sent = simulate(Route(ask, Passed(location.handler), server, location, (), (), state))
    return sent if isinstance(sent, Upstream) else None


def _led_elsewhere(old: Model, new: Model, server: Server, location: Location, ask: Ask) -> list[str]:
    """Tell whether another location takes the path of this one now."""
    if location.modifier not in {"", "^~", "="} or not location.path.startswith("/"):
        return []
    listen = server.listens[0]
    name = next((name for name in server.names if _NAME.fullmatch(name)), "localhost")
    probe = replace(
        ask, target=location.path.replace(" ", "%20"), port=listen.port, tls=listen.tls, address=listen.address,
        server_name=name if listen.tls else None, headers=ask.headers.replaced("Host", name),
    )  # fmt: skip
    ends = [_place(route(model, probe)) for model in (old, new)]
    return [] if ends[0] == ends[1] else ["which location takes its path"]


def _place(way: Route) -> tuple[str, str] | None:
    location = way.location
    return (location.modifier.replace("^~", ""), location.path) if location else None
