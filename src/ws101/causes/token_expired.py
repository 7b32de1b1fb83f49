"""The token has expired

## What happens
The token says in its `exp` claim until when it is valid, and that time has passed. The server answers `401` or `403`,
with `invalid_token` at best and without a reason most of the time.

## Why
Tokens live for minutes or hours, sockets for days. A client that reconnects with the token of its first connection
works until the first disconnection after that. Or the clocks of issuer and server disagree.

## How we know
The claims are read and compared with the server's own clock, which is in its `Date` field, or else with this machine's.
With the server's secret at hand the same claims are signed anew and sent again: if that is accepted, it was the time.
In logs the server says so, or the token that stood in a record shows it.

## What to do
Fetch a new token before every attempt to connect, reconnects included. Let the server name the reason, in
`WWW-Authenticate` or a close code of its own. Check the clocks (NTP) where a fresh token is refused too.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs.story import Story
from ws101.refusal import FRESH, judge_token, lifts, seen
from ws101.report import Remedy
from ws101.signature import Says
from ws101.terms import Hop
from ws101.tokens.checks import moment
from ws101.tokens.reading import Flaw, TokenReading

DAMAGES = {"expired-token": "the same token, expired"}
CLOCKS_DIFFER = 300.0  # seconds; few machines without NTP are further off
WORDS = r"(?:jwt|token|signature|session)(?: is| has| was)? expired|expired (?:jwt|token|signature)|lifetime validation failed"


def judge(evidence: Evidence) -> Ruling:
    return judge_token(
        evidence,
        Flaw.EXPIRED,
        WORDS,
        _without_flaw,
        damages=DAMAGES,
        need="the token that the failing client sends, or --jwt-secret-file",
        doubt=_doubt,
    )


def _without_flaw(evidence: Evidence, token: TokenReading) -> Ruling:
    if lifts(evidence, FRESH) and not token.problems:
        return Supported(evidence.by_flip, (seen(evidence, FRESH, "the same claims with all times current"),))
    if token.claims is None:
        return Unknown("when this token expires: only its issuer can read it")
    if "exp" not in token.claims:
        return RuledOut("the token names no time at which it expires")
    return RuledOut(f"the token is still valid by {token.clock} clock")


def _doubt(evidence: Evidence, token: TokenReading) -> str:
    expires = moment(token.claims or {}, "exp")
    if expires is None or token.clock == "the server's" or evidence.now - expires > CLOCKS_DIFFER:
        return ""
    return "the server does not tell its time, and clocks may differ by as much"


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return hearing.by_token(story, Says.TOKEN_EXPIRED, Flaw.EXPIRED)


CAUSE = Cause(
    slug="token-expired",
    hop=Hop.AUTH,
    page=__doc__,
    remedy=Remedy("Fetch a new token before each attempt to connect.", Hop.CLIENT),
    judge=judge,
    read=read,
)
