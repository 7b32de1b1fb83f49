"""The request's head is larger than a hop takes

## What happens
A long token or a big cookie makes one line, or all of them together, too large. nginx answers 400 with a page of its own
(494 inside), others 431, 413 or 414; some close without a word.

## Why
nginx takes lines of up to 8 KiB (`large_client_header_buffers 4 8k`), Node 16 KiB in all, many Python servers 8 KiB a line.

## How we know
The refusal says so; or the same handshake with a short token, or without its cookies, is answered otherwise.
With the configuration (`--nginx-config`), the line is named, or the default.
In logs nginx says so at level info, and its 400 is as long as its page for this, 233 bytes.

## What to do
Make the token smaller (fewer claims), or raise the limit at every hop: raising the first moves the refusal to the next.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.handshake.request import build
from ws101.judging import asks_for_damage, blame, judge_damage
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

_LARGE = 4000  # bytes; no server observed refuses a smaller head
_SMALLER = ("short-token", "without-cookie", "minimal", "without-token")
_PLAIN = frozenset({414, 431, 494})  # RFC 9110, 15.5.15; RFC 6585, 5; nginx's own number for it
_VAGUE = frozenset({None, 400, 413, 500, 502})

_REFUSALS = frozenset({400, 414, 431, 494})


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return judge_damage(evidence, "large-header")
    if evidence.works:
        return RuledOut("a head of this size passes")
    if evidence.baseline is None:
        return Unknown("an answer")
    size = len(build(evidence.baseline.sending.request))
    fact = Fact(f"the request's head has {size:,} bytes", "the request as sent")
    smaller = next((name for name in _SMALLER if evidence.moves(name)), "")
    said = evidence.says is Says.HEADER_TOO_LARGE or evidence.status in _PLAIN
    if said and smaller:
        return Supported(
            evidence.by_flip, (fact, Fact("a smaller head is answered otherwise", f"experiment {smaller}"))
        )
    if said:
        return Supported(
            Certainty.LIKELY, (fact, Fact("the refusal says that the head is too large", "the answer"))
        )
    if size < _LARGE:
        return RuledOut(f"the request's head has only {size:,} bytes")
    if evidence.status not in _VAGUE:
        return RuledOut(f"a head that is too large is not answered {evidence.status}")
    if smaller:
        return Supported(
            Certainty.LIKELY, (fact, Fact("a smaller head is answered otherwise", f"experiment {smaller}"))
        )
    return Unknown("the log of the hop that refuses")


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    cure = hop.cure("request-header-too-large")
    if not cure:
        return (
            RuledOut("the head fits the buffers of this configuration")
            if evidence.answered_by_proxy
            else None
        )
    if evidence.status not in _REFUSALS or hop.route.server is None:
        return None
    size, line = hop.largest_line
    default = f"takes lines of {size:,} bytes, nginx's default"
    said = (line, f"takes lines of {size:,} bytes") if line else (hop.route.server.directive, default)
    return blame(said, cure=cure)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.HEADER_TOO_LARGE):
        return heard
    if out := hearing.not_sent(story):
        return out
    if entry := hearing.met_status(story, 414, 431, 494):
        return hearing.supported(hearing.answered(entry))
    if way.passed_on(story):
        return hearing.refused_otherwise(story, 400, 413, 500, 502)
    return hearing.by_page(story, Says.HEADER_TOO_LARGE) or hearing.refused_otherwise(story, 400, 413)


CAUSE = Cause(
    slug="request-header-too-large",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Send less, or raise the limit at every hop.", Hop.PROXY, patch="large_client_header_buffers 4 32k;"
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
