"""The server refuses what a proxy that it does not know passes on

## What happens
The application answers 400 to every request that carries X-Forwarded-For from a proxy that is not on its list.

## Why
A server that trusts forwarding fields from anybody can be lied to; Home Assistant and others therefore refuse them from
unknown proxies.

## How we know
Without X-Forwarded-For the handshake is accepted; or the server, asked directly, accepts it, and with X-Forwarded-For
answers exactly as the proxy's way is answered.
With the configuration (`--nginx-config`), the line is named.
In logs the server names the forwarding header and the proxy that it does not trust.

## What to do
Add the proxy's address to the server's trusted proxies.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import blame, cleared_by, straight
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

_NO_REASON = frozenset({Says.NOTHING, Says.MALFORMED, Says.NOT_A_HANDSHAKE, Says.FORBIDDEN})


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if shown := evidence.by_direct("direct-forwarded"):
        fact = Fact(
            "asked directly with X-Forwarded-For, the server answers exactly so",
            "experiment direct-forwarded",
        )
        return Supported(shown, (straight(evidence), fact))
    if evidence.mends("without-x-forwarded-for"):
        return Supported(
            evidence.by_flip,
            (Fact("without X-Forwarded-For it is accepted", "experiment without-x-forwarded-for"),),
        )
    if mended := evidence.mended_on_the_way:
        return RuledOut("with one other change it passes", mended)
    if evidence.says is Says.DISTRUSTS_PROXY:
        return Supported(
            Certainty.LIKELY, (Fact("the refusal says that the proxy is not trusted", "the answer"),)
        )
    if evidence.server_refuses_too:
        return RuledOut("the server, asked directly, answers the same", "direct")
    if not evidence.refused or evidence.answered_by_proxy:
        return Unknown("an answer of the server's own")
    if other := next((n for n in ("nonsense-path", "plain-get", "without-token") if evidence.moves(n)), ""):
        return RuledOut("other requests through the same proxy are answered otherwise", other)
    if (
        evidence.status == 400
        and evidence.says in _NO_REASON
        and evidence.proxy
        and evidence.same("nonsense-path")
        and evidence.same("plain-get")
    ):
        fact = Fact(
            "whatever passes this proxy is answered 400 by the server", "experiments nonsense-path, plain-get"
        )
        return Supported(Certainty.POSSIBLE, (fact,))
    return Unknown("--direct URL of the server behind the proxy")


def inspect(_: Evidence, hop: "Configured") -> Ruling | None:
    if hop.sent is None:
        return None
    line = hop.set_by("X-Forwarded-For")
    if line is not None:
        return blame((line, "sends it, which a server that does not know this nginx may refuse"), joins=True)
    if hop.sent.field("X-Forwarded-For") is not None:
        return None
    return cleared_by(hop.sent.by, "this configuration sends the server no X-Forwarded-For")


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.DISTRUSTS_PROXY):
        return heard
    if bare := hearing.bare_400(story):
        return hearing.supported(hearing.answered(bare, 400), certainty=hearing.POSSIBLE, rare=True)
    return hearing.before_server(story) or hearing.refused_otherwise(story, 400, 403)


CAUSE = Cause(
    slug="server-distrusts-proxy",
    hop=Hop.SERVER,
    page=__doc__,
    remedy=Remedy("Name the proxy's address among the server's trusted proxies.", Hop.SERVER),
    judge=judge,
    inspect=inspect,
    read=read,
)
