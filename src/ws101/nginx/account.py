"""The whole account of one handshake's way through a configuration, in texts and places alone, for whoever shows it.

Composes what the other modules know; decides nothing.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar, cast

from msgspec.structs import replace

from ws101.nginx.arrival import arrive, listening
from ws101.nginx.ask import Ask, Version
from ws101.nginx.conclusion import Conclusion, Possible, Reason, conclude
from ws101.nginx.fragment import completed
from ws101.nginx.limit import limits_of
from ws101.nginx.model import Model
from ws101.nginx.outcome import Step
from ws101.nginx.reach import group_of
from ws101.nginx.remark import Remark, remarks_on
from ws101.nginx.route import Route, route
from ws101.nginx.simulate import HTTP_1_1, Upstream, simulate
from ws101.nginx.tree import Directive
from ws101.nginx.value import Unknown, Value
from ws101.nginx.variable import names_in

T = TypeVar("T")
_BEFORE: Version = (1, 29, 6)  # the last version that speaks HTTP/1.0 to upstreams by itself
_MOST_TROUBLES = 20
_LONGEST = 500  # characters of a line that are shown


class Line(NamedTuple):
    """A directive as it is written, without its block, on one line; `line` and `column` from 1."""

    file: str
    line: int
    column: int
    text: str


class Said(NamedTuple):
    """A sentence, and the line that it speaks of; `weighty` where it may break a WebSocket."""

    text: str
    line: Line | None = None
    weighty: bool = False


class Bound(NamedTuple):
    """A limit: the directive that sets it, what it comes to, and its line; without a line it is nginx's default."""

    directive: str
    text: str
    line: Line | None = None
    tight: bool = False


class Field(NamedTuple):
    """A field that upstream gets; `value` is None where it cannot be known, and `why` tells why.

    `origin` is "line", "nginx" or "client"; `map` is the map that gave the value.
    """

    name: str
    value: str | None
    origin: str
    line: Line | None = None
    map: Line | None = None
    why: str = ""


class Lost(NamedTuple):
    """A field of the client's that does not arrive, or not as it was; `value` is what the client sent."""

    name: str
    value: str
    why: str
    line: Line | None = None


class Behind(NamedTuple):
    """What the upstream sees. `server` and `target` are None where they cannot be known; `servers` are an upstream block's."""

    scheme: str
    server: str | None
    servers: tuple[str, ...]
    method: str
    target: str | None
    protocol: str
    protocol_line: Line | None
    line: Line
    fields: tuple[Field, ...]
    lost: tuple[Lost, ...]
    shadowed: tuple[Line, ...]


