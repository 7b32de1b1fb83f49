"""The server's 101 arrives without its Upgrade or Connection, or not at all

## What happens
The client gets a 101 that a strict client must drop: the fields that make it an upgrade are missing.

## Why
A proxy hides or rewrites response fields (`proxy_hide_header`, a middlebox), or answers 101 with its own head. A development
server's proxy on Node (http-proxy-middleware, Vite, webpack) asks the server, and drops its 101 unless `ws: true` stands there. Response
buffering and caches never apply to a real 101.

## How we know
The 101 lacks Upgrade or Connection, which RFC 6455, 4.2.2 demands. A 101 whose head is malformed, or larger than the
proxy's buffer (`proxy_buffer_size`), becomes the proxy's 502: its error log says so. Where the 101 is never passed
on, only the whole handshake stays unanswered; with --direct the server shows that it takes it.
With the configuration (`--nginx-config`), the server behind is asked, too, where it is on this machine: it may break off in its 101
by itself, and then no line is at fault. Else the line is named; whether the buffer is too small, --direct must show, too.
In logs the server answered 101, and the proxy or the client tells another status.

## What to do
Let Upgrade, Connection and Sec-WebSocket-Accept through on the way back.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.attempt import Ending, Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import blame, outside, without
from ws101.logs import way
from ws101.logs.story import Story
from ws101.nginx.circumstance import Circumstance, State
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

# http-proxy, on which http-proxy-middleware, Vite's and webpack's development servers stand.
_SWITCHED_OFF = Remedy(
    "Have the proxy take upgrades: a development server's on Node does with ws: true, and leaves them without an answer else.",
    Hop.PROXY,
    patch="ws: true",
)
_FIELDS = frozenset({"upgrade", "connection"})


def judge(evidence: Evidence) -> Ruling:
    baseline = evidence.baseline
    if evidence.works:
        return RuledOut("the 101 is complete")
    if baseline is None:
        return Unknown("an HTTP answer")
    if evidence.says is Says.UPSTREAM_DOWN and evidence.status in {500, 502}:
        text = (
            f"{evidence.proxy} answers {evidence.status}, as it does when it cannot use the server's answer"
        )
        return Supported(Certainty.POSSIBLE, (Fact(text, "the answer"),))
    if facts := _swallowed(evidence):
        return Supported(Certainty.LIKELY, facts, _SWITCHED_OFF)
    if evidence.ended(Layer.HTTP, Ending.SILENT) and (others := _answered(evidence)):
        fact = Fact("only the whole handshake gets no answer; others do", f"experiments {', '.join(others)}")
        return Supported(Certainty.POSSIBLE, (fact,))
    if not baseline.upgraded:
        return (
            RuledOut("no 101 came back")
            if evidence.refused
            else Unknown("the server's log: did it send 101?")
        )
    lost = [breach for breach in baseline.breaches if breach.field.lower() in _FIELDS]
    if not lost:
        return RuledOut("the 101 carries Upgrade and Connection")
    facts = tuple(Fact(f"{breach.text} ({breach.section})", "the answer's head") for breach in lost)
    if evidence.mends("direct"):
        return Supported(
            evidence.by_flip,
            (*facts, Fact("straight to the server the 101 is complete", "experiment direct")),
        )
    return Supported(Certainty.LIKELY if evidence.proxy else Certainty.POSSIBLE, facts)


def _swallowed(evidence: Evidence) -> tuple[Fact, ...]:
    """Return the facts that the server takes the handshake which gets no answer here, and would answer one without upgrade."""
    plain = evidence.tried("direct-plain-get")
    if not evidence.ended(Layer.HTTP, Ending.SILENT) or not evidence.served_directly:
        return ()
    if plain is None or plain.status is None:
        return ()  # it leaves them waiting: then the upgrade may have been lost on the way there
    without = f"straight to the server, a plain GET is answered {plain.status}: here it got the upgrade"
    return (
        Fact("straight to the server: 101; through the proxy: no answer", "experiment direct"),
        Fact(without, "experiment direct-plain-get"),
    )


def _answered(evidence: Evidence) -> tuple[str, ...]:
    """Return the experiments that were answered: a plain GET and handshakes that nobody takes, or nothing."""
    refused = [
        name
        for name in ("version-99", "without-token", "broken-token", "nonsense-path")
        if _answers(evidence, name)
    ]
    return ("plain-get", *refused) if refused and _answers(evidence, "plain-get") else ()


def _answers(evidence: Evidence, name: str) -> bool:
    attempt = evidence.tried(name)
    return attempt is not None and attempt.status is not None


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    if hop.sent is None:
        return None
    hidden = next((line for name in ("Upgrade", "Sec-WebSocket-Accept") if (line := hop.hides(name))), None)
    if hidden is not None and evidence.status == 101:
        return blame((hidden, "takes the field out of the 101"), cure=without(hidden))
    if evidence.status == 502 and evidence.soundings.break_off(hop.server_places):
        given = Circumstance(State.CUT, hop.server)
        note = "leads to a server that breaks off in its 101 when it is asked from here, too"
        return blame((hop.sent.by, note), given=given, remedy=outside(given, str(hop.sent.server)))
    direct = evidence.attempts.get("direct")
    if direct is None or direct.status != 101 or evidence.status != 502:
        return None
    length = direct.answer.raw.find(b"\r\n\r\n") + len(b"\r\n\r\n")
    repair = hop.wider(length)
    if repair is None:
        return None
    line = next(iter(hop.in_force("proxy_buffer_size")), hop.sent.by)
    note = f"has a buffer that is too small for the {length} bytes of the 101's head, as --direct showed it"
    return blame((line, note), repair=repair, given=Circumstance(State.LONG, hop.server, head=length))


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.NO_UPGRADE_BACK):
        return heard
    if heard := hearing.by_words(story, Says.UPSTREAM_INVALID, words="too big"):
        return heard
    if heard := hearing.by_words(story, Says.UPSTREAM_CLOSED, certainty=hearing.POSSIBLE, rare=True):
        return heard
    inner = way.server_status(story)
    if inner is None:
        return hearing.before_server(story)
    outer = way.met(story)
    if inner[1] != 101:
        return RuledOut(f"the server did not answer 101 but {inner[1]} ({inner[0].place})")
    if outer is None or outer.status in {101, 499} or (outer is inner[0] and outer.status == 101):
        return hearing.worked(story)
    return hearing.supported(hearing.answered(*inner), hearing.answered(outer))


CAUSE = Cause(
    slug="upgrade-lost-on-the-way-back",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy("Let the response's Upgrade and Connection through.", Hop.PROXY),
    judge=judge,
    inspect=inspect,
    read=read,
)
