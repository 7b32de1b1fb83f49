"""The server has no room for another connection now

## What happens
The application answers 503 or 429, often with Retry-After.

## Why
A limit on connections or on handshakes per second was reached, or the server is starting or draining.

## How we know
The answer is the server's own and says so.
In logs the server's own line has the 503 or 429, and not the proxy's alone.

## What to do
Wait as long as Retry-After says; let clients back off with jitter, or they will all return at once.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.answer is None or not evidence.refused:
        return Unknown("an HTTP answer")
    if evidence.status not in {429, 503} or evidence.answered_by_proxy:
        return RuledOut("the server does not say that it is overloaded")
    retry = evidence.answer.headers.get("retry-after")
    facts = [Fact(f"the server answers {evidence.status}", "the answer")]
    facts += [Fact(f"Retry-After: {retry}", "the answer's head")] if retry else []
    if evidence.mends("after-pause"):
        return Supported(
            evidence.by_flip, (*facts, Fact("after a pause it passes", "experiment after-pause"))
        )
    # A page that bears no mark, without a time to come again, may be the proxy's own for a maintenance.
    servers = (
        retry or not evidence.proxy or (evidence.author is not None and evidence.author.hop is Hop.SERVER)
    )
    return Supported(Certainty.LIKELY if servers else Certainty.POSSIBLE, tuple(facts))


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    says = (Says.UNAVAILABLE, Says.RATE, Says.CONNECTIONS)
    if heard := hearing.by_words(story, *says, hops=way.BEHIND):
        return heard
    if out := hearing.before_server(story):
        return out
    known = way.perhaps_of_server(story)
    if known is None or known[1] not in {429, 503}:
        return hearing.refused_otherwise(story, 429, 503)
    certain = hearing.LIKELY if way.server_status(story) else hearing.POSSIBLE
    return hearing.supported(hearing.answered(*known), certainty=certain)


CAUSE = Cause(
    slug="server-overloaded",
    hop=Hop.SERVER,
    page=__doc__,
    remedy=Remedy(
        "Wait, then try again with backoff and jitter; raise the limit if the load is real.", Hop.SERVER
    ),
    judge=judge,
    generic=True,
    read=read,
)
