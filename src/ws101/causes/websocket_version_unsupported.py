"""The client asks for a WebSocket version that the server does not speak

## What happens
The server answers `426 Upgrade Required` or `400`, often with a `Sec-WebSocket-Version` that lists what it speaks (RFC
6455, 4.4). Servers differ: a wrong version may also look like no WebSocket request at all.

## Why
Only version 13 is a standard; 8 and 7 are drafts of 2011, and a request without the header is the still older Hixie-76.
Very old clients send these; so do handshakes written by hand that leave the header out.

## How we know
The `Sec-WebSocket-Version` that was sent is not `13`; and the same request with `13`, and nothing else changed, is
answered differently.
In logs the server says so, or a hop shows the field.

## What to do
Send `Sec-WebSocket-Version: 13`, once. Where the client cannot, replace the library: no server that is maintained
speaks the drafts.
"""

from msgspec.structs import replace

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported
from ws101.evidence import Evidence
from ws101.judging import asks_for_damage, judge_damage, judge_request, request_breaches
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Hop


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return judge_damage(evidence, "version-8", "version-99")
    breaches = tuple(
        b for b in request_breaches(evidence, "Sec-WebSocket-Version") if b.section.startswith("RFC 6455")
    )
    repairs = (
        ("right-version",) if breaches else ()
    )  # 13 on two lines is another fault, which the repair mends too
    ruling = judge_request(evidence, breaches, repairs, frozenset({Says.VERSION}))
    spoken = evidence.answer.headers.get("sec-websocket-version") if evidence.answer else ""
    if isinstance(ruling, Supported) and spoken:
        return replace(
            ruling,
            facts=(*ruling.facts, Fact(f"the server speaks version {spoken}", "Sec-WebSocket-Version")),
        )
    return ruling


# ---- logs


def _bare(story: Story) -> Supported | None:
    """Judge a 426 of which nobody says why: RFC 6455, 4.4, answers so to a version that is not supported."""
    known = way.perhaps_of_server(story)
    if (
        known is None
        or known[1] != 426
        or (known[0].hop in way.BEHIND and known[0].software == "websockets")
        or hearing.plain_request(story)
    ):
        return None
    return hearing.supported(hearing.answered(*known), certainty=hearing.POSSIBLE, rare=True)


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.not_sent(story):
        return out
    sent = hearing.as_sent(story, "Sec-WebSocket-Version")
    if sent and sent[1] == "13":
        return RuledOut(f"{hearing.who(sent[0])} saw version 13 ({sent[0].place})")
    if heard := hearing.by_words(story, Says.VERSION):
        return heard
    if sent is None:
        return hearing.as_answered(story, Says.VERSION) or _bare(story)
    if not sent[1]:
        known, handshake = way.perhaps_of_server(story), way.field(sent[0], "Upgrade")
        if not handshake or known is None or known[1] not in {400, 426}:
            return None
        fact = hearing.cite(sent[0], f"{hearing.who(sent[0])} saw an Upgrade and no Sec-WebSocket-Version")
        return hearing.supported(fact, hearing.answered(*known))
    text = f"{hearing.who(sent[0])} saw `Sec-WebSocket-Version: {sent[1]}`"
    return hearing.supported(hearing.cite(sent[0], text))


CAUSE = Cause(
    slug="websocket-version-unsupported",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy("Send Sec-WebSocket-Version: 13, once.", Hop.CLIENT, patch="Sec-WebSocket-Version: 13"),
    judge=judge,
    read=read,
)
