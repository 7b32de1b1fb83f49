"""The token is good, and its user may not open this socket

## What happens
The server knows who is asking and refuses: `403`, at best with `error="insufficient_scope"`, or a 101 that is closed at
once with `3003`, `4003` or `4403`.

## Why
The token lacks a scope or a role that this path demands, or the user does not own what the path names.

## How we know
The server says so; or the same handshake without its token, or with a broken one, is answered `401` where this one is
answered `403`: the token was understood. A `403` alone says little, as many frameworks refuse everything with it.
In logs the server says so, or names the user whom it answers 403.

## What to do
Ask the issuer for the scope that the path demands, or grant the user the role. A new token is needed afterwards: the
old one still says what was granted when it was issued.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs import way
from ws101.logs.story import Story
from ws101.refusal import UNRELATED, complaint, judge_damages, refused, seen, shown, token_cleared
from ws101.report import Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

FORBIDDEN_CLOSES = frozenset({3003, 4003, 4403})
CONTROLS = {
    "without-token": "the same handshake without a token",
    "broken-token": "the same with a broken signature",
}
WORDS = (
    r"insufficient[_ ](?:scope|permission|privilege|right|role)s?|permission denied|not (?:permitted|allowed|authori[sz]ed) to"
    r"|(?:missing|lacks?|requires?) (?:the )?(?:required )?(?:scope|permission|role)"
)


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return judge_damages(evidence, {}, "the token that the failing client sends")
    if cleared := token_cleared(evidence):
        return cleared
    if (said := complaint(evidence, WORDS)) and not evidence.answered_by_proxy:
        return Supported(Certainty.LIKELY, (said, shown(evidence)))
    if not refused(evidence):
        return UNRELATED
    if evidence.status == 401:
        return RuledOut("a 401 asks who you are, and not what you may do")
    understood = [name for name in CONTROLS if (attempt := evidence.tried(name)) and attempt.status == 401]
    if evidence.status == 403 and understood:
        facts = tuple(seen(evidence, name, CONTROLS[name]) for name in understood)
        return Supported(Certainty.LIKELY, (shown(evidence), *facts))
    aftermath = evidence.baseline.aftermath if evidence.baseline else None
    if aftermath is not None and aftermath.close_code in FORBIDDEN_CLOSES:
        return Supported(Certainty.POSSIBLE, (shown(evidence),))
    return Unknown("the server's own log of this refusal, or a token of a user who is known to be allowed")


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.PERMISSION):
        return heard
    known = way.server_status(story)
    user = next((e for e in story.at(*way.BEHIND) if e.user), None)
    if user is not None and known is not None and known[1] == 403:
        fact = hearing.cite(user, f"the server knows the user {user.user}")
        return hearing.supported(fact, hearing.answered(*known), certainty=hearing.POSSIBLE)
    return hearing.past_credentials(story)


CAUSE = Cause(
    slug="token-lacks-permission",
    hop=Hop.AUTH,
    page=__doc__,
    remedy=Remedy(
        "Grant the user or the token the scope that this path demands, and fetch a new token.", Hop.SERVER
    ),
    judge=judge,
    read=read,
)
