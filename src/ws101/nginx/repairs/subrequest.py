"""Puts right what `auth_request` sends to the service that it asks: no upgrade, and the credentials that the client sent."""

from ws101.nginx.edit import Edit
from ws101.nginx.model import Level, Location
from ws101.nginx.placing import into, value
from ws101.nginx.repair import Repair
from ws101.nginx.route import Route
from ws101.nginx.tree import Directive

UPGRADES, CREDENTIALS = ("Upgrade", "Connection"), ("Authorization", "Cookie")


def fields(route: Route) -> Repair | None:
    """Return what makes the subrequest a plain one with the client's own credentials."""
    location = service(route)
    if location is None or location.directive is None or location.handler is None:
        return None
    wrong = faults(route)
    if not wrong:
        return None
    own, lines = location.own("proxy_set_header"), list[str]()
    changed: list[Edit] = []
    for name in wrong:
        text = '""' if name in UPGRADES else f"$http_{name.lower()}"
        line = _line(own, name)
        if line is None:
            lines.append(f"proxy_set_header {name} {text};")
        else:
            changed += value(line, text)
    if lines and not own:  # the first line of this block shadows those above
        above = [one for one in location.nearest("proxy_set_header") if one.arguments[0].title() not in wrong]
        lines += [one.text for one in above]
    edits = (*changed, *(into(location.directive, lines, (*own, location.handler)) if lines else ()))
    told = [f"keep {name} out" if name in UPGRADES else f"pass the client's {name} on" for name in wrong]
    doubt = "" if not set(wrong) & set(CREDENTIALS) else "the service may want a credential of nginx's own"
    return Repair("proxy-subrequest-refused", f"{', '.join(told)} in the subrequest", edits, doubt)


def faults(route: Route) -> tuple[str, ...]:
    """Return the fields of the subrequest that are passed on and should not be, or the other way round."""
    location = service(route)
    if location is None or location.handler is None:
        return ()
    lines = location.nearest("proxy_set_header")
    upgrade = _line(lines, "Upgrade")
    carried = upgrade is not None and "$http_upgrade" in upgrade.text
    lost = (
        name for name in CREDENTIALS
        if route.ask.headers.get(name) and (line := _line(lines, name)) is not None and line.arguments[1:] == ("",)
    )  # fmt: skip
    return (*(UPGRADES if carried else ()), *lost)


def asking(route: Route) -> Directive | None:
    """Return the `auth_request` in force where the way ends, if one is."""
    level: Level | None = route.state.level if route.state else None
    lines = level.nearest("auth_request") if level else []
    return next((line for line in lines if line.arguments[:1] not in {(), ("off",)}), None)


def service(route: Route) -> Location | None:
    """Return the location through which `auth_request` asks another service, where that is in the file."""
    line = asking(route)
    if line is None or route.server is None:
        return None
    path, places = line.arguments[0].partition("?")[0], route.server.locations
    fitting = [one for prefix, one in places.prefixes.items() if path.startswith(prefix)]
    return places.exact.get(path) or max(fitting, key=lambda one: len(one.path), default=None)


def _line(lines: list[Directive], name: str) -> Directive | None:
    return next((one for one in lines if one.arguments and one.arguments[0].lower() == name.lower()), None)
