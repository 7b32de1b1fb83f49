"""Puts right what `proxy_set_header` makes of the client's other fields: blanked, Host, X-Forwarded-Proto."""

from ws101.nginx.conclusion import OF_101
from ws101.nginx.edit import Edit
from ws101.nginx.placing import into, value, without, word
from ws101.nginx.repair import Repair
from ws101.nginx.route import Route
from ws101.nginx.simulate import Upstream, simulate
from ws101.nginx.tree import Directive

_HANDSHAKE = ("Sec-WebSocket-Key", "Sec-WebSocket-Version")


def handshake_fields(route: Route) -> Repair | None:
    """Return what lets the fields of the handshake through that a line takes away."""
    edits, names = _unblanked(route, _HANDSHAKE)
    level = route.state.level if route.state else None
    lines = level.nearest("proxy_pass_request_headers") if level else []
    if lines and lines[0].arguments == ("off",) and isinstance(simulate(route), Upstream):
        edits, names = (*edits, word(lines[0], 1, "on")), ["the client's fields"]
    if not edits:
        return None
    return Repair("proxy-garbles-upgrade-headers", f"pass {' and '.join(names)} on", edits)


def hidden(route: Route) -> Repair | None:
    """Return what lets the fields of the 101 through that a `proxy_hide_header` takes out (RFC 6455, 4.2.2)."""
    level, location = route.state.level if route.state else None, route.location
    if level is None or location is None or not isinstance(simulate(route), Upstream):
        return None
    lines = [line for line in level.nearest("proxy_hide_header") if line.arguments[0].lower() in OF_101]
    if not lines:
        return None
    names = " and ".join(line.arguments[0] for line in lines)
    above = any(line not in location.own("proxy_hide_header") for line in lines)
    doubt = "the line stands above, and other places send the field again, too" if above else ""
    edits = tuple(map(without, lines))
    return Repair("upgrade-lost-on-the-way-back", f"leave {names} in the 101", edits, doubt)


def authorization(route: Route) -> Repair | None:
    """Return what lets Authorization through, where a line takes it away."""
    edits, names = _unblanked(route, ("Authorization", "Cookie", "Sec-WebSocket-Protocol"))
    if not edits:
        return None
    doubt = "the line may keep a credential of nginx's own, such as a Basic password, from the upstream on purpose"
    return Repair("proxy-strips-authorization", f"pass the client's {' and '.join(names)} on", edits, doubt)


def host(route: Route) -> Repair | None:
    """Return what sends the upstream the client's own Host, with its port."""
    return _host(route, "$http_host", route.ask.headers.get("host"), "proxy-rewrites-host")


def host_name(route: Route) -> Repair | None:
    """Return what sends the upstream the name that the client asked for: a server that knows names knows no ports."""
    name = route.state.host if route.state else ""
    return _host(route, "$host", name, "server-rejects-host")


def _host(route: Route, text: str, wanted: str, cause: str) -> Repair | None:
    sent, location = simulate(route), route.location
    if not isinstance(sent, Upstream) or location is None or sent.field("host") == wanted:
        return None
    line = _line(route, "host")
    edits = value(line, text) if line else _added(route, f"proxy_set_header Host {text};")
    doubt = "an upstream that tells its sites apart by name may want the name that it gets now"
    return Repair(cause, f"send the upstream the Host that the client asked for, {text}", edits, doubt)


def forwarded_proto(route: Route) -> Repair | None:
    """Return what tells the upstream the scheme that the client came by."""
    sent = simulate(route)
    if not isinstance(sent, Upstream) or sent.field("x-forwarded-proto") == route.ask.scheme:
        return None
    line = _line(route, "x-forwarded-proto")
    edits = value(line, "$scheme") if line else _added(route, "proxy_set_header X-Forwarded-Proto $scheme;")
    doubt = "behind another proxy that ends TLS, the scheme here is not the client's"
    return Repair("proxy-forwarded-proto-wrong", "tell the upstream the client's scheme", edits, doubt)


def _unblanked(route: Route, names: tuple[str, ...]) -> tuple[tuple[Edit, ...], list[str]]:
    """Return the edits of lines that set to nothing what the client sent; a line stays, for it shadows others."""
    sent = simulate(route)
    if not isinstance(sent, Upstream):
        return (), []
    found = [
        (name, line)
        for name in names
        if route.ask.headers.get(name) and sent.field(name) != route.ask.headers.get(name)
        if (line := _line(route, name.lower())) is not None
    ]
    edits = tuple(
        edit for name, line in found for edit in value(line, f"$http_{name.lower().replace('-', '_')}")
    )
    return edits, [name for name, _ in found]


def _line(route: Route, name: str) -> Directive | None:
    lines = route.state.level.nearest("proxy_set_header") if route.state else []
    return next((line for line in lines if line.arguments and line.arguments[0].lower() == name), None)


def _added(route: Route, text: str) -> tuple[Edit, ...]:
    """Add a line to the location, with the outer ones that it would shadow."""
    location = route.location
    if location is None or location.directive is None:
        return ()
    owner = location.owner("proxy_set_header")
    above = (
        [] if owner is None or owner is location else [line.text for line in owner.own("proxy_set_header")]
    )
    behind = (*location.own("proxy_set_header"), *location.own("proxy_pass"))
    return into(location.directive, (text, *above), behind)
