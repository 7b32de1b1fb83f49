"""The token is not written as a token: no Bearer, Bearer twice, quotes, a line break, or a part is missing

## What happens
A good token is mangled on its way into the request, or something else was sent in its place. The server finds no token
that it could verify and answers as if there were none: `401`, or `403`. A line break in a header ends the field there:
nginx passes the first half on and drops the rest, and most servers asked directly answer `400`.

## Why
`Bearer` is added by the client and again by a library; a token is read from a file with its line break, from JSON with
its quotes, or from a shell in which `$TOKEN` stood in single quotes; `null` and `undefined` are what scripts write when
nobody is logged in.

## How we know
The value is looked at as it is sent: its scheme, its three parts, their base64url and JSON, and the length of its
signature. The same handshake with the token tidied shows whether that was all.
In logs the server says so, or the token that stood in a record shows it.

## What to do
Send exactly `Authorization: Bearer <token>`: one blank, no quotes, no line break. Trim what is read from files, and do
not connect before there is a token.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported
from ws101.evidence import Evidence
from ws101.logs.story import Story
from ws101.refusal import judge_damages, judge_flaw, lifts, seen, token_cleared
from ws101.report import Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop
from ws101.tokens.reading import Flaw

TIDY = "tidy-token"
DAMAGES = {
    "no-bearer": "the token without the word Bearer",
    "double-bearer": "the word Bearer twice",
    "quoted-token": "the token in quotes",
    "token-twice": "the Authorization field twice",
}
WORDS = (
    r"(?:jwt|token) (?:is )?malformed|malformed (?:jwt|token|authori[sz]ation)|not enough segments"
    r"|invalid (?:token|header) (?:format|padding|string)|bad authori[sz]ation header"
    r"|format is authori[sz]ation: bearer|invalid crypto padding"
)


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return judge_damages(
            evidence, DAMAGES, "the Authorization field exactly as the failing client sends it"
        )
    if cleared := token_cleared(evidence):
        return cleared
    ruling = judge_flaw(evidence, Flaw.MALFORMED, WORDS)
    if evidence.tried(TIDY) is None:
        return ruling or RuledOut("the token is written as it should be")
    tidied = seen(evidence, TIDY, "the same token, tidied")
    if lifts(evidence, TIDY):
        return Supported(evidence.by_flip, (*(ruling.facts if ruling else ()), tidied))
    if ruling is None:
        return RuledOut("the token tidied is refused as well", TIDY)
    certainty = Certainty.POSSIBLE if evidence.same(TIDY) else ruling.certainty
    return Supported(certainty, (*ruling.facts, tidied), latent=ruling.latent)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return hearing.by_token(story, Says.TOKEN_MALFORMED, Flaw.MALFORMED)


CAUSE = Cause(
    slug="token-malformed",
    hop=Hop.AUTH,
    page=__doc__,
    remedy=Remedy(
        "Send the word Bearer, one space and the token in the Authorization field: no quotes, no line break, Bearer once.",
        Hop.CLIENT,
    ),
    judge=judge,
    read=read,
)
