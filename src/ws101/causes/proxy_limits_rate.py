"""The proxy limits how many requests or connections it lets through

## What happens
The proxy answers 503 or 429 by itself, sometimes. Reconnecting clients make it worse.

## Why
`limit_req` counts handshakes like requests; `limit_conn` counts every open socket, for as long as it is open.

## How we know
The refusal is the proxy's own, and the same handshake passes after a pause, or the answer changes from one to the next.
With the configuration (`--nginx-config`), the line is named, and the pause is as long as its rate asks, up to 12 s. Where the server
behind is on this machine and takes the handshake that nginx would pass on to it, nothing but the limit is left that refuses. Else, who
holds the sockets that `limit_conn` counts is in no answer: the error log tells that it was reached.
In logs nginx says so, and names the zone.

## What to do
Give the socket's location a limit of its own that fits long connections, and let clients back off with jitter.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import blame
from ws101.logs import way
from ws101.logs.story import Story
from ws101.nginx.circumstance import MOST_OTHERS, Circumstance
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

PATCH = """\
limit_conn_zone $binary_remote_addr zone=sockets:10m;                 # in http {}
limit_req_zone  $binary_remote_addr zone=handshakes:10m rate=5r/s;

limit_conn sockets 100;                                               # in the location of the socket
limit_req  zone=handshakes burst=50 nodelay;"""


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if not evidence.refused:
        return Unknown("an HTTP answer")
    if evidence.status == 500 and evidence.author is not None and evidence.author.software == "haproxy":
        tarpit = Fact("haproxy itself answers 500, as it does at the end of a tarpit", "the answer")
        return Supported(Certainty.POSSIBLE, (tarpit,))
    if evidence.status not in {429, 503} or not evidence.answered_by_proxy:
        return RuledOut("the proxy does not answer 429 or 503")
    if evidence.says not in {Says.UNAVAILABLE, Says.RATE}:
        return RuledOut("the proxy gives another reason")
    fact = Fact(f"{evidence.proxy} itself answers {evidence.status}", "the answer")
    if evidence.mends("after-pause"):
        return Supported(
            evidence.by_flip,
            (fact, Fact("after a pause the same handshake passes", "experiment after-pause")),
        )
    if evidence.says is Says.RATE:
        return Supported(Certainty.LIKELY, (fact,))
    return Supported(
        Certainty.LIKELY if evidence.tried("repeat") and not evidence.stable else Certainty.POSSIBLE, (fact,)
    )


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    if hop.level is None or hop.undecided:
        return None
    if not hop.in_force("limit_req") and not hop.in_force("limit_conn"):
        return RuledOut("no limit_req and no limit_conn of this configuration is in force here")
    from ws101.nginx.limit import reached  # whoever has a configuration has loaded what it needs

    lines = reached(hop.level, evidence.status)
    if not lines:
        return None
    held = any(line.name == "limit_conn" for line in lines)
    let_in = evidence.soundings.take(hop.server_places)
    given = Circumstance(others=MOST_OTHERS, held=held, supposed=not (let_in or _seen(evidence)))
    notes = [(line, f"answers {evidence.status} where it is reached") for line in lines]
    if let_in and hop.sent is not None:
        notes.append((hop.sent.by, "leads to a server that takes this very handshake from here: 101"))
    return blame(*notes, cure=hop.cure("proxy-limits-rate"), given=given)


def _seen(evidence: Evidence) -> bool:
    """Whether it is seen that a limit was reached: it let one through that came later, or a log says so."""
    said = evidence.story is not None and hearing.saying(evidence.story, Says.RATE, Says.CONNECTIONS)
    return evidence.mends("after-pause") or bool(said)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.RATE, Says.CONNECTIONS, hops=way.BETWEEN):
        return heard
    own = (Says.RATE, Says.CONNECTIONS, Says.UNAVAILABLE)
    if out := hearing.beyond_proxy(story) or hearing.another_reason(story, *own):
        return out
    entry = way.perhaps_own(story)
    if entry is None or entry.status not in {429, 503}:
        return hearing.refused_otherwise(story, 429, 503)
    sure = entry.status == 429 and way.own_answer(story) is not None
    certain = hearing.LIKELY if sure else hearing.POSSIBLE
    return hearing.supported(hearing.answered(entry), certainty=certain)


CAUSE = Cause(
    slug="proxy-limits-rate",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Raise the limit for the socket's location.",
        Hop.PROXY,
        patch=PATCH,
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
