"""The application failed while it handled the handshake

## What happens
500, or another 5xx that the application itself wrote.

## Why
An exception before the handshake was accepted: often a missing field, a database, a header that the code took for granted.

## How we know
The answer is the server's own error.
In logs the server's own error stands beside its 500.

## What to do
Read the server's log at the time of this attempt.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import perhaps_by_proxy
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.status is None:
        return Unknown("an HTTP answer")
    if (
        evidence.answered_by_proxy
        or not 500 <= evidence.status < 600
        or evidence.status in {502, 503, 504, 505}
    ):
        return RuledOut("the answer is no error of the application")
    who = evidence.author.software if evidence.author else "the server"
    facts = [Fact(f"{who} answers {evidence.status}", "the answer")]
    facts += (
        [Fact("another path is answered otherwise", "experiment nonsense-path")]
        if evidence.moves("nonsense-path")
        else []
    )
    # Django Channels fails so wherever no route fits: then it is one reading of two.
    routes = who == "daphne" and evidence.same("nonsense-path")
    doubtful = routes or perhaps_by_proxy(evidence)
    return Supported(Certainty.POSSIBLE if doubtful else Certainty.LIKELY, tuple(facts))


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.ERROR, hops=way.BEHIND):
        return heard
    if out := hearing.before_server(story):
        return out
    known = way.perhaps_of_server(story)
    if known is None or known[1] not in {500, 501}:
        return hearing.refused_otherwise(story, 500, 501, 502)
    certain = hearing.LIKELY if way.server_status(story) else hearing.POSSIBLE
    return hearing.supported(hearing.answered(*known), certainty=certain)


CAUSE = Cause(
    slug="server-error",
    hop=Hop.SERVER,
    page=__doc__,
    remedy=Remedy("Read the server's log at the time of this attempt.", Hop.SERVER),
    judge=judge,
    generic=True,
    read=read,
)
