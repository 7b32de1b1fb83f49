"""The token is good, and its user is not known to the server

## What happens
Signature and times are right, and the user whom the token names does not exist, or no longer: `401`, `403`, or a 101
that is closed at once.

## Why
The account was deleted or locked, the database was reset or restored, or the token comes from another environment that
shares the secret. Servers that look the user up only when a socket opens refuse here and nowhere else.

## How we know
Some servers say so. Otherwise: the token is verified with the server's own key, nothing in it is wrong, and a broken
one meets another answer, so something behind the verification refuses. The server's log can settle it.
In logs the server says so.

## What to do
Log in again, and look the user up in the server's own store. Let the server say which of both it was, in its log.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs.story import Story
from ws101.refusal import UNRELATED, complaint, judge_damages, refused, seen, shown, token_cleared
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

WORDS = (
    r"(?:user|account|subject) (?:was |is |could )?(?:not (?:be )?found|unknown|disabled|deleted|inactive|locked)"
    r"|(?:user|account|subject) does(?: not|n't) exist|no such (?:user|account)|unknown (?:user|subject)"
)


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return judge_damages(evidence, {}, "the token that the failing client sends")
    if (cleared := token_cleared(evidence)) or evidence.token is None:
        return cleared or UNRELATED
    if said := complaint(evidence, WORDS):
        return Supported(Certainty.LIKELY, (said, shown(evidence)))
    if not refused(evidence):
        return UNRELATED
    if evidence.token.problems:
        return RuledOut("the token is refused for what is wrong with itself, before its user matters")
    if evidence.token.signature_checked and evidence.moves("broken-token"):
        fact = Fact("its signature fits the given key, and its times are right", "the token")
        broken = seen(evidence, "broken-token", "a broken signature is answered otherwise")
        return Supported(Certainty.POSSIBLE, (fact, broken, shown(evidence)))
    return Unknown("the server's own log of this refusal, and whether the token's user exists")


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return hearing.by_words(story, Says.TOKEN_USER) or hearing.past_credentials(story)


CAUSE = Cause(
    slug="token-user-unknown",
    hop=Hop.AUTH,
    page=__doc__,
    remedy=Remedy(
        "Log in again, and check that the token's user exists where this server looks.", Hop.SERVER
    ),
    judge=judge,
    read=read,
)
