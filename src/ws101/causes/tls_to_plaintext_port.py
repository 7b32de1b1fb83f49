r"""TLS (wss://) was spoken to a port that serves plain HTTP

## What happens
The client sends a TLS ClientHello to a listener that reads HTTP. It answers in plain text, which TLS
libraries report as "wrong version number" or "packet length too long", or it closes, or waits for a line end
until the time-out. A server's log shows `\x16\x03\x01` where a method should be.

## Why
`wss://` was written for a server that has no TLS itself and is meant to be reached through a proxy;
`listen 443;` lacks `ssl`; a load balancer already ends TLS and the client's port bypasses it.

## How we know
The TLS handshake gets no TLS back, and the same handshake without TLS on the same port gets an HTTP answer.
With the configuration (`--nginx-config`), the `listen` is named that speaks no TLS.
In logs the client says that no TLS came back, or the hop that it met that a TLS greeting came as a request.

## What to do
Use the port on which TLS is served, or give this listener TLS. Plain `ws://` is right only where no network
lies between.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.attempt import Attempt, Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.handshake.answer import Kind
from ws101.judging import asks_for_damage, blame, judge_damage
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.sighting import recognise
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

PLAIN_INSTEAD = "plain-instead"
_ALERTING = "ws101 timers"
NO_TLS_RECORD = frozenset(
    {"WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL"}
)


def judge(evidence: Evidence) -> Ruling:
    baseline = evidence.baseline
    if baseline is None:
        return Unknown("the handshake itself")
    if asks_for_damage(evidence) and baseline.sending.tls is None:
        return judge_damage(evidence, "tls-instead")
    if baseline.sending.tls is None:
        return RuledOut("the handshake speaks no TLS")
    if baseline.layer is Layer.TLS and (alerted := _alerted_by_plain(evidence, baseline)):
        return Supported(Certainty.LIKELY, alerted, _remedy(baseline))
    if baseline.layer is Layer.HTTP or _met_tls(evidence, baseline):
        return RuledOut("this port speaks TLS")
    if baseline.layer is not Layer.TLS:
        return Unknown("a connection to the port")
    return _judge_failure(evidence, baseline)


def _judge_failure(evidence: Evidence, baseline: Attempt) -> Ruling:
    plain = evidence.tried(PLAIN_INSTEAD)
    failure = Fact(f"TLS: {baseline.detail or baseline.tls_error or baseline.ending}", "the TLS handshake")
    if plain is not None and plain.answer.kind is Kind.HTTP:
        author = recognise(plain.answer)
        if author is not None and author.says is Says.PLAIN_HTTP_TO_TLS:
            return RuledOut(f"{author.software} says that this port expects TLS", PLAIN_INSTEAD)
        seen = Fact(
            f"without TLS the same port answers {plain.status} {plain.answer.reason}".rstrip(),
            f"experiment {PLAIN_INSTEAD}",
        )
        return Supported(evidence.by_flip, (failure, seen), _remedy(baseline))
    if plain is not None and plain.answer.kind is not Kind.NOTHING:
        return RuledOut(f"without TLS the port answers with {plain.answer.kind}", PLAIN_INSTEAD)
    if baseline.tls_error in NO_TLS_RECORD:
        return Supported(Certainty.POSSIBLE, (failure,), _remedy(baseline))
    if plain is None:
        return Unknown("the same handshake without TLS")
    return RuledOut("without TLS no HTTP answer comes either", PLAIN_INSTEAD)


def _alerted_by_plain(evidence: Evidence, baseline: Attempt) -> tuple[Fact, ...]:
    """Return the facts of a server that speaks no TLS, yet tells a TLS client so by an alert, as the timer service does."""
    plain = evidence.tried(PLAIN_INSTEAD)
    if (
        baseline.tls_error != "SSLV3_ALERT_HANDSHAKE_FAILURE"
        or plain is None
        or plain.answer.kind is not Kind.HTTP
    ):
        return ()
    author = recognise(plain.answer)
    spoken = evidence.look is not None and evidence.look.session is not None
    if spoken or any(attempt.tls for attempt in evidence.attempts.values()):
        return ()
    if author is None or author.software != _ALERTING or author.says is Says.PLAIN_HTTP_TO_TLS:
        return ()  # other listeners speak both, and their alert is about TLS itself
    seen = Fact(
        f"without TLS the server itself answers {plain.status} {plain.answer.reason}".rstrip(),
        f"experiment {PLAIN_INSTEAD}",
    )
    return (Fact("TLS never gets further than an alert: handshake failure", "the TLS handshake"), seen)


def _met_tls(evidence: Evidence, baseline: Attempt) -> bool:
    return baseline.met_tls or (evidence.look is not None and evidence.look.session is not None)


def _remedy(baseline: Attempt) -> Remedy:
    port = baseline.sending.port
    text = f"Use the port on which TLS is served, or let the listener at port {port} speak TLS."
    patch = f"listen {port} ssl;\nssl_certificate fullchain.pem;\nssl_certificate_key privkey.pem;"
    return Remedy(text, Hop.CLIENT, patch=patch)


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    if not hop.route.ask.tls or evidence.config is None or hop is not evidence.config[0]:
        return None
    if hop.gate is None or hop.gate.name != "listen":
        return None
    return blame((hop.gate, "speaks plain HTTP, and TLS was spoken to it"))


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.TLS_WRONG_VERSION, hops=(Hop.CLIENT,)):
        return heard
    if heard := hearing.by_words(story, Says.TLS_TO_PLAIN, hops=way.BETWEEN):
        return heard
    if way.fronted(story):
        return hearing.connected(story)
    if way.meant_scheme(story) == "wss" and not way.met(story):
        ended = hearing.by_words(story, Says.CLOSED, hops=(Hop.CLIENT,), certainty=hearing.POSSIBLE)
        if ended:
            return ended
    # A proxy that does not show itself may have spoken TLS to the server.
    certain = hearing.LIKELY if way.meant_scheme(story) == "wss" else hearing.POSSIBLE
    return hearing.by_words(story, Says.TLS_TO_PLAIN, certainty=certain) or hearing.connected(story)


CAUSE = Cause(
    slug="tls-to-plaintext-port",
    hop=Hop.TLS,
    page=__doc__,
    remedy=Remedy("Use the port on which TLS is served, or let this listener speak TLS.", Hop.CLIENT),
    judge=judge,
    inspect=inspect,
    read=read,
)
