"""Client and server do not agree on an extension

## What happens
The `101` names an extension that the client did not offer, and the client must drop the connection (RFC 6455, 4.1); or
the server refuses parameters of the offer (`permessage-deflate` with a window that it does not know) with `400`.

## Why
A server that compresses without being asked; a proxy or an edge that removes `Sec-WebSocket-Extensions` from one
direction and not from the other; or an offer that was written by hand.

## How we know
The `101` itself, beside what was offered; and the same handshake without `Sec-WebSocket-Extensions` works.
With the configuration (`--nginx-config`), the line is named.
In logs the side that refuses says so.

## What to do
Switch compression off on one side to get a connection, then let both sides negotiate: offer `permessage-deflate` without
parameters, and pass the field unchanged in both directions.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.attempt import Attempt
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import asks_for_damage, blame, flip_fact, request_breaches
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

FIELD, WITHOUT = "Sec-WebSocket-Extensions", "without-extensions"


def judge(evidence: Evidence) -> Ruling:
    baseline = evidence.baseline
    if asks_for_damage(evidence):
        return Unknown("the extensions that the failing client offers")
    if baseline is None:
        return Unknown("an answer to the handshake")
    if request_breaches(evidence, FIELD):
        return RuledOut("the offer is malformed, which is a fault of its own")
    facts = _seen(baseline)
    if FIELD in baseline.sending.request.headers and evidence.mends(WITHOUT):
        return Supported(evidence.by_flip, (*facts, flip_fact(evidence, WITHOUT)))
    if any(breach.field == FIELD for breach in baseline.breaches):
        return Supported(Certainty.LIKELY, facts)
    if evidence.refused and evidence.says is Says.EXTENSION:
        return Supported(
            Certainty.LIKELY, (*facts, Fact(f"the refusal says: {evidence.says.value}", "the answer"))
        )
    if baseline.upgraded:
        return RuledOut("the 101 agrees with what was offered")
    if FIELD not in baseline.sending.request.headers:
        return RuledOut("our handshake offers no extension")
    if evidence.same(WITHOUT):
        return RuledOut("without extensions the answer is the same", WITHOUT)
    return Unknown("the extensions that the server knows")


def _seen(baseline: Attempt) -> tuple[Fact, ...]:
    offered = ", ".join(baseline.sending.request.headers.get_all(FIELD)) or "no extension"
    breaches = (Fact(breach.text, "the 101") for breach in baseline.breaches if breach.field == FIELD)
    return (Fact(f"the client offers {offered}", "the request as sent"), *breaches)


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    if line := hop.alters(FIELD):
        return blame((line, "sends the server other extensions than the client offered"), joins=True)
    hidden = hop.hides(FIELD)
    if hidden is None or evidence.status != 101:
        return None
    return blame((hidden, "takes the extensions out of the 101"), joins=True)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return hearing.by_words(story, Says.EXTENSION) or hearing.not_sent(story)


CAUSE = Cause(
    slug="extension-mismatch",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy(
        "Offer permessage-deflate without parameters, or no extension, and pass the field unchanged.",
        Hop.CLIENT,
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
