"""What speaks against a cause: how far a handshake got, and who answered it."""

import re

from ws101.cause import RuledOut
from ws101.hearing.upgrade import plain_request
from ws101.hearing.words import cite, own_path, saying, who
from ws101.logs import way
from ws101.logs.entry import Told
from ws101.logs.story import Story
from ws101.report import Fact
from ws101.signature import Says
from ws101.terms import Hop

_DIALLED = re.compile(
    r"Connect call failed \('[^']{1,60}', (\d{1,5})|(?:\d{1,3}\.){3}\d{1,3}:(\d{1,5})"
)  # asyncio, Node.js, Go


def worked(story: Story) -> RuledOut | None:
    """Return that the handshake reached its 101, or None."""
    entry = way.met(story)
    return RuledOut(f"the handshake met 101 ({entry.place})") if entry and entry.status == 101 else None


def connected(story: Story) -> RuledOut | None:
    """Return why nothing before the request can have failed: it arrived, or was answered."""
    if done := worked(story):
        return done
    entry = next((e for e in way.arrivals(story)), None)
    if entry is not None:
        return RuledOut(f"the request reached {who(entry)} ({entry.place})")
    entry = way.met(story)
    return RuledOut(f"an HTTP answer came: {entry.status} ({entry.place})") if entry else None


def refused_elsewhere(story: Story) -> Fact | None:
    """Return that the address which refused is not the one that the URL names, as where a forward proxy is dialled."""
    meant = next((e.port for e in story.at(Hop.CLIENT) if e.told is Told.MEANT and e.port), None)
    for entry in saying(story, Says.REFUSED, hops=(Hop.CLIENT,)):
        dialled = _DIALLED.search(entry.words)
        port = (dialled[1] or dialled[2]) if dialled else ""
        if port and meant and int(port) != meant:
            return cite(entry, f"port {port} refused, and the URL names {meant}")
    return None


def answer_came(story: Story) -> RuledOut | None:
    """Return that an answer came back to the client, or None."""
    entry = next(way.answers(story, Hop.CLIENT), None)
    return RuledOut(f"the client met an answer: {entry.status} ({entry.place})") if entry else worked(story)


def refused_otherwise(story: Story, *statuses: int) -> RuledOut | None:
    """Return that the client met a status that is none of these, or None."""
    entry = way.met(story)
    if entry is None or entry.status in statuses:
        return None
    return RuledOut(f"the answer is {entry.status} ({entry.place})")


def another_reason(story: Story, *says: Says) -> RuledOut | None:
    """Return that a proxy which refused by itself gives another reason than these, or None."""
    entry = way.own_answer(story)
    if entry is None or entry.says in {Says.NOTHING, *says}:
        return None
    return RuledOut(f"{who(entry)} gives another reason: {entry.says.value} ({entry.place})")


def by_server(story: Story) -> RuledOut | None:
    """Return that the server itself answered, or None."""
    known = way.server_status(story)
    return RuledOut(f"the server answered {known[1]} ({known[0].place})") if known else None


def server_answered(story: Story) -> RuledOut | None:
    """Return that the server itself answered, or that a proxy did without asking it, or None."""
    return by_server(story) or own(story)


def past_edge(story: Story) -> RuledOut | None:
    """Return that the request came past the edge, or None."""
    if done := worked(story):
        return done
    entry = next((e for e in way.arrivals(story) if e.hop is not Hop.CDN), None)
    return RuledOut(f"it reached {who(entry)}, past any edge ({entry.place})") if entry else None


def over_tls(story: Story) -> RuledOut | None:
    """Return that the outermost hop saw the request come over TLS, or None."""
    entry = next(way.arrivals(story), None)
    if entry is None or entry.scheme not in {"https", "wss"}:
        return None
    return RuledOut(f"{who(entry)} saw it come over TLS ({entry.place})")


def not_sent(story: Story) -> RuledOut | None:
    """Return why the request cannot be to blame: it worked, or none was sent."""
    if done := worked(story):
        return done
    entry = way.before_http(story)
    why = f"the connection failed before a request was sent: {entry.says.value}" if entry else ""
    return RuledOut(f"{why} ({entry.place})") if entry else None


def beyond_proxy(story: Story) -> RuledOut | None:
    """Return why no proxy can have refused it by itself: it was passed on, or never came to a proxy."""
    if (out := not_sent(story)) or (out := _not_at(story, Hop.PROXY)):
        return out
    entry = way.passed_on(story)
    if entry is None:
        return None
    if entry.hop in way.BEHIND:
        return RuledOut(f"it reached the server ({entry.place})")
    return RuledOut(
        f"{who(entry)} passed it on{f' to {entry.upstream}' if entry.upstream else ''} ({entry.place})"
    )


def before_server(story: Story) -> RuledOut | None:
    """Return why nothing at or before the server can be to blame: it did not get there."""
    if (out := not_sent(story)) or (out := own(story)):
        return out
    return _not_at(story, Hop.PROXY) or _not_at(story, Hop.SERVER)


def own(story: Story) -> RuledOut | None:
    """Return that a proxy refused it by itself, or None."""
    entry = way.own_answer(story)
    if entry is None:
        return None
    if entry.upstream == "" and entry.status is not None:
        return RuledOut(
            f"{who(entry)} answered {entry.status} by itself, and asked no server ({entry.place})"
        )
    return RuledOut(f"{who(entry)} refused it by itself ({entry.place})")


def _not_at(story: Story, hop: Hop) -> RuledOut | None:
    silence = way.silent(story, hop)
    if silence is None:
        return None
    return RuledOut(
        f"it did not reach the {hop.value}: {silence.witness.source} has no line of it, and {silence.why}"
    )


# ---- after the 101


def never_opened(story: Story) -> RuledOut | None:
    """Return that no hop tells of a 101, though the client met another answer or none; None where one does."""
    if way.opened(story) is not None:
        return None
    if out := not_sent(story):
        return out
    entry = way.met(story)
    return RuledOut(f"no 101 came, but {entry.status} ({entry.place})") if entry else None


def lasted(story: Story) -> float | None:
    """Return for how many seconds the socket was open, by a proxy's line of the 101 or by the times of its end."""
    took = next((e.took for e in story.entries if e.status == 101 and e.took is not None), None)
    if took is not None:
        return took
    opening = next((e for e in story.entries if e.status == 101 and e.time is not None), None)
    ending = next((e for e in story.entries if e.told is Told.ENDED and e.time is not None), None)
    if opening is None or ending is None or opening.time is None or ending.time is None:
        return None
    same_clock = opening.place.source == ending.place.source
    return max(0.0, ending.time - opening.time) if same_clock else None


def upgrade_gone(story: Story) -> RuledOut | None:
    """Return that the server saw a request without an upgrade, so that it is not its routes that refuse, or None."""
    old = next(
        (e for e in story.at(*way.BEHIND) if e.version == "HTTP/1.0" and e.told is not Told.MEANT), None
    )
    if old is not None:
        return RuledOut(f"the server saw HTTP/1.0, over which nothing is upgraded ({old.place})")
    entry = next(iter(plain_request(story)), None)
    if entry is None or entry.says in {Says.NOT_A_HANDSHAKE, Says.PLAIN_NOT_FOUND}:
        return None  # so a route without a socket answers, too
    if way.body_of(entry) and not own_path(entry):
        return None  # another answer may be as long
    return RuledOut(f"the server saw no upgrade in the request ({entry.place})")
