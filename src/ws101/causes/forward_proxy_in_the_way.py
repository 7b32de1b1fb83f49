"""A forward proxy refuses or mangles the handshake

## What happens
The client does not connect to the server but asks a forward proxy for a tunnel (`CONNECT host:port`). The
proxy refuses, or opens the tunnel and then changes or cuts what goes through it. The server never sees this
client's handshake.

## Why
HTTPS_PROXY or ALL_PROXY is set in the environment and NO_PROXY does not name the host; the proxy wants
credentials (407), allows CONNECT to port 443 only, or opens TLS with a certificate of its own.

## How we know
The proxy's own answer to CONNECT, and the same handshake without the proxy, which gets further.
In logs the client names its proxy's refusal, or its 407.

## What to do
Name the host in NO_PROXY where it can be reached directly; else give the proxy its credentials, or let its
operator allow CONNECT to this host and port without inspection.
"""

from ws101 import hearing
from ws101.attempt import Attempt, ForwardProxy, Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import asks_for_damage
from ws101.logs import way
from ws101.logs.entry import Entry
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

AROUND = "without-forward-proxy"
PROXY_AUTHENTICATION_REQUIRED = 407  # RFC 9110, 15.5.8: a proxy's, where an origin server says 401
CANNOT_REACH = frozenset({502, 503, 504})
LAYERS = tuple(Layer)


def judge(evidence: Evidence) -> Ruling:
    baseline = evidence.baseline
    if baseline is None:
        return Unknown("the handshake itself")
    proxy = baseline.sending.forward_proxy
    if evidence.works:
        return _judge_client(evidence, proxy)
    if proxy is None:
        return RuledOut("the handshake goes without a forward proxy")
    facts = _facts(baseline, proxy)
    around = evidence.tried(AROUND)
    if around is not None and evidence.moves(AROUND):
        seen = Fact(
            f"without the proxy: {around.status or around.detail or around.ending}", f"experiment {AROUND}"
        )
        further = around.works or _depth(around) > _depth(baseline)
        if further or (around.status and baseline.status):
            return Supported(
                evidence.by_flip if further else Certainty.POSSIBLE, (*facts, seen), _remedy(evidence, proxy)
            )
    if baseline.layer is Layer.FORWARD_PROXY:
        unsure = baseline.proxy_answer is not None and baseline.proxy_answer.status in CANNOT_REACH
        return Supported(Certainty.POSSIBLE if unsure else Certainty.LIKELY, facts, _remedy(evidence, proxy))
    if around is None:
        return Unknown("the same handshake without the forward proxy")
    return RuledOut("without the forward proxy the handshake gets no further", AROUND)


def _judge_client(evidence: Evidence, proxy: ForwardProxy | None) -> Ruling:
    if not asks_for_damage(evidence) or proxy is not None:
        return RuledOut(
            "the handshake works" if proxy is None else "the handshake works through the forward proxy"
        )
    if evidence.saw == PROXY_AUTHENTICATION_REQUIRED:
        return Supported(
            Certainty.POSSIBLE, (Fact("407 is a forward proxy's status (RFC 9110, 15.5.8)", "--saw"),)
        )
    return Unknown("the failing client's proxy settings (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY)")


def _depth(attempt: Attempt) -> tuple[int, bool]:
    return LAYERS.index(attempt.layer), attempt.status is not None


def _facts(baseline: Attempt, proxy: ForwardProxy) -> tuple[Fact, ...]:
    given = Fact(f"the handshake goes through {proxy.host}:{proxy.port}", proxy.given_by)
    answer = baseline.proxy_answer
    if answer is not None and answer.status is not None:
        return (
            given,
            Fact(
                f"the proxy answers {answer.status} {answer.reason}".rstrip(), "the proxy's answer to CONNECT"
            ),
        )
    if baseline.layer is Layer.FORWARD_PROXY:
        return (
            given,
            Fact(f"the proxy: {baseline.detail or baseline.ending}", "the connection to the proxy"),
        )
    return (given,)


def _remedy(evidence: Evidence, proxy: ForwardProxy) -> Remedy:
    answer = evidence.baseline.proxy_answer if evidence.baseline else None
    if answer is not None and answer.status == PROXY_AUTHENTICATION_REQUIRED:
        text = f"Give {proxy.host}:{proxy.port} the credentials it asks for, in {proxy.given_by}."
        return Remedy(text, Hop.CLIENT, patch=f"http://USER:PASSWORD@{proxy.host}:{proxy.port}")
    text = f"Name {evidence.target.host} in NO_PROXY, or let the proxy's operator allow CONNECT to it."
    return Remedy(text, Hop.CLIENT, command=f"export NO_PROXY={evidence.target.host}")


# ---- logs

_OF_NO_UPGRADE = frozenset({400, 404, 426})


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.FORWARD_PROXY, hops=(Hop.CLIENT,)):
        return heard
    if entry := hearing.met_status(story, 407):  # RFC 9110, 15.5.8: of a proxy that the client itself asked
        return hearing.supported(hearing.answered(entry))
    if plain := _lost_before(story):
        return hearing.supported(hearing.plainly(plain), certainty=hearing.POSSIBLE, rare=True)
    if refused := hearing.refused_elsewhere(story):
        return hearing.supported(refused, certainty=hearing.POSSIBLE)
    met = way.met(story)
    if met is not None and met.status in _OF_NO_UPGRADE and _unseen(story):
        return Unknown(hearing.SERVER_LOG)
    return hearing.connected(story)


def _lost_before(story: Story) -> Entry | None:
    """Return the server's record of a request without an upgrade, which no hop with a log stood before, nor TLS hid."""
    return next(iter(hearing.plain_request(story)), None) if _unseen(story) else None


def _unseen(story: Story) -> bool:
    """Whether a hop may have stood before the server that no log tells of, and that saw plain HTTP."""
    return way.fronted(story) is None and way.meant_scheme(story) != "wss"


CAUSE = Cause(
    slug="forward-proxy-in-the-way",
    hop=Hop.NETWORK,
    page=__doc__,
    remedy=Remedy("Name the host in NO_PROXY, or let the proxy's operator allow CONNECT to it.", Hop.CLIENT),
    judge=judge,
    read=read,
)
