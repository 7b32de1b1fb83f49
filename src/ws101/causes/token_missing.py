"""No token was sent, and the server wants one

## What happens
The handshake carries no credential: none in `Authorization`, the query, a cookie or the subprotocol. The server
answers `401`, often with `WWW-Authenticate: Bearer`; frameworks that can only close before accepting answer `403`;
others accept and close at once with `1008`, `3000` or `4401`.

## Why
Browsers cannot set `Authorization` on a WebSocket, so code that works for `fetch` sends nothing here. Or the client
connects before it has logged in, a redirect dropped the field, or the token was stored under another name.

## How we know
The request that was sent holds nothing that looks like a token, and the refusal concerns credentials. A bare `403` is
a weaker sign: a forbidden origin, a route and a missing permission look the same.
In logs the server says so, or the client that it has none; that it was lost on the way shows where a proxy logs the field.

## What to do
Send the token where the server reads it: `Authorization: Bearer …` from programs, and from browsers a cookie, a
short-lived ticket in the query, or the subprotocol. Give it to this check with `--token-env`, and see what changes.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported
from ws101.evidence import Evidence
from ws101.logs import way
from ws101.logs.entry import Entry
from ws101.logs.story import Story
from ws101.refusal import UNRELATED, complaint, judge_damages, plain, refused, shown, wants_basic
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop
from ws101.tokens.credential import carries_token

DAMAGES = {"without-token": "the same handshake without its token"}
WORDS = (
    r"no (?:\w+ )?(?:token|authori[sz]ation header|credentials) (?:was |were )?(?:found|provided|given|present|supplied)"
    r"|(?:token|jwt|authori[sz]ation header|credentials) (?:is |are |was |were )?(?:missing|required|not provided|must be provided)"
    r"|missing (?:\w+ )?(?:token|authori[sz]ation|credentials)|jwt must be provided"
)


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        if evidence.token is None:
            return RuledOut("the handshake works without a token")
        return judge_damages(evidence, DAMAGES, "the same handshake without its token")
    if wants_basic(evidence):
        return RuledOut("what is wanted are the Basic credentials that a hop in front asks for")
    if evidence.token is not None and carries_token(evidence.token.credential):
        return RuledOut(f"the request carries a token in {evidence.token.credential.place.value}")
    said = complaint(evidence, WORDS)
    if not said and not refused(evidence):
        return UNRELATED
    facts = (
        Fact("no token in Authorization, the query, the cookies or the subprotocols", "the request"),
        shown(evidence),
    )
    if said or plain(evidence):
        return Supported(Certainty.LIKELY, (*facts, *([said] if said else [])))
    return Supported(Certainty.POSSIBLE, facts)


# ---- logs


def _unseen(story: Story, refusal: tuple[Entry, int] | None) -> Ruling | None:
    """Judge a bare 401 where only the client says that it sends a token: what it means is no proof of what it sends."""
    if refusal is None or refusal[1] != 401 or hearing.says_more(story):
        return None
    if any(way.field(e, "Authorization") for e in way.arrivals(story)):
        return None
    return hearing.supported(hearing.answered(*refusal), certainty=hearing.POSSIBLE, rare=True)


def read(evidence: Evidence, story: Story) -> Ruling | None:
    name = "Authorization"
    if evidence.baseline is not None and name in evidence.baseline.sending.request.headers:
        return RuledOut("the handshake carries a token")
    ours = next((e for e in story.at(Hop.CLIENT) if e.says is Says.TOKEN_MISSING), None)
    if ours is not None and hearing.refusal_of_credentials(story):
        return hearing.supported(hearing.quote(ours))
    if out := hearing.past_credentials(story):
        return out
    outer = way.telling(story, name, *way.BETWEEN)
    if outer is not None and way.field(outer, name):
        return RuledOut(f"{hearing.who(outer)} saw `Authorization` in the request ({outer.place})")
    if placed := hearing.token_in_query(story):
        return RuledOut(f"a token was sent in the query ({placed.place})")
    said, refusal = hearing.quotes(story, Says.TOKEN_MISSING), hearing.refusal_of_credentials(story)
    none = hearing.none_meant(story)
    if none is not None and refusal is not None and not hearing.says_more(story):
        certain = hearing.LIKELY if refusal[1] == 401 else hearing.POSSIBLE
        return hearing.supported(none, hearing.answered(*refusal), *said, certainty=certain)
    elsewhere = hearing.credentials_sent(story)
    other = elsewhere is not None and elsewhere[1] != "authorization"
    if fact := hearing.sent_without(story, name):
        # A 403 of which nobody says why, or who wrote it, is of a token only perhaps.
        plain = bool(said) or (refusal is not None and refusal[1] != 403)
        certain = hearing.LIKELY if plain and not other else hearing.POSSIBLE
        return hearing.supported(fact, *said, certainty=certain) if said or refusal else None
    if not said:
        return _unseen(story, refusal)
    meant = any(way.field(e, name) for e in story.at(Hop.CLIENT))
    return hearing.supported(
        *said, certainty=hearing.POSSIBLE if other or (meant and way.fronted(story)) else hearing.LIKELY
    )


CAUSE = Cause(
    slug="token-missing",
    hop=Hop.AUTH,
    page=__doc__,
    remedy=Remedy("Send the token with the handshake, where this server reads it.", Hop.CLIENT),
    judge=judge,
    read=read,
)