class Account(NamedTuple):
    """The account. `possible` is yes, no or unknown; `unread` are parts of the configuration that could not be read."""

    possible: str
    reasons: tuple[Said, ...]
    status: int | None
    steps: tuple[Said, ...]
    upstream: Behind | None
    limits: tuple[Bound, ...]
    remarks: tuple[Said, ...]
    assumed: tuple[str, ...]
    unread: tuple[Said, ...]
    unread_more: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing of the configuration is missing."""
        return not self.unread


def retold(value: T, change: Callable[[str], str]) -> T:
    """Return an account, or a part of one, with every text changed."""
    if isinstance(value, str):
        return cast("T", change(value))
    if isinstance(value, tuple):
        make = getattr(value, "_make", tuple)  # of a NamedTuple, as all parts of an account are
        return cast("T", make(retold(member, change) for member in value))
    return value


def account(model: Model, ask: Ask, *, version_known: bool = True) -> Account:
    """Return the account of this request; with `version_known` false, what other versions do is told where it differs."""
    model, granted = completed(model, ask)
    arrival = arrive(model, ask)
    if arrival.elsewhere is not None:
        return _elsewhere(model, arrival.steps, arrival.elsewhere)
    taken = route(model, arrival.ask)
    upstream = simulate(taken)
    sent = upstream if isinstance(upstream, Upstream) else None
    concluded = conclude(model, taken, upstream)
    listen = listening(model, arrival.ask)
    first = [_listens(arrival.ask, listen[1].directive)] if listen else []
    other = [] if version_known else _otherwise(model, taken, concluded)
    return Account(
        concluded.possible.value,
        tuple(map(_reason, concluded.reasons)),
        taken.status,
        tuple(map(_step, filter(_shown, (*arrival.steps, *first, *taken.steps)))),
        _behind(model, taken, sent) if sent else None,
        tuple(Bound(one.name, one.text, _line(one.by), one.tight) for one in limits_of(model, taken, sent)),
        tuple(
            Said(one.text, _line(one.by), one.weighty) for one in (*other, *remarks_on(model, taken, sent))
        ),
        (*granted, *arrival.assumed, *taken.assumed, *_empty_globs(model)),
        *_unread(model),
    )


def _elsewhere(model: Model, steps: tuple[Step, ...], by: Directive) -> Account:
    """Account for what a stream block takes: nginx passes bytes, and a handshake that it does not read is not changed."""
    said = tuple(map(_step, steps))
    text = "nginx passes the bytes on and reads no handshake: what answers is behind it"
    reasons = (Said(text, _line(by)),)
    return Account("unknown", reasons, None, said, None, (), (), _empty_globs(model), *_unread(model))


def _listens(ask: Ask, by: Directive | None) -> Step:
    return Step(f"it comes to port {ask.port}{' by TLS' if ask.tls else ''}", by)


def _otherwise(model: Model, taken: Route, concluded: Conclusion) -> list[Remark]:
    """Say what a version would do that has the other defaults, where that makes a difference."""
    newer = taken.ask.nginx >= HTTP_1_1
    ask = replace(taken.ask, nginx=_BEFORE if newer else HTTP_1_1)
    again = route(model, ask)
    there = conclude(model, again, simulate(again))
    if concluded.possible is not Possible.YES or there.possible is not Possible.NO:
        return []
    when = "before nginx 1.29.7" if newer else "from nginx 1.29.7 on"
    reasons = ", and ".join(reason.text for reason in there.reasons)
    return [Remark(f"{when} no 101 comes of it: {reasons}", there.reasons[0].by, weighty=True)]


# ---- what upstream sees


def _behind(model: Model, taken: Route, sent: Upstream) -> Behind:
    state, group = taken.state, group_of(model, sent.server)
    assert state
    protocol = next(iter(state.level.nearest("proxy_http_version")), None)
    values = dict(reversed([(name.lower(), value) for name, value in taken.ask.headers]))
    return Behind(
        sent.scheme,
        _known(sent.server),
        tuple(" ".join(one.arguments) for one in group.servers) if group else (),
        sent.method,
        _known(sent.target),
        sent.protocol,
        _line(protocol),
        _placed(sent.by),
        tuple(_field(model, one.name, one.value, one.by, from_client=one.from_client) for one in sent.fields),
        tuple(_losses(sent, values)),
        tuple(map(_placed, sent.shadowed)),
    )


def _field(model: Model, name: str, value: Value, by: Directive | None, *, from_client: bool) -> Field:
    origin = "line" if by else "client" if from_client else "nginx"
    why = value.why if isinstance(value, Unknown) else ""
    return Field(name, _known(value), origin, _line(by), _line(_map_in(model, by)), why)


def _losses(sent: Upstream, values: dict[str, str]) -> Iterator[Lost]:
    """Yield what does not arrive as it was sent, but for what differs in case alone."""
    for one in sent.dropped:
        was, got = values.get(one.name.lower(), ""), sent.field(one.name)
        if isinstance(got, str) and got.lower() == was.lower():
            continue
        why = f"{one.why}: `{got}`" if isinstance(got, str) else one.why
        yield Lost(one.name, was, why, _line(one.by))


def _map_in(model: Model, by: Directive | None) -> Directive | None:
    """Return the first `map` that the line's value comes out of."""
    names = names_in(by.arguments[1]) if by and len(by.arguments) > 1 else ()
    return next((model.variables.maps[name] for name in names if name in model.variables.maps), None)


def _known(value: Value) -> str | None:
    return value if isinstance(value, str) else None


# ---- lines


def _step(step: Step) -> Said:
    return Said(step.what, _line(step.directive))


def _shown(step: Step) -> bool:
    """Leave out what the server decides that was put around locations: it has no line."""
    return step.directive is None or bool(step.directive.text)


def _reason(reason: Reason) -> Said:
    return Said(reason.text, _line(reason.by))


def _line(directive: Directive | None) -> Line | None:
    return None if directive is None or not directive.text else _placed(directive)


def _placed(directive: Directive) -> Line:
    file, number, column = directive.place
    text = _cut(" ".join(directive.text[: 4 * _LONGEST].split()))
    return Line(file, number, column, f"{text} {{" if directive.block is not None else text)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


# ---- what is not there


def _empty_globs(model: Model) -> tuple[str, ...]:
    """Name the globs that match nothing: the files may lie elsewhere here."""
    return tuple(
        f"`include {line.arguments[0]}` ({line.place}) matches no file" for line in model.configuration.empty
    )


def _unread(model: Model) -> tuple[tuple[Said, ...], int]:
    every = list(_troubles(model))
    return tuple(every[:_MOST_TROUBLES]), max(0, len(every) - _MOST_TROUBLES)


def _troubles(model: Model) -> Iterator[Said]:
    files = {file.name: file for file in model.configuration.files}
    for place, what, _ in model.troubles:
        file = files.get(place.file)
        text = _cut(file.line(place.line).strip()) if file and file.text else ""
        yield Said(what, Line(*place, text))
