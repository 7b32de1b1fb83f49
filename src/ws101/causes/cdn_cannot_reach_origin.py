"""The edge cannot reach the server behind it

## What happens
The content delivery network takes the handshake and fails to get an answer from the origin. Cloudflare
numbers it: 520 empty or broken answer, 521 refused, 522 no connection in time, 523 no route, 524 no answer in
time, 530 no origin found. Others say 502, 503 or 504 with a page of their own.

## Why
The origin is down; its firewall does not let the edge's addresses in; the edge's record has an old address or
a port that the origin does not serve; a tunnel is down.

## How we know
The edge says so, with its own status or page; a handshake straight to the origin tells whether the origin is
up.
In logs the edge's own status says so: 520 to 524.

## What to do
Start the origin, let the edge's published addresses through its firewall, and compare the address in the
edge's settings.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

DIRECT = "direct"
CLOUDFLARE = {
    520: "got an empty or broken answer from the origin",
    521: "was refused by the origin's port",
    522: "got no connection to the origin in time",
    523: "has no route to the origin",
    524: "got no answer from the origin in time",
    530: "found no origin: its name or its tunnel is missing",
}


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.answer is None:
        return Unknown("an answer of the edge")
    facts = _facts(evidence)
    if not facts:
        return RuledOut("no edge says that it cannot reach its origin")
    direct = evidence.tried(DIRECT)
    if direct is None:
        return Supported(Certainty.LIKELY, facts)
    seen = Fact(
        f"straight to the server: {direct.status or direct.detail or direct.ending}", f"experiment {DIRECT}"
    )
    flip = direct.status is not None and evidence.moves(DIRECT)
    return Supported(evidence.by_flip if flip else Certainty.LIKELY, (*facts, seen))


def _facts(evidence: Evidence) -> tuple[Fact, ...]:
    name = evidence.edge or (evidence.author.software if evidence.author else "the edge")
    if evidence.edge == "Cloudflare" and evidence.status in CLOUDFLARE:
        return (
            Fact(f"{name} {CLOUDFLARE[evidence.status]} ({evidence.status})", "the answer's status line"),
        )
    if evidence.says is Says.CDN_ORIGIN_UNREACHABLE:
        return (
            Fact(f"{name} says that it cannot reach the origin ({evidence.status})", "the answer's body"),
        )
    return ()


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.CDN_ORIGIN_UNREACHABLE):
        return heard
    entry = hearing.met_status(story, 520, 521, 522, 523, 524)
    return hearing.supported(hearing.answered(entry)) if entry else hearing.refused_otherwise(story)


CAUSE = Cause(
    slug="cdn-cannot-reach-origin",
    hop=Hop.CDN,
    page=__doc__,
    remedy=Remedy(
        "Start the origin, let the edge's addresses through its firewall, and compare its address at the edge.",
        Hop.SERVER,
    ),
    judge=judge,
    read=read,
)
