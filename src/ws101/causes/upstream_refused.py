"""The proxy cannot connect to the server behind it

## What happens
The proxy answers 502 (nginx, Caddy, Traefik) or 503 (HAProxy, Apache, Envoy) by itself.

## Why
The server is down, listens on another port, or only on its own loopback inside a container; or it closes every connection
instead of answering. nginx answers 502 by itself for 10 s, too, after every server of an `upstream` failed (`fail_timeout`; its error log
says `no live upstreams`).

## How we know
The proxy says that the next hop failed. A refused connection, an unknown name and the wrong scheme look alike from outside:
the proxy's error log tells them apart. A proxy that closes a failed upgrade may say so to a plain GET.
With the configuration (`--nginx-config`), the address is named that nginx tries.
In logs the proxy says so, with the address that it tried; a bare 502, or a server that closed, fits.

## What to do
From the proxy's host (or container), ask the server itself; compare its address with `proxy_pass`.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.attempt import Ending, Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import blame, cleared_by, outside
from ws101.logs.story import Story
from ws101.nginx.circumstance import Circumstance, State
from ws101.report import Fact, Remedy
from ws101.sighting import recognise
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.ended(Layer.HTTP, Ending.CLOSED, Ending.RESET) and _fails_plainly(evidence):
        fact = Fact("a plain GET is answered that the next hop fails", "experiment plain-get")
        return Supported(Certainty.POSSIBLE, (fact,))
    if not evidence.refused:
        return Unknown("an HTTP answer")
    if evidence.status == 503 and evidence.author is None and evidence.proxy and evidence.same("plain-get"):
        fact = Fact(
            f"the answer is 503, and {evidence.proxy} stands in front: a page of its own may say so",
            "the answer",
        )
        return Supported(Certainty.POSSIBLE, (fact,))
    if evidence.says is not Says.UPSTREAM_DOWN:
        return RuledOut("no proxy says that the next hop fails")
    fact = Fact(f"{evidence.proxy} says that the next hop fails: {evidence.status}", "the answer")
    direct = evidence.tried("direct")
    if direct is not None and direct.ending in {Ending.REFUSED, Ending.UNREACHABLE, Ending.TIMED_OUT}:
        return Supported(
            Certainty.LIKELY, (fact, Fact(f"the server itself: {direct.ending.value}", "experiment direct"))
        )
    # HAProxy and Apache say 503 only when they cannot connect, and often send upgrades to a server of their own.
    if evidence.moves("plain-get") and evidence.status != 503:
        return RuledOut(
            "a plain GET of the same path is answered otherwise, so the server is reached", "plain-get"
        )
    alike = (Fact("a plain GET fails alike", "experiment plain-get"),) if evidence.same("plain-get") else ()
    return Supported(Certainty.POSSIBLE, (fact, *alike))


def _fails_plainly(evidence: Evidence) -> bool:
    """Whether a proxy that closes failed upgrades, as Node's http-proxy does, says what is wrong to a plain GET."""
    plain = evidence.tried("plain-get")
    said = recognise(plain.answer) if plain else None
    return said is not None and said.says is Says.UPSTREAM_DOWN


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    if hop.sent is None:
        return None
    if evidence.soundings.refused(hop.server_places):
        return _shown(evidence, hop)
    if evidence.soundings.speak(hop.server_places, "http", "https"):
        return cleared_by(hop.sent.by, f"{hop.server} takes connections from here, and answers")
    return blame((hop.sent.by, f"leads to {hop.sent.server}"), shown=False)


def _shown(evidence: Evidence, hop: "Configured") -> Ruling:
    """Nobody listens there; where --direct names a server that works, it may be the one that is meant."""
    assert hop.sent
    note = f"leads to {hop.sent.server}, which refuses a connection from this machine, too"
    direct, given = evidence.direct, Circumstance(State.DOWN, hop.server)
    meant = (
        evidence.mends("direct") and direct is not None and bool(direct.tls) == (hop.sent.scheme == "https")
    )
    if direct is not None and meant and (repair := hop.moved(f"{direct.host}:{direct.port}")):
        return blame((hop.sent.by, note), repair=repair, given=given)
    return blame((hop.sent.by, note), given=given, remedy=outside(given, str(hop.sent.server)))


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.UPSTREAM_REFUSED):
        return heard
    if heard := hearing.by_words(story, Says.REFUSED, words="upstream"):
        return heard
    if out := hearing.not_sent(story) or hearing.by_server(story):
        return out
    says = (Says.UPSTREAM_DOWN, Says.UPSTREAM_CLOSED)
    if heard := hearing.by_words(story, *says, certainty=hearing.POSSIBLE):
        return heard
    if out := hearing.own(story):
        return out
    if hearing.saying(
        story, Says.UPSTREAM_NAME, Says.UPSTREAM_TLS, Says.UPSTREAM_TIMEOUT, Says.UPSTREAM_INVALID
    ):
        return RuledOut("the proxy gives another reason")
    if entry := hearing.met_status(story, 502):
        return hearing.supported(hearing.answered(entry), certainty=hearing.POSSIBLE)
    return hearing.refused_otherwise(story, 502, 503)


CAUSE = Cause(
    slug="upstream-refused",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Start the server, or point the proxy to where it listens.",
        Hop.PROXY,
        command="curl -sv --http1.1 http://UPSTREAM:PORT/   # from the proxy's host",
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
