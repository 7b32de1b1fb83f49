"""The proxy asks for credentials of its own

## What happens
The proxy answers 401 with `WWW-Authenticate: Basic`, before the application is asked. A Bearer token in Authorization
cannot satisfy it: the field has room for one of the two.

## Why
`auth_basic` is on for the socket's location, often inherited from the site's.

## How we know
The 401 is the proxy's own and asks for Basic.
With the configuration (`--nginx-config`), the line is named.
In logs nginx says that no user or password was given, or answers 401 without asking a server.

## What to do
`auth_basic off;` in the socket's location, or let the token travel elsewhere.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import as_configured, blame, without
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.answer is None or not evidence.refused:
        return Unknown("an HTTP answer")
    challenges = evidence.answer.headers.get_all("www-authenticate")
    asked = next((text for text in challenges if text.lower().startswith("basic")), "")
    if evidence.status != 401 or not asked:
        return RuledOut("nobody asks for Basic credentials")
    fact = Fact(f"WWW-Authenticate: {asked}", "the answer's head")
    if evidence.answered_by_proxy:
        return Supported(
            Certainty.LIKELY, (Fact(f"the 401 is {evidence.proxy}'s own", "the answer's body"), fact)
        )
    return Supported(Certainty.POSSIBLE, (fact,))


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    if hop.gate is None or hop.gate.name != "auth_basic":
        return None if hop.undecided else RuledOut("auth_basic is not on for this location")
    if not as_configured(evidence, hop):
        return None
    return blame(
        (hop.gate, "asks for a name and a password: 401"),
        cure=hop.cure("proxy-asks-own-credentials") or without(hop.gate),
    )


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.BASIC, hops=way.BETWEEN):
        return heard
    if out := hearing.beyond_proxy(story):
        return out
    if (mute := way.said_nothing(story)) and hearing.met_status(story, 401):
        return RuledOut(f"nginx would have logged `no user/password was provided` ({mute.witness.source})")
    entry = way.perhaps_own(story)
    if entry is None or entry.status != 401:
        return hearing.refused_otherwise(story, 401)
    return hearing.supported(hearing.answered(entry), certainty=hearing.POSSIBLE)


CAUSE = Cause(
    slug="proxy-asks-own-credentials",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Switch the proxy's own authentication off for the socket.", Hop.PROXY, patch="auth_basic off;"
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
