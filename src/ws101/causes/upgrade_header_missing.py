"""The request does not carry Upgrade: websocket

## What happens
The server sees an ordinary GET and answers it as one: `426 Upgrade Required`, `400`, the `404` of a router that shows
its WebSocket routes to upgrades only, or a `200` with a page.

## Why
The client is a plain HTTP client that was given a `ws://` URL, or a library or middleware on its side (an HTTP proxy
agent, an interceptor, a fetch wrapper) leaves out hop-by-hop fields. RFC 6455, 4.2.1, demands the field; its value is
compared without case.

## How we know
The request as it was sent has no `Upgrade` that names `websocket`; and the same request with `Upgrade: websocket` alone
put right is answered differently.
In logs the first hop that tells of the field saw none, as where nginx logs `$http_upgrade`.

## What to do
Let a WebSocket client open the connection, or send `Upgrade: websocket` together with `Connection: Upgrade`. When the
request leaves the client with the field and the server does not see it, a proxy in between drops it.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Unknown
from ws101.evidence import Evidence
from ws101.judging import asks_for_damage, judge_damage, judge_request, request_breaches
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Remedy
from ws101.signature import Says
from ws101.terms import Hop

_SAYINGS = frozenset({Says.NO_UPGRADE, Says.NOT_A_HANDSHAKE, Says.PLAIN_NOT_FOUND, Says.ENGINEIO_BAD_REQUEST})


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return judge_damage(evidence, "without-upgrade", "plain-get")
    return judge_request(evidence, request_breaches(evidence, "Upgrade"), ("right-upgrade",), _SAYINGS)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.not_sent(story) or hearing.over_http2(story):
        return out
    if (sent := hearing.as_sent(story, "Upgrade")) and "websocket" in sent[1].lower():
        return RuledOut(f"{hearing.who(sent[0])} saw `Upgrade: {sent[1]}` ({sent[0].place})")
    if sent and sent[1]:
        text = f"{hearing.who(sent[0])} saw `Upgrade: {sent[1]}`, which asks for no WebSocket"
        return hearing.supported(hearing.cite(sent[0], text))
    if fact := hearing.sent_without(story, "Upgrade"):
        # What stands before this hop and logs nothing here may have dropped it.
        sure = sent is not None and sent[0].hop in way.BETWEEN and way.edge(story) is None
        return hearing.supported(fact, certainty=hearing.LIKELY if sure else hearing.POSSIBLE)
    plain = hearing.plain_request(story)
    if plain and not way.telling_meant(story, "Upgrade") and plain[0].says is not Says.NO_CONNECTION:
        fact, fronted = hearing.plainly(plain[0]), hearing.may_be_fronted(story, plain[0])
        return hearing.supported(fact, certainty=hearing.POSSIBLE, rare=fronted)
    if bare := hearing.bare_404(story):
        return hearing.supported(hearing.answered(bare), certainty=hearing.POSSIBLE, rare=True)
    return Unknown("$http_upgrade in the proxy's access log") if way.fronted(story) else None


CAUSE = Cause(
    slug="upgrade-header-missing",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy(
        "Send Upgrade: websocket (and Connection: Upgrade) with the GET.",
        Hop.CLIENT,
        patch="Upgrade: websocket",
    ),
    judge=judge,
    read=read,
)
