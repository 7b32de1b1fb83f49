"""The token travels where this server does not look for it

## What happens
The request carries a good token, and the server answers as if there were none: `401`, or `403`.

## Why
There are four places: `Authorization`, the query, a cookie, the subprotocol. Browsers cannot use the first for a
WebSocket, so servers invent their own rule, and middleware written for HTTP reads only the first.

## How we know
The same token in another place is no longer refused. A proxy that drops the `Authorization` field or the query looks
exactly like this from outside; the same handshake straight to the server parts the two.
In logs a token stands in the query of the line, and the server says that none came.

## What to do
Send the token where the server reads it, or teach the server to read it where your clients can send it. A token in the
query ends up in logs: use a ticket that lives for seconds and works once.
"""

from msgspec.structs import replace

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs import way
from ws101.logs.entry import Entry
from ws101.logs.story import Story
from ws101.refusal import (
    UNRELATED,
    concerns_credentials,
    judge_damages,
    lifts,
    refused,
    seen,
    token_cleared,
)
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop
from ws101.tokens.reading import Place, TokenReading

PLACES = {
    "token-in-header": Place.HEADER,
    "token-in-query": Place.QUERY,
    "token-in-cookie": Place.COOKIE,
    "token-in-subprotocol": Place.SUBPROTOCOL,
}
DIRECT = "direct"
DAMAGES = {"token-in-query-only": "the token in the query alone"}
REMEDY = Remedy("Send the token where this server reads it.", Hop.CLIENT)


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return judge_damages(evidence, DAMAGES, "where the failing client puts its token")
    if (cleared := token_cleared(evidence)) or evidence.token is None:
        return cleared or UNRELATED
    if not refused(evidence):
        return UNRELATED
    if evidence.mends(DIRECT):
        return RuledOut("the server takes this token in this place when it is asked directly", DIRECT)
    tried = [name for name in PLACES if evidence.tried(name)]
    for read_here in (lifts, _heard):
        if found := next((name for name in tried if read_here(evidence, name)), None):
            return _misplaced(evidence, evidence.token, found)
    if not tried:
        return Unknown("the same token in the other places")
    if evidence.token.problems or not evidence.token.signature_checked:
        return Unknown("a token that is known to be good, in the other places")
    return RuledOut("the token is refused wherever it is put", tried[0])


def _heard(evidence: Evidence, name: str) -> bool:
    """Whether a token in that place changes the refusal, while where it is now it might as well be missing."""
    attempt = evidence.tried(name)
    changed = attempt is not None and evidence.moves(name) and concerns_credentials(attempt)
    return changed and evidence.same("without-token")


def _misplaced(evidence: Evidence, token: TokenReading, name: str) -> Supported:
    now, better = token.credential.place, PLACES[name]
    facts = (
        Fact(f"the token travels in {now.value}", "the request"),
        seen(evidence, name, f"the same token in {better.value}"),
    )
    remedy = replace(REMEDY, text=f"Send the token in {better.value}: this server reads it there.")
    if now in {Place.HEADER, Place.FIELD, Place.QUERY} and evidence.proxy and evidence.tried(DIRECT) is None:
        lost = "the query" if now is Place.QUERY else token.credential.name
        doubt = Fact(f"a proxy that drops {lost} would look the same; --direct tells", f"experiment {name}")
        return Supported(Certainty.POSSIBLE, (*facts, doubt), remedy)
    return Supported(evidence.by_flip if lifts(evidence, name) else Certainty.LIKELY, facts, remedy)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.past_credentials(story):
        return out
    if lost := _query_lost(story):
        return lost
    placed, refusal = hearing.token_in_query(story), hearing.refusal_of_credentials(story)
    said = hearing.quotes(story, Says.TOKEN_MISSING)
    if placed is not None and (said or refusal):
        fact = hearing.cite(placed, "a token stands in the query")
        return hearing.supported(fact, *said, certainty=hearing.LIKELY if said else hearing.POSSIBLE)
    if refusal is None or refusal[1] not in {401, 403}:
        return None
    if (more := hearing.says_more(story)) is not None and more.says is not Says.TOKEN_MISSING:
        return None
    return _elsewhere(story, refusal)


def _query_lost(story: Story) -> RuledOut | None:
    """Return that the query did not arrive, where the server's whole record of the request has none."""
    pair = hearing.paths(story)
    if pair is None or "?" not in pair[0].path or "?" in pair[1].path or not pair[1].whole:
        return None
    return RuledOut(f"the query was lost on the way: the server saw {pair[1].path} ({pair[1].place})")


def _elsewhere(story: Story, refusal: tuple[Entry, int]) -> Ruling | None:
    """Judge a bare refusal where credentials are sent, and no server's record shows which of them it looked at."""
    sent = hearing.credentials_sent(story)
    seen = way.telling(story, "Authorization", *way.BEHIND)
    if sent is None or (seen is not None and way.field(seen, "Authorization")):
        return None
    entry, name = sent
    if name == "authorization" and (refusal[1] != 401 or seen is not None):
        return None
    fact = hearing.cite(entry, f"the credentials stand in {name}, and the server may look elsewhere")
    usual = name == "authorization"
    return hearing.supported(hearing.answered(*refusal), fact, certainty=hearing.POSSIBLE, rare=usual)


CAUSE = Cause(
    slug="token-in-wrong-place",
    hop=Hop.AUTH,
    page=__doc__,
    remedy=REMEDY,
    judge=judge,
    read=read,
)
