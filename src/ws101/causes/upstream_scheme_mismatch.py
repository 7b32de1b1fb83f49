"""The proxy speaks plain HTTP to a TLS server, or TLS to a plain one

## What happens
TLS to a plain server gives 502. Plain HTTP to a TLS server gives the server's own complaint, passed through, or 502.

## Why
`proxy_pass http://…` and the server's port disagree about TLS.

## How we know
The complaint that plain HTTP came to a TLS port arrives over a connection that was itself right. Otherwise it looks like
any other server that cannot be reached, or the server calls whatever comes malformed.
With the configuration (`--nginx-config`), the line is named; with that of the next nginx, what its port speaks.
In logs the proxy's TLS to the server fails for what came back, or the server says that plain HTTP, or TLS, came to it.

## What to do
`proxy_pass https://…` for a server that speaks TLS, `http://…` for one that does not.
"""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ws101 import hearing
from ws101.attempt import Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import blame, cleared_by, hop_behind
from ws101.logs import way
from ws101.logs.story import Story
from ws101.nginx.circumstance import Circumstance, State
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

_BY_PORT = {"443": "https", "8443": "https", "80": "http"}  # what is usual there, seen by nobody


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if not evidence.refused:
        return Unknown("an HTTP answer")
    if evidence.says is Says.PLAIN_HTTP_TO_TLS:
        return _judge_complaint(evidence)
    if evidence.malformed_whatever and evidence.proxy and not evidence.answered_by_proxy:
        fact = Fact(
            "the server cannot read what the proxy sends, whatever it is",
            f"experiments plain-get, {evidence.alike_at_nonsense}",
        )
        return Supported(Certainty.POSSIBLE, (fact,))
    if evidence.says is not Says.UPSTREAM_DOWN:
        return RuledOut("no proxy says that the next hop fails")
    if evidence.moves("plain-get"):
        return RuledOut(
            "a plain GET of the same path is answered otherwise, so the server is reached", "plain-get"
        )
    return Supported(
        Certainty.POSSIBLE,
        (Fact(f"{evidence.proxy} says that the next hop fails: {evidence.status}", "the answer"),),
    )


def _judge_complaint(evidence: Evidence) -> Ruling:
    """The complaint is about the hop behind, if ours was over TLS or this port does not speak TLS at all."""
    if evidence.problem is not None and evidence.answered_by_proxy:
        return RuledOut("the proxy says so of its own port")
    fact = Fact("the answer says that plain HTTP came to a TLS port", "the answer's body")
    if evidence.baseline is not None and evidence.baseline.sending.tls is not None:
        return Supported(Certainty.LIKELY, (fact, Fact("and the handshake was over TLS", "the handshake")))
    over_tls = evidence.tried("tls-instead")
    if over_tls is None:
        return Unknown("the same handshake over TLS (wss://)")
    if over_tls.layer is Layer.TLS and not over_tls.met_tls:
        return Supported(
            Certainty.LIKELY, (fact, Fact("and this port does not speak TLS", "experiment tls-instead"))
        )
    return RuledOut("this very port wants TLS")


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    if hop.sent is None or evidence.status == 101:
        return None
    spoken, places, shown = hop.sent.scheme, hop.server_places, _speaks(evidence, hop)
    expects = shown or _BY_PORT.get(str(hop.sent.server).rpartition(":")[2], spoken)
    if expects == spoken:
        sounded = evidence.soundings.speak(places, *(("https",) if spoken == "https" else ("http",)))
        return (
            cleared_by(hop.sent.by, f"{hop.server} speaks {spoken}, as this line does") if sounded else None
        )
    known = evidence.soundings.speak(places, "http", "https", "other")
    note = f"speaks {spoken} to a server that {'speaks' if known else 'expects'} {expects}"
    if known:
        note += ", as a knock from this machine showed"
    found = hop.repaired("upstream-scheme-mismatch")
    repair = replace(found, doubt="") if found and (known or hop_behind(evidence, hop)) else found
    return blame((hop.sent.by, note), given=_given(evidence, hop, shown) if shown else None, repair=repair)


def _speaks(evidence: Evidence, hop: "Configured") -> str:
    """Return what the server is seen to speak: by a knock, its own configuration, or the refusal; empty where nothing tells."""
    inner, places = hop_behind(evidence, hop), hop.server_places
    if evidence.soundings.speak(places, "https"):
        return "https"
    if evidence.soundings.speak(places, "http", "other"):
        return "http"
    if inner is not None and inner.route.state is not None:
        return "https" if inner.route.state.socket.tls else "http"
    return "https" if _complains(evidence) else ""


def _complains(evidence: Evidence) -> bool:
    return evidence.says is Says.PLAIN_HTTP_TO_TLS or evidence.malformed_whatever


def _given(evidence: Evidence, hop: "Configured", speaks: str) -> Circumstance:
    answers = evidence.status if _complains(evidence) and evidence.status != 502 else 0
    state = State.TLS if speaks == "https" else State.PLAIN
    return Circumstance(state, hop.server, status=answers or 0, supposed=_guessed(evidence, hop))


def _guessed(evidence: Evidence, hop: "Configured") -> bool:
    """Whether what the server speaks is taken from a refusal that names no reason."""
    sounded = evidence.soundings.speak(hop.server_places, "http", "https", "other")
    told = evidence.says is Says.PLAIN_HTTP_TO_TLS or hop_behind(evidence, hop) is not None
    return not sounded and not told


# ---- logs


_NO_TLS = r"wrong version|http request|unknown protocol|packet length|first record does not look"


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.UPSTREAM_TLS, words=_NO_TLS):
        return heard
    said = hearing.saying(story, Says.PLAIN_HTTP_TO_TLS, Says.TLS_TO_PLAIN)
    if said and said[0].says is Says.PLAIN_HTTP_TO_TLS and (spoken := way.over_tls_by_browser(story)):
        took_off = hearing.cite(spoken, "a browser spoke TLS: a hop in front of this port took it off")
        return hearing.supported(*map(hearing.quote, said[:2]), took_off)
    behind = way.fronted(story) if said and said[0].hop in way.BEHIND else way.passed_on(story)
    alone = bool(said) and behind is None and said[0].hop in way.BEHIND
    meant = "ws" if said and said[0].says is Says.PLAIN_HTTP_TO_TLS else "wss"
    if said and (way.several_proxies(story) or (alone and way.meant_scheme(story) != meant)):
        return hearing.supported(*map(hearing.quote, said[:2]), certainty=hearing.POSSIBLE)
    if said and behind is not None and (behind is not said[0] or said[0].upstream_status is not None):
        return hearing.supported(
            *map(hearing.quote, said[:2]), hearing.cite(behind, "a proxy had passed it on")
        )
    if hearing.saying(story, Says.UPSTREAM_INVALID, words=r"too big"):
        return RuledOut("the next hop answers in HTTP, and too long")
    says = (Says.UPSTREAM_TLS, Says.UPSTREAM_INVALID, Says.UPSTREAM_CLOSED)
    if heard := hearing.by_words(story, *says, certainty=hearing.POSSIBLE):
        return heard
    # A server of which the next hop asks for TLS that it does not speak has no line of that.
    return hearing.not_sent(story) or hearing.own(story) or hearing.refused_otherwise(story, 400, 502)


CAUSE = Cause(
    slug="upstream-scheme-mismatch",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Name the scheme that the server speaks.", Hop.PROXY, patch="proxy_pass https://your_upstream;"
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
