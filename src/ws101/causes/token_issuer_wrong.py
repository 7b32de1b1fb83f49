"""The token comes from an issuer that the server does not trust

## What happens
The token says who issued it (`iss`), and the server expects another name: `401` or `403`.

## Why
The token is from another environment, realm or tenant. Or both mean the same issuer and write it differently: with and
without a slash at the end, `http` and `https`, an inner host name and a public one.

## How we know
The claim is compared with the issuer that was given as the server's; some servers name it in their answer. The
comparison is exact, character for character (RFC 7519, 4.1.1).
In logs the server says so, or the token that stood in a record shows it.

## What to do
Take the token from the issuer that the server trusts, or set the server's issuer to exactly what the token says.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Unknown
from ws101.evidence import Evidence
from ws101.logs.story import Story
from ws101.refusal import judge_token
from ws101.report import Remedy
from ws101.signature import Says
from ws101.terms import Hop
from ws101.tokens.reading import Flaw, TokenReading

WORDS = (
    r"issuer (?:'[^']{0,80}' )?is invalid|(?:jwt issuer|issuer validation) (?:invalid|failed)|invalid issuer|untrusted issuer"
    r"|issuer does(?: not|n't) match"
)


def judge(evidence: Evidence) -> Ruling:
    return judge_token(evidence, Flaw.ISSUER, WORDS, _without_flaw)


def _without_flaw(_: Evidence, token: TokenReading) -> Ruling:
    if token.claims is None:
        return RuledOut("the token shows no issuer")
    if token.issuer is None:
        return Unknown("the issuer that the server expects")
    return RuledOut("the token comes from the expected issuer")


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return hearing.by_token(story, Says.TOKEN_ISSUER, Flaw.ISSUER)


CAUSE = Cause(
    slug="token-issuer-wrong",
    hop=Hop.AUTH,
    page=__doc__,
    remedy=Remedy(
        "Take the token from the issuer that this server trusts, written exactly alike.", Hop.CLIENT
    ),
    judge=judge,
    read=read,
)
