"""Leads the handshake to a server: a location of its own, another address, a resolver; and lets the server's answer through."""

import re
from collections.abc import Iterator

from ws101.nginx.edit import Edit
from ws101.nginx.intake import size_of
from ws101.nginx.model import Location, Server
from ws101.nginx.outcome import Passed
from ws101.nginx.placing import into, quoted, unit, word
from ws101.nginx.reach import lacks_resolver
from ws101.nginx.repair import Repair
from ws101.nginx.route import Route
from ws101.nginx.simulate import Upstream, simulate
from ws101.nginx.tree import Directive

YOURS = "your_server"
_PATH = re.compile(r"/[A-Za-z0-9/_.~-]*")
_URL = re.compile(r"(https?://)(unix:[^:]+|[^/?#$]+)")
_PAGE = 4096  # bytes; proxy_buffer_size is one page of memory unless it is set


def own_location(route: Route, server: str = "") -> Repair | None:
    """Return a location for this very path that passes upgrades on, where a file answers and no location of another kind.

    It leads to `server`, else to where the other locations of this server lead, if they agree, else to a name to be replaced.
    """
    if route.server is None or route.state is None or isinstance(route.outcome, Passed):
        return None
    path, block = route.ask.target.partition("?")[0], route.server.directive
    if block is None or not _PATH.fullmatch(path) or path in route.server.locations.exact:
        return None
    to = server or _only(route.server) or YOURS
    step = unit(block.file)
    lines = (
        f"location = {path} {{",
        f"{step}proxy_pass http://{to};",
        f"{step}proxy_http_version 1.1;",
        f"{step}proxy_set_header Host       $http_host;",
        f"{step}proxy_set_header Upgrade    $http_upgrade;",
        f'{step}proxy_set_header Connection "upgrade";',
        "}",
    )
    which = (
        f"put the address of yours in the place of {YOURS}"
        if to == YOURS
        else f"whether {to} is the one meant, only you know"
    )
    edits = into(block, lines, route.server.own("location"))
    return Repair("proxy-serves-fallback-page", f"give {path} a location of its own", edits, which)


def fallback(route: Route) -> Repair | None:
    """Return what lets the server's refusal through, or a location that leads to a server of this very file."""
    if route.server is None or (own := _only(route.server)) == "":
        return refusal(route)
    return refusal(route) or own_location(route, own)


def _only(server: Server) -> str:
    """Return the one server that the locations of this one lead to, if there is a single one."""
    named = {
        found[2] for line in _handlers(server) if line.arguments and (found := _URL.match(line.arguments[0]))
    }
    return named.pop() if len(named) == 1 else ""


def _handlers(level: Server | Location) -> Iterator[Directive]:
    for one in level.locations.every:
        if one.handler is not None and one.handler.name == "proxy_pass":
            yield one.handler
        yield from _handlers(one)


def refusal(route: Route) -> Repair | None:
    """Return what lets the server's own refusal through, where nginx puts a page in its place."""
    location = route.location
    if location is None or location.directive is None or not isinstance(simulate(route), Upstream):
        return None
    if location.setting("proxy_intercept_errors", "off") != "on":
        return None
    own = location.own("proxy_intercept_errors")
    line = "proxy_intercept_errors off;"
    edits = (
        (word(own[0], 1, "off"),) if own else into(location.directive, (line,), location.own("proxy_pass"))
    )
    doubt = "the page of your own is not shown at this place any more"
    return Repair("proxy-serves-fallback-page", "let the server's own refusal through", edits, doubt)


def resolver(route: Route) -> Repair | None:
    """Return a resolver, where a name is looked up for each request and none is set."""
    sent, state = simulate(route), route.state
    if not isinstance(sent, Upstream) or route.server is None or state is None or state.model.partial:
        return None
    if route.server.directive is None or not lacks_resolver(state.model, state.level, sent.by, sent.server):
        return None
    edits = into(route.server.directive, ("resolver 127.0.0.11 valid=10s;",), route.server.own("server_name"))
    doubt = "127.0.0.11 is Docker's own; elsewhere it is the address of your name server"
    return Repair("upstream-name-unresolved", "set a resolver", edits, doubt)


def moved(route: Route, server: str) -> Repair | None:
    """Return what leads the handshake to another server, given as host and port."""
    sent = simulate(route)
    found = _URL.match(sent.by.arguments[0]) if isinstance(sent, Upstream) else None
    if not isinstance(sent, Upstream) or found is None or found[2] == server:
        return None
    start = sent.by.words[1].start + len(sent.by.words[1].quote) + len(found[1])
    edit = Edit(sent.by.file, start, start + len(found[2]), quoted(server))
    doubt = f"only you know whether nginx reaches {server} as this machine does"
    return Repair("upstream-refused", f"pass the handshake on to {server}", (edit,), doubt)


def buffer(route: Route, length: int) -> Repair | None:
    """Return a buffer that holds an answer's head of this many bytes, where the one in force does not."""
    location = route.location
    if location is None or location.directive is None or not isinstance(simulate(route), Upstream):
        return None
    if length <= (size_of(location.setting("proxy_buffer_size", "")) or _PAGE):
        return None
    size = 2 * _PAGE
    while size < length + _PAGE:
        size *= 2
    own = location.own("proxy_buffer_size")
    text = f"{size // 1024}k"
    lines = [] if own else [f"proxy_buffer_size {text};"]
    lines += (
        [] if location.own("proxy_buffers") else [f"proxy_buffers 8 {text};"]
    )  # as large, or nginx refuses it
    edits = (
        *((word(own[0], 1, text),) if own else ()),
        *(into(location.directive, lines, location.own("proxy_pass")) if lines else ()),
    )
    what = f"let nginx take an answer's head of {length} bytes"
    return Repair("upgrade-lost-on-the-way-back", what, edits)
