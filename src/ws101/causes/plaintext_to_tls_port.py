"""Plain ws:// was spoken to a port that expects TLS

## What happens
The client opens the socket without TLS. The listener expects a TLS ClientHello and gets `GET …` instead.
nginx, Apache and Go servers answer in plain text with `400`; others send a TLS alert, or close, or say
nothing.

## Why
The scheme and the port were chosen in two different places and disagree: `ws://` with 443, or `wss://` lost
on the way through a configuration. Many clients log the URL that was meant and not the one that was used.

## How we know
The answer says so in its own words, or is a TLS alert; and the same handshake over TLS, to the same port, is
answered differently. Some listeners take both, such as Traefik's: there it must get further over TLS.
With the configuration (`--nginx-config`), the `listen` is named that speaks TLS.
In logs nginx says so, though only at level info; its access log shows a 400 as long as its page for this, 255 bytes
or 248 without its version. A client that logs `wss://` beside it contradicts what arrived.

## What to do
Use `wss://` for this port, or the port that serves plain `ws://`. Take the scheme, the host and the port from
one URL.
"""

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ws101 import hearing
from ws101.attempt import Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.handshake.answer import Kind
from ws101.judging import asks_for_damage, blame, judge_damage
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

TLS_INSTEAD = "tls-instead"


def judge(evidence: Evidence) -> Ruling:
    baseline = evidence.baseline
    if baseline is None:
        return Unknown("the handshake itself")
    if asks_for_damage(evidence) and baseline.sending.tls:
        return judge_damage(evidence, "plain-instead")
    if evidence.target.tls or baseline.sending.tls:
        return RuledOut("the client speaks TLS")
    if evidence.works:
        return RuledOut("plain HTTP is what this port speaks")
    if baseline.layer is not Layer.HTTP:
        return Unknown("a connection to the port")
    facts, over_tls = _signs(evidence), evidence.tried(TLS_INSTEAD)
    if over_tls is not None and evidence.wants_tls:
        seen = f"over TLS the same port answers: {over_tls.status or over_tls.detail or over_tls.ending}"
        return Supported(
            evidence.by_flip, (*facts, Fact(seen, f"experiment {TLS_INSTEAD}")), _remedy(evidence)
        )
    if over_tls is not None and over_tls.layer is Layer.TLS and not over_tls.met_tls:
        return RuledOut("this port does not speak TLS; a hop behind it may", TLS_INSTEAD)
    if facts:
        return Supported(Certainty.LIKELY, facts, _remedy(evidence))
    if over_tls is None:
        return Unknown("the same handshake over TLS")
    if (
        over_tls.met_tls and over_tls.status is None
    ):  # a certificate that is not trusted hides what is behind it
        return _judge_unseen(evidence)
    return RuledOut(
        "this port answers plain HTTP as well, and over TLS the handshake gets no further", TLS_INSTEAD
    )


def _judge_unseen(evidence: Evidence) -> Ruling:
    """Judge a port that answers plain HTTP, and speaks TLS with a certificate behind which nobody looked."""
    alone = evidence.same("plain-get") and evidence.same("nonsense-path")
    if evidence.status == 400 and evidence.says is Says.NOTHING and alone:
        fact = Fact(
            "every plain request is answered 400, and the port speaks TLS", f"experiment {TLS_INSTEAD}"
        )
        return Supported(Certainty.POSSIBLE, (fact,), _remedy(evidence))
    return Unknown("the authority of the certificate that this port shows over TLS (--cacert)")


def _signs(evidence: Evidence) -> tuple[Fact, ...]:
    if evidence.says is Says.PLAIN_HTTP_TO_TLS and evidence.author:
        return (
            Fact(
                f"{evidence.author.software} says that plain HTTP came to its TLS port", "the answer's body"
            ),
        )
    if evidence.answer and evidence.answer.kind in {Kind.TLS_ALERT, Kind.TLS}:
        return (
            Fact(f"the answer to plain HTTP is {evidence.answer.kind.value}", "the answer's first bytes"),
        )
    return ()


def _remedy(evidence: Evidence) -> Remedy:
    target = evidence.target
    return Remedy(f"Use wss:// instead of ws:// for {target.host} port {target.port}.", Hop.CLIENT)


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    state, ask = hop.route.state, hop.route.ask
    if state is None or ask.tls or evidence.config is None or hop is not evidence.config[0]:
        return None
    if not state.socket.tls:
        return RuledOut("the port speaks plain HTTP in this configuration")
    line = next(
        (one.directive for one in state.socket.default.listens if one.tls and one.port == ask.port), None
    )
    return blame((line, "speaks TLS, and plain HTTP was sent to it"))


