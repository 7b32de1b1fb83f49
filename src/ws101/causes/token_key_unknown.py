"""The token names a key that the server does not have

## What happens
The token's header names its signing key (`kid`), and the server's key set holds no key of that name: `401` or `403`,
and sometimes `500`.

## Why
The issuer has rotated its keys and the server still holds the old set in its cache; or the token comes from another
tenant, realm or environment than the one whose keys the server fetches.

## How we know
The `kid` is compared with the key set that was given. Some servers say that they found no key.
In logs the server says so, or the token that stood in a record shows it.

## What to do
Let the server fetch the key set again when it meets an unknown `kid`, and let the issuer publish a new key before it
signs with it. Check that both name the same realm.
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
    r"signature key was not found|unable to find a signing key|no (?:matching|suitable|applicable) (?:key|jwk)"
    r"|(?:unknown|invalid) (?:kid|key id)|kid not found|no key found"
)


def judge(evidence: Evidence) -> Ruling:
    return judge_token(evidence, Flaw.KEY, WORDS, _without_flaw)


def _without_flaw(_: Evidence, token: TokenReading) -> Ruling:
    if "kid" not in (token.header or {}):
        return RuledOut("the token names no key")
    if not token.signature_checked:
        return Unknown("the server's key set (--jwks)")
    return RuledOut("the key that the token names is not missing from the given ones")


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return hearing.by_token(story, Says.TOKEN_KEY, Flaw.KEY)


CAUSE = Cause(
    slug="token-key-unknown",
    hop=Hop.AUTH,
    page=__doc__,
    remedy=Remedy(
        "Let the server fetch the issuer's current key set, and check that both mean the same realm.",
        Hop.SERVER,
    ),
    judge=judge,
    read=read,
)
