"""The proxy denies this client's address

## What happens
The proxy answers 403 by itself, whatever is sent.

## Why
`allow` and `deny` in the location, the server or above; or the proxy sees another address than the client's own, such as
the one of a load balancer before it.

## How we know
The 403 is the proxy's own, and no change to the request moves it. `deny`, a refused subrequest and `return 403` look alike
from outside; nginx's error log tells: `access forbidden by rule`.
With the configuration (`--nginx-config`), the line is named.
In logs nginx says “access forbidden by rule”, of `deny` and `limit_except` alike; others name the address.

## What to do
Allow the address, or set the real one with `set_real_ip_from` and `real_ip_header`.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import as_configured, blame, perhaps_by_proxy, without
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

# The same path from the same address: an address that is denied there gets the same 403 for all of them.
_FROM_HERE = ("plain-get", "version-99", "without-origin", "without-token", "broken-token")


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if not evidence.refused:
        return Unknown("an HTTP answer")
    if evidence.status != 403 or not perhaps_by_proxy(evidence):
        return RuledOut("the refusal is not the proxy's 403")
    if evidence.says is Says.CDN_BLOCKED:
        return RuledOut("a rule of the edge refuses it")
    if other := next((name for name in _FROM_HERE if evidence.moves(name)), ""):
        return RuledOut("another request from the same address is answered otherwise", other)
    itself = "itself answers 403" if evidence.answered_by_proxy else "may have written the 403 itself"
    fact = Fact(f"{evidence.proxy or 'a proxy'} {itself}", "the answer")
    unmoved = [name for name in _FROM_HERE if evidence.same(name)]
    return Supported(
        Certainty.POSSIBLE, (fact, *(Fact("it stays the same", f"experiment {name}") for name in unmoved))
    )


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    rules = [line for name in ("allow", "deny") for line in hop.in_force(name)]
    asked = hop.undecided
    if asked is not None and asked.by in rules and evidence.status == 403:
        return blame((asked.by, "asks for the client's address, which nobody knows here"), shown=False)
    if hop.gate is None or hop.gate not in rules or hop.level is None or hop.level.kind == "limit_except":
        return None if asked else RuledOut("no allow or deny of this configuration refuses the handshake")
    if not as_configured(evidence, hop):
        return None
    client = hop.route.ask.client or "every client"
    return blame(
        (hop.gate, f"refuses {client}: 403"), cure=hop.cure("proxy-denies-address") or without(hop.gate)
    )


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    nginx = hearing.saying(story, Says.ADDRESS, hops=way.BETWEEN, words="access forbidden by rule")
    certain = hearing.POSSIBLE if nginx else hearing.LIKELY
    if heard := hearing.by_words(story, Says.ADDRESS, hops=way.BETWEEN, certainty=certain):
        return heard
    if out := hearing.beyond_proxy(story) or hearing.another_reason(story, Says.ADDRESS, Says.FORBIDDEN):
        return out
    if (mute := way.said_nothing(story)) and hearing.met_status(story, 403):
        return RuledOut(f"nginx would have logged `access forbidden by rule` ({mute.witness.source})")
    entry = way.perhaps_own(story)
    if entry is None or entry.status != 403:
        return hearing.refused_otherwise(story, 403)
    return hearing.supported(hearing.answered(entry), certainty=hearing.POSSIBLE)


CAUSE = Cause(
    slug="proxy-denies-address",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Allow the client's address; nginx's error log says `access forbidden by rule` if this is it.",
        Hop.PROXY,
        patch="allow 192.0.2.0/24;   # the client's network\ndeny  all;",
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
