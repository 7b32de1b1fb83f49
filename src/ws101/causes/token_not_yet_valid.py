"""The token is not valid yet by the server's clock

## What happens
The token's `nbf` (not before) or `iat` (issued at) lies in the future of the server that reads it. Strict verifiers
refuse it: `401` or `403`. A minute later the same token is accepted, so the failure comes and goes.

## Why
The clock of the machine that issues tokens runs ahead of the one that verifies them; seconds are enough. Or the times
are written in milliseconds, or in local time, where RFC 7519 wants seconds since 1970 in UTC.

## How we know
The claims are read and compared with the server's own clock, which is in its `Date` field, or else with this machine's.
With the server's secret at hand the same claims are signed anew with current times: if that is accepted, it was the time.
In logs the server says so, or the token that stood in a record shows it.

## What to do
Run NTP on both machines. Allow the verifier a leeway of some seconds. Write times as whole seconds in UTC.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling
from ws101.evidence import Evidence
from ws101.logs.story import Story
from ws101.refusal import judge_token
from ws101.report import Remedy
from ws101.signature import Says
from ws101.terms import Hop
from ws101.tokens.checks import moment
from ws101.tokens.reading import Flaw, TokenReading

CLOCKS_DIFFER = 300.0  # seconds; few machines without NTP are further off
WORDS = (
    r"jwt not active|(?:token|signature) (?:is )?not (?:yet )?(?:valid (?:yet|before)|active|valid yet)|not yet valid"
    r"|used before issued|issued in the future"
)


def judge(evidence: Evidence) -> Ruling:
    return judge_token(evidence, Flaw.NOT_YET_VALID, WORDS, _without_flaw, doubt=_doubt)


def _without_flaw(_: Evidence, token: TokenReading) -> Ruling:
    if token.claims is None:
        return RuledOut("the token shows no time before which it is not valid")
    return RuledOut(f"none of the token's times lies in the future by {token.clock} clock")


def _doubt(evidence: Evidence, token: TokenReading) -> str:
    starts = max((moment(token.claims or {}, name) or 0.0) for name in ("nbf", "iat"))
    if token.clock == "the server's" or starts - evidence.now > CLOCKS_DIFFER:
        return ""
    return "the server does not tell its time, and clocks may differ by as much"


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return hearing.by_token(story, Says.TOKEN_NOT_YET_VALID, Flaw.NOT_YET_VALID)


CAUSE = Cause(
    slug="token-not-yet-valid",
    hop=Hop.AUTH,
    page=__doc__,
    remedy=Remedy(
        "Set the clocks of the issuer and the server right (NTP), and allow some seconds of leeway.",
        Hop.SERVER,
    ),
    judge=judge,
    read=read,
)
