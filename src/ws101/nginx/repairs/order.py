"""Brings a request to the location that is made for it, where another location or the default server takes it."""

import re

from msgspec.structs import replace

from ws101.nginx.edit import Edit
from ws101.nginx.model import Level, Location, Server, every_location
from ws101.nginx.outcome import Passed
from ws101.nginx.placing import above, into
from ws101.nginx.repair import Repair
from ws101.nginx.route import Route
from ws101.nginx.sign import made_for, sign_of
from ws101.nginx.simulate import Upstream, simulate
from ws101.nginx.tree import Directive
from ws101.nginx.variable import names_in

_CAUSE = "proxy-routes-elsewhere"
_PLAIN = re.compile(r"/[A-Za-z0-9/_.~-]*")
_WITH_URI = re.compile(r"https?://[^/?#]+[/?#]")


def location(route: Route) -> Repair | None:
    """Return what takes the request to a location that passes upgrades on and fits its path, but gives way to another."""
    taken = route.location
    if route.server is None or route.state is None or taken is None or taken.directive is None:
        return None
    if isinstance(sent := simulate(route), Upstream) and sent.upgrades:
        return None
    made = rival(route)
    if made is None or made.directive is None:
        return None
    what = f"let {made.directive.text} have the path, which {taken.directive.text} takes"
    doubt = "which of the two locations is meant, only you know"
    edits = _final(made) if taken.is_regex and made.path != "/" else _exact(route, made)
    return Repair(_CAUSE, what, edits, doubt) if edits else None


def rival(route: Route) -> Location | None:
    """Return the location that is made for the sockets of this path and passes upgrades on, though another one takes the request."""
    if route.server is None or route.state is None:
        return None
    made = made_for(route.server, route.state.uri, route.state.model)
    taken = made is None or (route.location is not None and made.directive is route.location.directive)
    return None if made is None or taken or not _passes(route, made) else made


def elsewhere(route: Route) -> bool:
    """Whether a location that is made for this request passes it to another upstream than the one that takes it."""
    made = rival(route)
    ours = route.outcome.by if isinstance(route.outcome, Passed) else None
    return made is not None and (ours is None or _target(made.handler) != _target(ours))


def misfit(route: Route) -> Location | None:
    """Return the location that passes upgrades on to another server, and that the path does not fit; the first, if there are several.

    None where the location that takes the request bears a sign of sockets itself.
    """
    if route.server is None or route.state is None or not isinstance(route.outcome, Passed):
        return None
    model = route.state.model
    if route.location is not None and sign_of(route.location, model):
        return None
    others = (one for one in every_location(route.server) if one.modifier != "@" and sign_of(one, model))
    ours = _target(route.outcome.by)
    return next((one for one in others if _target(one.handler) != ours and _passes(route, one)), None)


def _target(line: Directive | None) -> str:
    return line.arguments[0] if line and line.arguments else ""


def _passes(route: Route, one: Location) -> bool:
    """Whether a location passes upgrades on; what it holds in blocks of its own is not looked at."""
    if route.state is None or one.handler is None:
        return False
    state = replace(route.state, level=one, values=dict(route.state.values), mapped={}, asked=set())
    sent = simulate(replace(route, outcome=Passed(one.handler), location=one, state=state))
    return isinstance(sent, Upstream) and bool(sent.upgrades)


def _final(made: Location) -> tuple[Edit, ...]:
    """No regular expression is tried behind `^~`."""
    assert made.directive
    if made.modifier:
        return ()
    start = made.directive.words[1].start
    return (Edit(made.directive.file, start, start, "^~ "),)


def _exact(route: Route, made: Location) -> tuple[Edit, ...]:
    """Repeat the location for this very path, where it means the same there."""
    assert route.state
    assert made.directive
    uri, text = route.state.uri, made.directive.file.text
    uses_uri = made.handler is not None and _WITH_URI.match(made.handler.arguments[0]) is not None
    if route.server is None or uri in route.server.locations.exact:
        return ()
    if not _PLAIN.fullmatch(uri) or uses_uri or made.own("location") or made.directive.block is None:
        return ()
    if made.handler is not None and names_in(made.handler.arguments[0]):
        return ()
    start = text.rfind("\n", 0, made.directive.start) + 1
    margin = text[start : made.directive.start]
    body = text[made.directive.open : made.directive.end].replace("\r\n", "\n").split("\n")
    lines = [
        f"location = {uri} {body[0]}",
        *(line.removeprefix(margin) if not margin.strip() else line for line in body[1:]),
    ]
    return (above(made.directive, lines),)


def server_name(route: Route) -> Repair | None:
    """Return what gives the name to the one server that has a location for this path, where the default one answers."""
    state = route.state
    if state is None or not state.host or any(state.host == name.lower() for name in state.server.names):
        return None
    if any("server_name" in step.what and "fits the Host" in step.what for step in route.steps):
        return None
    others = [one for one in state.socket.servers if one is not state.server and _serves(route, one)]
    if len(others) != 1 or others[0].directive is None:
        return None
    lines = others[0].own("server_name")
    edits = _named(others[0], lines, state.host)
    what = f"let the server at {others[0].directive.place} answer to {state.host}"
    return Repair("proxy-default-server", what, edits, "whether that server is the one meant, only you know")


def _named(server: Level, lines: list[Directive], host: str) -> tuple[Edit, ...]:
    assert server.directive
    if lines:
        return (Edit(lines[-1].file, lines[-1].words[-1].end, lines[-1].words[-1].end, f" {host}"),)
    return into(server.directive, (f"server_name {host};",), server.own("listen"))


def _serves(route: Route, server: Server) -> bool:
    return any(_passes(replace(route, server=server), one) for one in _fitting(route, server))


def _fitting(route: Route, server: Server) -> list[Location]:
    assert route.state
    every = server.locations
    fitting = [one for path, one in every.prefixes.items() if route.state.uri.startswith(path)]
    return [one for one in (*fitting, *every.exact.values()) if one.handler is not None]
