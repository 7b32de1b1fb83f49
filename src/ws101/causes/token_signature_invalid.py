"""The token's signature does not fit the server's key

## What happens
The token reads well and is in time, and the server refuses it: `401` or `403`, with the same body as for any other bad
token.

## Why
Issuer and server hold different secrets: staging and production, one rotated and the other not restarted, a secret
file whose last line break one of them reads along, a secret that one decodes from base64 and the other does not. Or
the token was changed on its way.

## How we know
With the secret or the key set at hand the signature is verified here, and the same claims are signed anew and sent. A
token broken on purpose that meets the very same answer, while none at all meets another, hints at it.
In logs the server says so, or the token that stood in a record shows it.

## What to do
Compare the secrets by a hash and not by eye (`sha256sum`), their last byte included. Restart whatever holds the old one.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs.story import Story
from ws101.refusal import KEYS_NEEDED, judge_token, seen, shown
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop
from ws101.tokens.reading import Flaw, TokenReading

DAMAGES = {"broken-token": "the same token with a broken signature"}
WORDS = (
    r"(?:invalid|bad|wrong) signature|signature (?:is |was )?(?:invalid|wrong|mismatch)|signature verification failed"
    r"|signature does(?: not|n't) match"
)


def judge(evidence: Evidence) -> Ruling:
    return judge_token(evidence, Flaw.SIGNATURE, WORDS, _without_flaw, damages=DAMAGES)


def _without_flaw(evidence: Evidence, token: TokenReading) -> Ruling:
    if token.header is None:
        return RuledOut("the token is no JWT, so it has no signature that a key could be held against")
    if token.has(Flaw.ALGORITHM) or token.has(Flaw.KEY):
        return Unknown("a key that the token's algorithm and kid fit")
    if token.signature_checked and token.claims is not None:
        return _judge_fitting(evidence, token)
    if not token.problems and evidence.same("broken-token") and evidence.moves("without-token"):
        facts = (
            seen(evidence, "broken-token", "the same token with a broken signature is answered alike"),
            seen(evidence, "without-token", "no token at all is answered otherwise"),
        )
        return Supported(Certainty.POSSIBLE, facts)
    return Unknown(KEYS_NEEDED)


def _judge_fitting(evidence: Evidence, token: TokenReading) -> Ruling:
    if not token.secret_read or token.problems:
        return RuledOut("the signature fits the given key")
    fact = Fact(
        f"the signature fits the given secret only {token.secret_read}; the server may read it as it is",
        "the token",
    )
    return Supported(Certainty.POSSIBLE, (fact, shown(evidence)))


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return hearing.by_token(story, Says.TOKEN_SIGNATURE, Flaw.SIGNATURE)


CAUSE = Cause(
    slug="token-signature-invalid",
    hop=Hop.AUTH,
    page=__doc__,
    remedy=Remedy(
        "Give the issuer and the server the same key, byte for byte, and restart what holds the old one.",
        Hop.SERVER,
    ),
    judge=judge,
    read=read,
)
