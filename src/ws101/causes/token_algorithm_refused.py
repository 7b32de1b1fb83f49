"""The token names an algorithm that the server does not take

## What happens
The token's header says how it is signed (`alg`), and the server allows other algorithms only: `401` or `403`.

## Why
The issuer moved from a shared secret (HS256) to a key pair (RS256, ES256), or the other way, and the server's list of
allowed algorithms did not. `none` is refused by every sound verifier: such a token is not signed at all.

## How we know
The header is read and compared with the kind of key that was given: a shared secret takes HS256, HS384 and HS512, and a
key of a key set takes what its `kty` and `alg` say. Some servers name the algorithm in their answer.
In logs the server says so, or the token that stood in a record shows it.

## What to do
Let issuer and server agree on one algorithm, and pin it in the verifier. Never let the token choose: a public key used
as an HMAC secret is a known way in.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Unknown
from ws101.evidence import Evidence
from ws101.logs.story import Story
from ws101.refusal import KEYS_NEEDED, judge_token
from ws101.report import Remedy
from ws101.signature import Says
from ws101.terms import Hop
from ws101.tokens.reading import Flaw, TokenReading

WORDS = (
    r"(?:invalid|unsupported|unexpected|disallowed) (?:signing )?(?:algorithm|alg\b|signing method)|unexpected signing method"
    r"|(?:algorithm|alg) (?:value )?(?:is )?not (?:allowed|supported)"
)


def judge(evidence: Evidence) -> Ruling:
    return judge_token(evidence, Flaw.ALGORITHM, WORDS, _without_flaw)


def _without_flaw(_: Evidence, token: TokenReading) -> Ruling:
    if token.header is None:
        return RuledOut("the token is no JWT and names no algorithm")
    if not token.signature_checked:
        return Unknown(KEYS_NEEDED)
    return RuledOut("the token's algorithm is one for the given key")


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return hearing.by_token(story, Says.TOKEN_ALGORITHM, Flaw.ALGORITHM)


CAUSE = Cause(
    slug="token-algorithm-refused",
    hop=Hop.AUTH,
    page=__doc__,
    remedy=Remedy("Sign with the algorithm that the server allows, or allow the issuer's.", Hop.SERVER),
    judge=judge,
    read=read,
)