# ---- logs


_TLS_PORTS = frozenset({443, 8443})
_ANSWER_SO = frozenset(
    {"nginx", "openresty", "apache", "caddy", "traefik", ""}
)  # others close, or send an alert


def read(evidence: Evidence, story: Story) -> Ruling | None:
    if out := _elsewhere(story):
        return out
    remedy = _remedy(evidence) if evidence.target.host else None
    if said := hearing.saying(story, Says.PLAIN_HTTP_TO_TLS):
        # It may be a proxy that spoke plainly, to a proxy further in or to a server that does not log who asks.
        unsure = way.several_proxies(story) or (said[0].hop in way.BEHIND and way.meant_scheme(story) != "ws")
        certain = hearing.POSSIBLE if unsure else hearing.LIKELY
        facts = (*map(hearing.quote, said[:2]), *_claims(story))
        return hearing.supported(*facts, certainty=certain, remedy=remedy)
    if out := hearing.beyond_proxy(story) or hearing.over_tls(story):
        return out
    page = hearing.by_page(story, Says.PLAIN_HTTP_TO_TLS, remedy=remedy)
    if isinstance(page, Supported):
        return replace(page, facts=(*page.facts, *_claims(story)))
    return page or _by_end(story, remedy) or _by_status(story, remedy)


def _by_end(story: Story, remedy: Remedy | None) -> Supported | None:
    """Judge an end without HTTP of what was meant as plain: a TLS server closes, or sends an alert."""
    if way.meant_scheme(story) != "ws" or next(way.arrivals(story), None):
        return None
    ended = hearing.saying(story, Says.CLOSED, Says.NOT_HTTP, hops=(Hop.CLIENT,))
    if not ended or re.search(r"expected HTTP/1\.1: \w|status line: |SSH-|220 ", ended[0].words):
        return None
    fact = hearing.cite(ended[0], "a port that expects TLS may end plain HTTP so")
    return hearing.supported(hearing.quote(ended[0]), fact, certainty=hearing.POSSIBLE, remedy=remedy)


def _elsewhere(story: Story) -> RuledOut | None:
    """Rule it out where it was not the client's request that came without TLS, but a proxy's."""
    said = next(iter(hearing.saying(story, Says.PLAIN_HTTP_TO_TLS)), None)
    if spoken := way.over_tls_by_browser(story):
        return RuledOut(f"a browser spoke TLS here ({spoken.place})")
    passing = way.passed_on(story)
    if said is None or passing is None:
        return None
    behind = way.fronted(story) if said.hop in way.BEHIND else passing
    if behind is None or (behind is said and said.upstream_status is None):
        return None
    return RuledOut(f"it was a hop in front that spoke plain HTTP to the server ({said.place})")


def _claims(story: Story) -> tuple[Fact, ...]:
    """Return that the client says otherwise, which is no proof of what it sent."""
    if told := tuple(c for c in story.contradictions if c.one.hop is Hop.CLIENT):
        return tuple(hearing.cite(c.one, c.text) for c in told)
    entry = next((e for e in story.at(Hop.CLIENT) if e.scheme in {"wss", "https"}), None)
    text = "the client says that it speaks TLS here: its log names what was meant, and not what was sent"
    return (hearing.cite(entry, text),) if entry else ()


def _by_status(story: Story, remedy: Remedy | None) -> Ruling | None:
    """Judge a bare 400 where TLS was meant: it fits, and fits a server that refuses a plain GET."""
    entry = hearing.met_status(story, 400)
    meant = next((e for e in story.entries if e.scheme in {"wss", "https"} or e.port in _TLS_PORTS), None)
    if entry is None:
        return None
    if meant is None or not story.at(Hop.PROXY):
        return Unknown(hearing.NGINX_INFO)
    proxy = next(way.answers(story, Hop.PROXY), entry)
    if proxy.software not in _ANSWER_SO:
        return Unknown(f"the log of {hearing.who(proxy)}, at its most talkative")
    why = "nginx answers so to plain HTTP on a TLS port, and says why only at level info"
    if proxy.software != "nginx":
        why = "plain HTTP on a TLS port is answered so"
    facts = (hearing.answered(proxy), hearing.cite(proxy, why), *_claims(story))
    return hearing.supported(*facts, certainty=hearing.POSSIBLE, remedy=remedy)


CAUSE = Cause(
    slug="plaintext-to-tls-port",
    hop=Hop.TLS,
    page=__doc__,
    remedy=Remedy("Use wss:// for this port.", Hop.CLIENT),
    judge=judge,
    inspect=inspect,
    read=read,
)
