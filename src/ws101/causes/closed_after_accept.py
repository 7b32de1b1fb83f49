"""The server accepts the handshake and closes at once

## What happens
101, then a close frame (1008, 1003, 1011, 4xxx), a bare end, or an HTTP error page where a frame should be (flask-sock).
Clients report that they connected, and lost it.

## Why
The application accepts first and checks afterwards: the token, the user, the subscription. A refusal before 101 would have
said why.

## How we know
The socket was held open, nothing was sent but a ping, and the server closed it.
In logs a close code stands behind the 101, or the line of a 101 lasted no time.

## What to do
Look up the close code; make the server refuse before 101.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs import way
from ws101.logs.entry import Entry
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

SOON = 2.0  # seconds: what closes later was not closed because of the handshake
AT_ONCE = 0.5  # seconds: a bare end after a longer silence may be a time-out

_OF_IDLENESS = frozenset({None, 1000, 1001})  # what an impatient server ends a silence with (RFC 6455, 7.4.1)


def judge(evidence: Evidence) -> Ruling:
    baseline = evidence.baseline
    aftermath = baseline.aftermath if baseline else None
    if baseline is None or baseline.status is None:
        return Unknown("an HTTP answer")
    if not baseline.upgraded:
        return RuledOut("no 101 came back")
    if aftermath is None:
        return Unknown("a 101 that a client can keep")
    if baseline.refusal.status != baseline.status:
        inside = f"an HTTP answer follows the 101, where a frame should be: {baseline.refusal.status}"
        return _judge_end(evidence, Fact(inside, "the socket after 101"), meant=True)
    if aftermath.breaches and aftermath.close_code is None:
        facts = tuple(Fact(f"{b.text} ({b.section})", "the socket after 101") for b in aftermath.breaches)
        return Supported(Certainty.POSSIBLE, facts)
    if aftermath.closed_after is None:
        return RuledOut(f"the socket stayed open for {aftermath.watched:.1f} s")
    if aftermath.closed_after > SOON:
        return RuledOut(f"the socket stayed open for {aftermath.closed_after:.1f} s")
    code = f"with code {aftermath.close_code}" if aftermath.close_code else "without a close frame"
    reason = f" and the reason “{aftermath.close_reason}”" if aftermath.close_reason else ""
    fact = Fact(
        f"closed {aftermath.closed_after * 1000:.0f} ms after the 101, {code}{reason}", "the socket after 101"
    )
    meant = aftermath.close_code not in _OF_IDLENESS or aftermath.closed_after < AT_ONCE
    return _judge_end(evidence, fact, meant=meant)


def _judge_end(evidence: Evidence, fact: Fact, *, meant: bool) -> Supported:
    """Judge an end that the server chose; where another change alone keeps the socket open, that says more."""
    if evidence.stable and (mended := evidence.mended_on_the_way):
        stays = Fact("with one other change the socket stays open", f"experiment {mended}")
        return Supported(Certainty.POSSIBLE, (fact, stays))
    return Supported(Certainty.LIKELY if meant else Certainty.POSSIBLE, (fact,))


# ---- logs


_NORMAL = frozenset({None, 1000, 1001, 1005})
_AT_ONCE = 2.0  # seconds


def _by_client(entry: Entry) -> bool:
    """Whether a client says that it was itself that closed: what it did not like is another matter."""
    return entry.hop is Hop.CLIENT and entry.words.startswith("sent ")


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.never_opened(story):
        return out
    entry = next((e for e in story.entries if e.close_code not in _NORMAL and not _by_client(e)), None)
    opened = way.opened(story)
    if entry is None or hearing.saying(story, Says.IDLE):
        return RuledOut(f"no close code tells of a refusal ({opened.place})") if opened else None
    lasted = hearing.lasted(story)
    if lasted is not None and lasted > _AT_ONCE:
        return RuledOut(f"it stayed open for {lasted:.0f} s ({entry.place})")
    fact = hearing.cite(entry, f"{hearing.who(entry)}: closed with {entry.close_code} after the 101")
    return hearing.supported(fact, certainty=hearing.LIKELY if lasted is not None else hearing.POSSIBLE)


CAUSE = Cause(
    slug="closed-after-accept",
    hop=Hop.SERVER,
    page=__doc__,
    remedy=Remedy(
        "Read the server's log at that moment, and the close code where one came: it may want a token, or a subprotocol.",
        Hop.SERVER,
    ),
    judge=judge,
    generic=True,
    read=read,
)
