"""Whether a handshake can become 101 by this way, and what stands against it, each reason with its line.

What the server behind answers is not known here: “possible” means that it gets a handshake that it may accept.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from ws101.nginx.model import Level, Model
from ws101.nginx.outcome import Answered, File, Passed, Undecided
from ws101.nginx.reach import lacks_resolver
from ws101.nginx.route import Route, last_rewrite
from ws101.nginx.simulate import Upstream
from ws101.nginx.tree import Directive
from ws101.nginx.value import Unknown

# What a server needs to accept (RFC 6455, 4.2.1), beside Upgrade and Connection.
_NEEDED = ("Sec-WebSocket-Key", "Sec-WebSocket-Version")
OF_101 = frozenset(
    {"upgrade", "sec-websocket-accept"}
)  # what a client needs in it; nginx writes Connection itself
_NEVER = {
    "fastcgi_pass": "FastCGI carries no upgrade",
    "grpc_pass": "gRPC goes over HTTP/2, which carries no Upgrade",
    "memcached_pass": "memcached answers no handshake",
}
_UNDEFINED = ", and unless a module does, nginx does not start"


class Possible(StrEnum):
    """Whether a 101 can come back."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Reason(NamedTuple):
    """One thing that stands against a 101, or why nobody can tell; `by` is the line to blame."""

    text: str
    by: Directive | None = None


class Conclusion(NamedTuple):
    """The answer, and its reasons: none where a 101 is possible."""

    possible: Possible
    reasons: tuple[Reason, ...] = ()


def conclude(model: Model, route: Route, upstream: Upstream | Undecided | None) -> Conclusion:
    """Return whether this way can end in a 101."""
    outcome = route.outcome
    if isinstance(outcome, Undecided):
        return Conclusion(Possible.UNKNOWN, (Reason(outcome.why, outcome.by),))
    if isinstance(outcome, Answered | File):
        return Conclusion(Possible.NO, (_answer(outcome),))
    if outcome.by.name in _NEVER:
        return Conclusion(Possible.NO, (Reason(_NEVER[outcome.by.name], outcome.by),))
    if not isinstance(upstream, Upstream):
        why = Reason(upstream.why, upstream.by) if upstream else Reason("nothing is passed on")
        return Conclusion(Possible.UNKNOWN, (why,))
    found = tuple(_against(model, route, outcome, upstream))
    if found:
        return Conclusion(Possible.NO, found)
    doubt = tuple(_doubts(upstream))
    return Conclusion(Possible.UNKNOWN if doubt else Possible.YES, doubt)


def _answer(outcome: Answered | File) -> Reason:
    if isinstance(outcome, File):
        return Reason("a file answers, or nothing does", outcome.by)
    if outcome.status == 444:
        return Reason("nginx closes the connection without an answer", outcome.by)
    if 300 <= outcome.status < 400:
        where = f" to {outcome.location}" if outcome.location else ""
        return Reason(
            f"nginx redirects{where} ({outcome.status}), and WebSocket clients do not follow", outcome.by
        )
    return Reason(f"nginx itself answers {outcome.status}", outcome.by)


def _against(model: Model, route: Route, passed: Passed, sent: Upstream) -> Iterator[Reason]:
    state = route.state
    assert state
    if lacks_resolver(model, state.level, passed.by, sent.server):
        yield Reason(
            f"{sent.server} cannot be looked up: no resolver is in force, and nginx answers 502", passed.by
        )
    if state.error:
        yield Reason(f"it came here by an error_page, which keeps the status {state.error}", passed.by)
    if sent.method != "GET":
        yield Reason(f"the upstream is asked by {sent.method}", _line(state.level, "proxy_method"))
    if isinstance(sent.target, str) and not sent.target.startswith("/"):
        yield Reason(
            f"the upstream is asked for `{sent.target}`, a path without its slash", last_rewrite(route)
        )
    yield from _upgrade(sent)
    if sent.protocol != "HTTP/1.1":
        yield Reason(
            f"the upstream is spoken to in {sent.protocol}", _line(state.level, "proxy_http_version")
        )
    for hiding in state.level.nearest("proxy_hide_header"):
        if hiding.arguments[0].lower() in OF_101:
            yield Reason(f"{hiding.arguments[0]} is taken out of the 101", hiding)
    asked = {name.lower() for name, _ in route.ask.headers}
    for name in _NEEDED:
        if name.lower() in asked and sent.field(name) is None:
            line = _setter(sent, name) or _line(state.level, "proxy_pass_request_headers")
            yield Reason(f"the upstream gets no {name}", line)


def _upgrade(sent: Upstream) -> Iterator[Reason]:
    """Yield what is wrong with Upgrade and Connection; a value that cannot be known is not wrong."""
    upgrade, connection = sent.field("upgrade"), sent.field("connection")
    if upgrade is None:
        yield _missing(sent, "Upgrade", "no Upgrade")
    elif isinstance(upgrade, str) and upgrade.lower() != "websocket":
        yield _missing(sent, "Upgrade", f"Upgrade: {upgrade}")
    if connection is None:
        yield _missing(sent, "Connection", "no Connection")
    elif isinstance(connection, str) and "upgrade" not in _members(connection):
        yield _missing(sent, "Connection", f"Connection: {connection}")


def _missing(sent: Upstream, name: str, got: str) -> Reason:
    """Blame the line that sets the field, else the one that would, had inner lines not replaced it, else nginx itself."""
    if line := _setter(sent, name):
        return Reason(f"the upstream gets {got}", line)
    lost = next(
        (one for one in sent.shadowed if one.arguments[:1] and one.arguments[0].lower() == name.lower()), None
    )
    if lost:
        return Reason(
            f"the upstream gets {got}: the lines of an inner block replace the one that sets it", lost
        )
    return Reason(f"the upstream gets {got}, for no line sets it")


def _members(value: str) -> set[str]:
    return {member.strip().lower() for member in value.split(",")}


def _setter(sent: Upstream, name: str) -> Directive | None:
    for dropped in sent.dropped:
        if dropped.name.lower() == name.lower() and dropped.by:
            return dropped.by
    return next((field.by for field in sent.fields if field.name.lower() == name.lower()), None)


def _line(level: Level, name: str) -> Directive | None:
    return next(iter(level.nearest(name)), None)


def _doubts(sent: Upstream) -> Iterator[Reason]:
    for name in ("upgrade", "connection"):
        value = sent.field(name)
        if isinstance(value, Unknown):
            text = f"{name.capitalize()} depends on what cannot be known: {value.why}"
            yield Reason(
                f"{text}{_UNDEFINED if value.why.startswith('nobody defines') else ''}", _setter(sent, name)
            )
    if isinstance(sent.server, Unknown):
        yield Reason(f"where it goes cannot be known: {sent.server.why}", sent.by)
