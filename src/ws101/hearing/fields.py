"""What of a request was sent, and what arrived: its fields, version, host and path, from hop to hop."""

import re
from collections.abc import Callable

from ws101.cause import RuledOut
from ws101.hearing.words import cite, saying, shortened, who
from ws101.logs import way
from ws101.logs.entry import Entry, Told
from ws101.logs.story import Story
from ws101.report import Fact
from ws101.signature import Says
from ws101.terms import Hop


def as_sent(story: Story, name: str) -> tuple[Entry, str] | None:
    """Return the outermost record of the request that tells of this field, if no hop before it can have changed it."""
    entry = way.telling(story, name)
    if entry is None or (entry.hop in way.BEHIND and way.fronted(story)):
        return None
    return entry, way.field(entry, name) or ""


def sent_without(story: Story, name: str) -> Fact | None:
    """Return the fact that the client did not send this field, where the outermost record shows that."""
    known = as_sent(story, name)
    if known is None or known[1]:
        return None
    return cite(known[0], f"{who(known[0])} saw no `{name}` in the request")


def arrived_without(story: Story, name: str) -> bool:
    """Return whether a server behind a proxy lists, or says of, a request that came without this field."""
    if way.fronted(story) is None:
        return False
    entry = way.telling(story, name, *way.BEHIND)
    missing = saying(story, Says.KEY_MISSING, hops=way.BEHIND) if name == "Sec-WebSocket-Key" else ()
    return bool(missing) or (entry is not None and not way.field(entry, name))


def lost_on_the_way(story: Story, name: str) -> tuple[Fact, Fact] | None:
    """Return the facts that a field was seen, and not any more further in."""
    passage = way.lost(story, name)
    if passage is None:
        return None
    before, after = passage
    return (
        cite(before, f"{who(before)} saw `{name}: {_shown(before, name)}`"),
        cite(after, f"{who(after)} saw a request without `{name}`"),
    )


def changed_on_the_way(story: Story, name: str) -> tuple[Fact, Fact] | None:
    """Return the facts that a field had one value, and another further in."""
    passage = way.changed(story, name)
    return (_saw(passage[0], name), _saw(passage[1], name)) if passage else None


def _saw(entry: Entry, name: str) -> Fact:
    return cite(entry, f"{who(entry)} saw `{name}: {_shown(entry, name)}`")


def _shown(entry: Entry, name: str) -> str:
    return shortened(way.field(entry, name) or "")


def reached_with(story: Story, name: str, value: str) -> RuledOut | None:
    """Return that the server itself saw this field with such a value."""
    for entry in story.at(*way.BEHIND):
        if entry.told is not Told.MEANT and value in (way.field(entry, name) or "").lower():
            return RuledOut(f"the server saw `{name}: {_shown(entry, name)}` ({entry.place})")
    return None


def outermost(story: Story, told: Callable[[Entry], object]) -> Entry | None:
    """Return the first record of the request that tells this, if no hop before it can have changed it."""
    entry = next((e for e in way.arrivals(story) if told(e)), None)
    return None if entry is None or (entry.hop in way.BEHIND and way.fronted(story)) else entry


def over_http2(story: Story) -> RuledOut | None:
    """Return that the request came over HTTP/2, where no Upgrade is sent, or None."""
    entry = outermost(story, lambda e: e.version)
    if entry is None or not entry.version.upper().startswith(("HTTP/2", "H2", "HTTP/3")):
        return None
    return RuledOut(f"the request came over {entry.version}, where no Upgrade is sent ({entry.place})")


def host_of(entry: Entry) -> str:
    """Return the host that this request named, without its port."""
    value = way.field(entry, "host") or entry.host
    return re.sub(r":\d+$", "", value.lower())


def naming_host(story: Story) -> Entry | None:
    """Return the outermost record of the request that names its host; what arrived goes before what was meant."""
    return next((e for e in (*way.arrivals(story), *story.entries) if host_of(e)), None)


def port_of(entry: Entry) -> int | None:
    """Return the port that this request went to: as the record tells, else as its Host names it."""
    named = re.search(r":(\d{1,5})$", way.field(entry, "host") or entry.host)
    return entry.port or (int(named[1]) if named else None)


def path_of(entry: Entry) -> str:
    """Return the path that this request asked for, without its query."""
    return entry.path.partition("?")[0]


# ---- paths


def paths(story: Story) -> tuple[Entry, Entry] | None:
    """Return the outermost hop's record of the path, and the server's."""
    outer = next((e for e in way.arrivals(story) if e.path and e.hop in way.BETWEEN), None)
    inner = next((e for e in way.arrivals(story) if e.path and e.hop in way.BEHIND), None)
    return (outer, inner) if outer and inner else None


def path_replaced(story: Story) -> bool:
    """Return whether the server was asked for a path that is neither the client's nor its end, as where a beginning is taken off."""
    pair = paths(story)
    return pair is not None and not path_of(pair[0]).endswith(path_of(pair[1]))


def refused_as_unknown(story: Story) -> Entry | None:
    """Return the 403 without a word of a server that answers so at a path where no WebSocket is served, as Starlette does."""
    here = (e for e in story.at(*way.BEHIND) if e.status == 403 and e.software == "uvicorn" and e.path)
    return next((e for e in here if e.says is Says.NOTHING), None)


def no_route(story: Story) -> Entry | None:
    """Return the record by which nothing is served at this path: by its words, or by a 404."""
    said = next(iter(saying(story, Says.NO_ROUTE, Says.NO_FILE)), None)
    return said or next((e for e in reversed(tuple(way.answers(story, *Hop))) if e.status == 404), None)
