"""Lets an upgrade through where a location passes the request on without it: HTTP/1.1, Upgrade and Connection."""

from collections.abc import Sequence

from msgspec import Struct, field

from ws101.nginx.edit import Edit
from ws101.nginx.model import Level, Location
from ws101.nginx.placing import into, value, word
from ws101.nginx.repair import Repair
from ws101.nginx.repairs.connection import connection
from ws101.nginx.route import Route
from ws101.nginx.simulate import Upstream, simulate
from ws101.nginx.tree import Directive
from ws101.nginx.value import Unknown, Value
from ws101.nginx.variable import expand


class _Change(Struct):
    """What is to be done, gathered: edits of lines that are there, and lines that are to be added."""

    edits: list[Edit] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    causes: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    doubt: str = ""


def upgrade(route: Route) -> Repair | None:
    """Return what makes the upstream see this upgrade; None where it sees it, or where the request does not get there."""
    sent, location = simulate(route), route.location
    if not isinstance(sent, Upstream) or location is None or location.directive is None or sent.upgrades:
        return None
    if route.ask.headers.get("upgrade").lower() != "websocket":
        return None
    change = _Change()
    _version(sent, location, change)
    _fields(route, sent, location, change)
    if change.lines:
        behind = (*location.own("proxy_set_header"), *location.own("proxy_pass"))
        change.edits += into(location.directive, change.lines, behind)
    if not change.edits:
        return None
    cause = next(cause for cause in _CAUSES if cause in change.causes)
    return Repair(cause, f"{', '.join(change.said)} ({_title(location)})", tuple(change.edits), change.doubt)


_CAUSES = (
    "proxy-header-inheritance-lost",
    "proxy-garbles-upgrade-headers",
    "proxy-drops-upgrade-headers",
    "proxy-speaks-http-1.0",
)


def _title(location: Location) -> str:
    return location.directive.text if location.directive else "location"


def _version(sent: Upstream, location: Location, change: _Change) -> None:
    if sent.protocol == "HTTP/1.1":
        return
    own = location.own("proxy_http_version")
    if own:
        change.edits.append(word(own[0], 1, "1.1"))
    else:
        change.lines.append("proxy_http_version 1.1;")
    change.causes.add("proxy-speaks-http-1.0")
    change.said.append("speak HTTP/1.1 to the upstream")


def _fields(route: Route, sent: Upstream, location: Location, change: _Change) -> None:
    bad = [name for name in ("Upgrade", "Connection") if not _sound(name, sent.field(name))]
    lines = location.nearest("proxy_set_header")
    wrong = {name: found[0] for name in bad if (found := _named(lines, name))}
    lacking = [name for name in bad if name not in wrong]
    if wrong:
        # Where no Upgrade is sent, nothing asks for one, whatever Connection says.
        gone = sent.field("Upgrade") is None
        change.causes.add("proxy-drops-upgrade-headers" if gone else "proxy-garbles-upgrade-headers")
        change.said.append(f"pass the client's {' and '.join(wrong)} on unharmed")
    if lacking and location.owner("proxy_set_header") is not location:
        # A line of its own shadows those above, so all of them are written here.
        change.lines += [_set(route, name, wrong.get(name), change) for name in bad]
        change.lines += [line.text for line in lines if line.arguments[0].title() not in bad]
        _lack(lacking, change)
        return
    for name, line in wrong.items():
        change.edits += value(line, _text(route, name, line, change))
    shadowed = _shadowed(route, sent, lacking)
    change.lines += [
        shadowed[name].text if name in shadowed else _set(route, name, None, change) for name in lacking
    ]
    if shadowed:
        change.causes.add("proxy-header-inheritance-lost")
        change.said.append(f"repeat {' and '.join(shadowed)}, which the lines here shadow")
    _lack([name for name in lacking if name not in shadowed], change)


def _lack(names: list[str], change: _Change) -> None:
    if names:
        change.causes.add("proxy-drops-upgrade-headers")
        change.said.append(f"pass the client's {' and '.join(names)} on")


def _named(lines: Sequence[Directive], name: str) -> list[Directive]:
    return [line for line in lines if line.arguments and line.arguments[0].lower() == name.lower()]


def _set(route: Route, name: str, line: Directive | None, change: _Change) -> str:
    return f"proxy_set_header {name} {_text(route, name, line, change)};"


def _text(route: Route, name: str, line: Directive | None, change: _Change) -> str:
    if name == "Upgrade":
        return "$http_upgrade"
    source = connection(route, line)
    change.edits += [edit for edit in source.edits if edit not in change.edits]
    change.doubt = change.doubt or source.doubt
    return source.text


def _shadowed(route: Route, sent: Upstream, lacking: list[str]) -> dict[str, Directive]:
    """Return the lines of outer blocks that would be sound here, by name."""
    assert route.state
    return {
        name: line
        for name in lacking
        for line in _named(sent.shadowed, name)[:1]
        if len(line.arguments) > 1 and _sound(name, expand(route.state, line.arguments[1]))
    }


def _sound(name: str, sent: Value | None) -> bool:
    if isinstance(sent, Unknown) or sent is None:
        return False
    tokens = {token.strip().lower() for token in sent.split(",")}
    return tokens == {"websocket"} if name == "Upgrade" else "upgrade" in tokens


def inherited(level: Level) -> tuple[Directive, ...]:
    """Return the proxy_set_header lines that a line of this very block shadows, but for fields that it sets itself."""
    own = {line.arguments[0].lower() for line in level.own("proxy_set_header") if line.arguments}
    above = level.parent.nearest("proxy_set_header") if level.parent and own else []
    return tuple(line for line in above if line.arguments and line.arguments[0].lower() not in own)
