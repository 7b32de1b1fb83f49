"""The token is meant for another audience

## What happens
The token says for whom it was issued (`aud`), and the server is not among them: `401` or `403`.

## Why
The client asked the issuer for a token for another API, or for an ID token where an access token is wanted. Or the
server's setting names its audience with a slash, a scheme or a case that the issuer writes otherwise.

## How we know
The claim is compared with the audience that was given as the server's; some servers name it in their answer. The
comparison is exact, character for character (RFC 7519, 4.1.3).
In logs the server says so, or the token that stood in a record shows it.

## What to do
Ask the issuer for a token for this server's audience, or set the server's audience to exactly what the token says.
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
    r"audience (?:'[^']{0,80}' )?is invalid|(?:jwt audience|audience validation) (?:invalid|failed)|invalid audience"
    r"|audience does(?: not|n't) match"
)


def judge(evidence: Evidence) -> Ruling:
    return judge_token(evidence, Flaw.AUDIENCE, WORDS, _without_flaw)


def _without_flaw(_: Evidence, token: TokenReading) -> Ruling:
    if token.claims is None:
        return RuledOut("the token shows no audience")
    if token.audience is None:
        return Unknown("the audience that the server expects")
    return RuledOut("the token is meant for the expected audience")


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return hearing.by_token(story, Says.TOKEN_AUDIENCE, Flaw.AUDIENCE)


CAUSE = Cause(
    slug="token-audience-wrong",
    hop=Hop.AUTH,
    page=__doc__,
    remedy=Remedy(
        "Ask the issuer for a token whose `aud` is exactly the one that this server expects.", Hop.CLIENT
    ),
    judge=judge,
    read=read,
)
