"""Sec-WebSocket-Accept does not fit the key that was sent

## What happens
101 comes back and the client drops it: `Incorrect 'Sec-WebSocket-Accept' header value`.

## Why
The server computes it wrongly, or a proxy or cache answered with the 101 of another handshake, or replaced the key.

## How we know
The value is not the base64 of SHA-1 over the key and the GUID of RFC 6455, 4.2.2.
With the configuration (`--nginx-config`), the line is named.
In logs only the client can say so.

## What to do
Compute it as the RFC says; let no cache or proxy touch Sec-WebSocket-Key.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import blame
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured


def judge(evidence: Evidence) -> Ruling:
    baseline = evidence.baseline
    if evidence.works:
        return RuledOut("Sec-WebSocket-Accept fits the key")
    if baseline is None:
        return Unknown("an HTTP answer")
    if not baseline.upgraded:
        return RuledOut("no 101 came back") if evidence.refused else Unknown("an HTTP answer")
    wrong = [breach for breach in baseline.breaches if breach.field.lower() == "sec-websocket-accept"]
    if not wrong:
        return RuledOut("Sec-WebSocket-Accept fits the key")
    facts = tuple(Fact(f"{breach.text} ({breach.section})", "the answer's head") for breach in wrong)
    return Supported(Certainty.LIKELY, facts)


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    line = hop.alters("Sec-WebSocket-Key")
    if line is None or evidence.status != 101:
        return None
    return blame((line, "sends the server another key than the client's"), joins=True)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.ACCEPT_KEY, hops=(Hop.CLIENT,)):
        return heard
    return hearing.worked(story) or hearing.never_opened(story)


CAUSE = Cause(
    slug="accept-key-wrong",
    hop=Hop.SERVER,
    page=__doc__,
    remedy=Remedy("Answer with base64(SHA-1(key + 258EAFA5-E914-47DA-95CA-C5AB0DC85B11)).", Hop.SERVER),
    judge=judge,
    inspect=inspect,
    read=read,
)
