"""The limits of nginx that a handshake and the socket after it meet on this way, each with its line or nginx's default."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ws101.nginx.intake import header_buffers
from ws101.nginx.model import Level, Model
from ws101.nginx.route import Route
from ws101.nginx.simulate import Upstream
from ws101.nginx.tree import Directive, flattened

_RATE = re.compile(r"(\d+)r/([sm])")
_PART = re.compile(r"(\d+)(ms|[smhdwMy]?)")
_UNITS = {
    "ms": 0.001, "s": 1, "": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2592000, "y": 31536000,
}  # fmt: skip
_WORDS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
_TIGHT = 0.5  # of a buffer; a header that takes more is worth a word


class Limit(NamedTuple):
    """One limit; `name` is the directive that sets it, `by` its line, None for nginx's default. `tight` where it may be met."""

    name: str
    text: str
    by: Directive | None = None
    tight: bool = False


def limits_of(model: Model, route: Route, sent: Upstream | None) -> tuple[Limit, ...]:
    """Return the limits in the order in which a handshake meets them."""
    state = route.state
    if state is None:
        return ()
    found = [*_of_head(route, state.level), *_of_rates(model, state.level)]
    if sent is not None:
        found += [*_of_socket(state.level), *_of_process(model)]
    return tuple(found)


def reached(level: Level, status: int | None) -> tuple[Directive, ...]:
    """Return the lines in force that answer a handshake so where their limit is reached."""
    return tuple(
        line
        for name in ("limit_req", "limit_conn")
        for line in level.nearest(name)
        if level.setting(f"{name}_status", "503") == str(status)
    )


def _of_head(route: Route, level: Level) -> Iterator[Limit]:
    server = route.server or level
    yield _time(server, "client_header_timeout", 60, "the handshake's head must be there within {}")
    number, size, line = header_buffers(server)
    lengths = [len(f"{name}: {value}\r\n") for name, value in route.ask.headers]
    longest, whole = max(lengths, default=0), sum(lengths)
    text = f"its longest header line has {longest:,} bytes of {size:,}, all of them {whole:,} of {number * size:,}"
    tight = longest > _TIGHT * size or whole > _TIGHT * number * size
    yield Limit("large_client_header_buffers", text, line, tight)


def _of_rates(model: Model, level: Level) -> Iterator[Limit]:
    for line in level.nearest("limit_req"):
        burst = next((word[6:] for word in line.arguments if word.startswith("burst=")), "")
        more = f", and {burst} more at once" if burst else ""
        rate = _of_zone(model, "limit_req_zone", line, "rate=") or "the rate of its zone"
        status = level.setting("limit_req_status", "503")
        text = (
            f"handshakes are let in at {rate}{_key(model, 'limit_req_zone', line)}{more}; others get {status}"
        )
        yield Limit("limit_req", text, line, tight=True)
    for line in level.nearest("limit_conn"):
        most = line.arguments[1] if len(line.arguments) > 1 else "?"
        status = level.setting("limit_conn_status", "503")
        key = _key(model, "limit_conn_zone", line)
        text = f"at most {most} sockets are open at a time{key}; others get {status}"
        yield Limit("limit_conn", text, line, tight=True)


def refill(model: Model, level: Level) -> float | None:
    """Return the seconds after which every limit_req in force lets one more through, if nobody else comes; None where none is known."""
    rates = [
        _RATE.fullmatch(_of_zone(model, "limit_req_zone", line, "rate="))
        for line in level.nearest("limit_req")
    ]
    return max((_UNITS[rate[2]] / int(rate[1]) for rate in rates if rate and int(rate[1])), default=None)


def _zone(model: Model, name: str, line: Directive) -> Directive | None:
    """Return the line that defines the zone of a limit."""
    word = next(
        (word[5:] for word in line.arguments if word.startswith("zone=")), (line.arguments or ("",))[0]
    )
    zones = (one for one in model.http.own(name) if len(one.arguments) > 1)
    return next((one for one in zones if _of(one, "zone=").partition(":")[0] == word), None)


def _of_zone(model: Model, name: str, line: Directive, prefix: str) -> str:
    zone = _zone(model, name, line)
    return _of(zone, prefix) if zone else ""


def _of(line: Directive, prefix: str) -> str:
    return next((word.removeprefix(prefix) for word in line.arguments if word.startswith(prefix)), "")


def _key(model: Model, name: str, line: Directive) -> str:
    zone = _zone(model, name, line)
    return f" for each {zone.arguments[0]}" if zone else ""


def _of_socket(level: Level) -> Iterator[Limit]:
    yield _time(level, "proxy_connect_timeout", 60, "the upstream must take the connection within {}")
    silence = _time(level, "proxy_read_timeout", 60, "a socket that is silent both ways is cut after {}")
    yield silence._replace(tight=(seconds_of(level.setting("proxy_read_timeout", "60")) or 60) <= 60)
    yield _time(level, "proxy_send_timeout", 60, "the upstream must go on reading within {}")
    yield _time(level, "send_timeout", 60, "and so must the client within {}")


def _of_process(model: Model) -> Iterator[Limit]:
    top = tuple(flattened(model.configuration.main.directives))
    inside = [*top, *(child for block in top if block.name == "events" for child in block.children())]
    lines = {line.name: line for line in inside if line.arguments}
    if "events" in {line.name for line in top} or "worker_connections" in lines:
        line = lines.get("worker_connections")
        number = int(line.arguments[0]) if line and line.arguments[0].isdigit() else 512
        text = f"a worker holds {number:,} connections, and each socket takes two of them"
        yield Limit("worker_connections", text, line)
    if line := lines.get("worker_shutdown_timeout"):
        text = f"a reload cuts every socket after {_duration(line.arguments[0])}"
        yield Limit("worker_shutdown_timeout", text, line, tight=True)


def _time(level: Level, name: str, usual: int, text: str) -> Limit:
    line = next(iter(level.nearest(name)), None)
    word = line.arguments[0] if line and line.arguments else str(usual)
    return Limit(name, text.format(_duration(word)), line)


def seconds_of(text: str) -> float | None:
    """Return a time as nginx writes it in seconds: `60`, `1h30m`, `500ms`; None for no time."""
    parts = _PART.findall(text)
    if not parts or "".join(f"{number}{unit}" for number, unit in parts) != text.replace(" ", ""):
        return None
    return float(sum(int(number) * _UNITS[unit] for number, unit in parts))


def _duration(text: str) -> str:
    seconds = seconds_of(text)
    if seconds is None:
        return text
    size, word = next(((s, w) for s, w in _WORDS if seconds >= s and seconds % s == 0), (1, "second"))
    number = f"{seconds / size:g}"
    return f"{number} {word}{'' if number == '1' else 's'}"
