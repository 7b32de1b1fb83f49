"""The server accepts the handshake and closes at once

## What happens
101, then a close frame (1008, 1003, 1011, 4xxx), a bare end, or an HTTP error page where a frame should be (flask-sock).
Clients report that they connected, and lost it.

## Why
The application accepts first and checks afterwards: the token, the user, the subscription. A refusal before 101 would have
said why.

## How we know
The socket was held open, nothing was sent but a ping, and the server closed it.

## What to do
Look up the close code; make the server refuse before 101.
"""

from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.report import Certainty, Fact, Hop, Remedy

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


CAUSE = Cause(
    slug="closed-after-accept",
    hop=Hop.SERVER,
    page=__doc__,
    remedy=Remedy("Read what the close code says, and the server's log at that moment.", Hop.SERVER),
    judge=judge,
    generic=True,
)
