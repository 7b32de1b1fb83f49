"""Lets the handshake through where a line of nginx's own refuses it: methods, addresses, passwords, limits."""

from collections.abc import Iterator

from ws101.nginx.edit import Edit
from ws101.nginx.model import Level
from ws101.nginx.outcome import Answered, File
from ws101.nginx.placing import into, without, word
from ws101.nginx.repair import Repair
from ws101.nginx.route import Route
from ws101.nginx.tree import Directive

_BURST, _SOCKETS = 50, 10  # handshakes at once, and times the connections that are let in now


def by_method(route: Route) -> Directive | None:
    """Return the limit_except, or the condition on the method, by which nginx itself answers."""
    if not isinstance(route.outcome, Answered | File):
        return None
    return _limited(route) or _condition(route, route.outcome.by)


def _limited(route: Route) -> Directive | None:
    """Return the limit_except in which the way ends."""
    levels = route.state.level.lineage() if route.state else ()
    return next((one.directive for one in levels if one.kind == "limit_except"), None)


def _condition(route: Route, gate: Directive | None) -> Directive | None:
    """Return the `if` on the method in which the answer stands."""
    held = (step.directive for step in route.steps if step.what == "the condition holds")
    of_method = (block for block in held if block is not None and "$request_method" in block.text)
    return next((block for block in of_method if gate in tuple(block.children())), None)


def method(route: Route) -> Repair | None:
    """Return what lets the handshake's method through a `limit_except`, or past a condition on the method."""
    cause, asked = "proxy-restricts-method", route.ask.method
    doubt = "the line may be meant for other requests at this place, too"
    gate = by_method(route)
    if gate is None or isinstance(route.outcome, File):
        return None
    if gate.name != "limit_except":
        return Repair(cause, f"take the condition out that refuses a {asked}", (without(gate),), doubt)
    at = gate.words[-1].end
    what = f"let {asked} through `{gate.text.partition('{')[0].strip()}`"
    return Repair(cause, what, (Edit(gate.file, at, at, f" {asked}"),), doubt)


def address(route: Route) -> Repair | None:
    """Return what lets the client's address in, before the line that denies it."""
    gate = route.outcome.by if isinstance(route.outcome, Answered) else None
    if gate is None or gate.name != "deny" or route.ask.client is None or _limited(route) is not None:
        return None
    doubt = "the line may keep this very address out on purpose"
    edit = Edit(gate.file, gate.start, gate.start, f"allow {route.ask.client}; ")
    return Repair("proxy-denies-address", f"allow {route.ask.client}", (edit,), doubt)


def password(route: Route) -> Repair | None:
    """Return what asks the socket for no Basic password."""
    gate = route.outcome.by if isinstance(route.outcome, Answered) else None
    location = route.location
    if gate is None or gate.name != "auth_basic" or location is None or location.directive is None:
        return None
    doubt = "then the server behind is alone in asking who comes"
    if location.setting("satisfy", "all") == "any" and location.nearest("deny"):
        edits = into(location.directive, ("allow all;",), location.own("proxy_pass"))
        what = "let every address in, as `satisfy any` has it, and ask no password of the socket"
        return Repair("proxy-asks-own-credentials", what, edits, doubt) if not location.own("deny") else None
    return Repair("proxy-asks-own-credentials", "ask no password of the socket", _off(location, gate), doubt)


def _off(location: Level, gate: Directive) -> tuple[Edit, ...]:
    """Switch off in this location: in its own line, else in a new one."""
    if gate in location.own("auth_basic"):
        return (word(gate, 1, "off"),)
    assert location.directive
    return into(location.directive, ("auth_basic off;",), location.own("proxy_pass"))


def rates(route: Route) -> Repair | None:
    """Return what lets more handshakes, or more sockets, through the limits that are in force for this request."""
    level = route.state.level if route.state else None
    if level is None:
        return None
    edits = (*_of_requests(level.nearest("limit_req")), *_of_sockets(level.nearest("limit_conn")))
    if not edits:
        return None
    doubt = "what the server behind bears, only you know; other places under the line get the limit, too"
    return Repair("proxy-limits-rate", "let more handshakes in at once", tuple(edits), doubt)


def _of_requests(lines: list[Directive]) -> Iterator[Edit]:
    for line in lines:
        burst = next((n for n, one in enumerate(line.words) if one.text.startswith("burst=")), None)
        known = line.words[burst].text[6:] if burst else "0"
        wanted = f"burst={max(_BURST, 2 * int(known)) if known.isdecimal() else _BURST}"
        if burst:
            yield word(line, burst, wanted)
        at = line.words[-1].end
        more = [] if burst else [wanted]
        more += [] if any(one.startswith(("nodelay", "delay=")) for one in line.arguments) else ["nodelay"]
        if more:
            yield Edit(line.file, at, at, "".join(f" {one}" for one in more))


def _of_sockets(lines: list[Directive]) -> Iterator[Edit]:
    for line in lines:
        if len(line.arguments) > 1 and line.arguments[1].isdecimal():
            yield word(line, 2, str(_SOCKETS * max(1, int(line.arguments[1]))))
