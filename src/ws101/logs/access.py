"""A line of an access log as an entry: values come in as the texts that the line holds, whatever its layout.

Works as little as it can: such lines come by the hundred thousand. Knows no software's layout.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from ws101.logs import marking, requestline
from ws101.logs.entry import Entry, Told
from ws101.logs.line import Line
from ws101.signature import Says
from ws101.terms import Hop

# The values in the order in which `entry` takes them; an empty text or "-" is one that the line does not tell.
ORDER = (
    "client", "forwarded", "user", "request", "method", "target", "args", "version", "status", "size", "agent", "host",
    "scheme", "port", "upstream", "upstream_status", "first_byte", "took",
)  # fmt: skip
ABSENT = frozenset({"", "-"})
_ANSWERED = (Told.ANSWERED, Says.NOTHING, "")
_ZONED, _IN_PART = True, False

Outcome = tuple[Told, Says, str]


class Layout(NamedTuple):
    """Whose lines these are. `outcomes` are statuses with a meaning of their own; `own_statuses` are those that this software
    writes down as the upstream's where none answered. `tells_upstream` says that a line names the upstream if one was asked.
    """

    name: str
    software: str
    hop: Hop
    tells_upstream: bool = False
    outcomes: Mapping[str, Outcome] = MappingProxyType({})
    own_statuses: frozenset[str] = frozenset()


def entry(
    line: Line,
    layout: Layout,
    time: float | None,
    values: Sequence[str],
    headers: Mapping[str, str],
    identity: Mapping[str, str],
    *,
    zoned: bool = True,
) -> Entry:
    """Return the entry of a line; `values` are in the order of ORDER."""
    (client, forwarded, user, request, method, target, args, version, status, size, agent, host, scheme, port,
     upstream, upstream_status, first_byte, took) = values  # fmt: skip
    if request:
        method, target, version = requestline.split(request)
    elif args and args != "-" and "?" not in target:
        target = f"{target}?{args}"
    told, says, words = layout.outcomes.get(status, _ANSWERED)
    if not method and request:
        says, words = requestline.foreign(request), "" if request == "-" else request
    if agent.startswith(marking.PRODUCT):
        identity = _marked(identity, agent)
    return Entry(
        line.place,
        layout.name,
        layout.software,
        layout.hop,
        told,
        line.text,
        line.time if time is None else time,
        line.zoned if time is None else zoned,
        None,
        client,
        "" if forwarded == "-" else forwarded,
        "" if method == "-" else method,
        _scheme(scheme) if scheme else "",
        "" if host == "-" else host,
        number(port) if port else None,
        "" if target == "-" else target,
        version,
        headers,
        _IN_PART,
        int(status) if status.isdigit() else None,
        ("" if upstream in ABSENT else upstream) if layout.tells_upstream else None,
        _upstream_status(upstream_status, first_byte, layout) if upstream_status else None,
        seconds(took) if took else None,
        int(size) if size.isdigit() else None,
        "" if agent == "-" else agent,
        identity,
        says,
        words,
        "" if user == "-" else user,
        None,
        (),
        line.stream,
    )


def number(text: str) -> int | None:
    """Return the number of these digits, or None."""
    return int(text) if text.isdigit() and text.isascii() and len(text) < 19 else None


def seconds(text: str) -> float | None:
    """Return the number that this text is, or None."""
    try:
        return float(text)
    except ValueError:
        return None


def _scheme(text: str) -> str:
    """Return the scheme, also where the TLS version, or `on`, stands for it."""
    if text in {"http", "https", "ws", "wss"}:
        return text
    return "https" if text == "on" or text.startswith("TLS") else ""


def _upstream_status(text: str, first_byte: str, layout: Layout) -> int | None:
    """Return what the last of the tried upstreams answered: `502, 101` and `502 : 101` end with it."""
    last = text if text.isdigit() else text.rpartition(" ")[2]
    if last in layout.own_statuses and first_byte.rpartition(" ")[2] in ABSENT:
        return None
    return number(last)


def _marked(identity: Mapping[str, str], agent: str) -> Mapping[str, str]:
    mark = marking.probe(agent)
    return {**identity, "probe": mark} if mark else identity
