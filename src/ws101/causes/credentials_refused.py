"""The credentials are refused, and nothing seen here says why

## What happens
The request carries credentials, and the answer is a refusal that concerns them: `401`, `403`, or a 101 that is closed
at once with a code for it.

## Why
Any fault of a token that its text does not show: a wrong key, an unknown or locked user, a revoked session, another
environment. Servers are right not to tell strangers which; their logs should.

## How we know
The status says that it is about credentials, and what can be read of the token is in order. With `403` alone even that
much is open: an origin, a path and a missing permission look the same.
In logs the server's 401 or 403 says it, and only its words or the token in a record say more.

## What to do
Give this check the server's secret or key set (`--jwt-secret-file`, `--jwks`): then the signature is verified, and a
fresh token is tried. Look at the server's log at the time of this request. Try a token that works elsewhere.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported
from ws101.evidence import Evidence
from ws101.logs import way
from ws101.logs.story import Story
from ws101.refusal import FRESH, UNRELATED, plain, refused, seen, shown, wants_basic
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

WITHOUT = "without-token"
PLACES = ("token-in-header", "token-in-query", "token-in-cookie", "token-in-subprotocol", "tidy-token")


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return _judge_report(evidence)
    if wants_basic(evidence):
        return RuledOut("what is wanted are the Basic credentials that a hop in front asks for")
    if evidence.token is None:
        return RuledOut("the request carries no credentials")
    if not refused(evidence):
        return UNRELATED
    placed = next((name for name in ("direct", *PLACES) if evidence.mends(name)), None)
    if placed is not None:
        return RuledOut("the same credentials are accepted in another place or way", placed)
    if evidence.token.problems and not evidence.same(FRESH):
        return RuledOut("the token itself shows what is wrong with it")
    if evidence.mends(WITHOUT):
        return Supported(
            evidence.by_flip,
            (shown(evidence), seen(evidence, WITHOUT, "the same handshake without its token")),
        )
    return Supported(
        Certainty.LIKELY if plain(evidence) else Certainty.POSSIBLE,
        (shown(evidence), *_readings(evidence)),
        behind="closed-after-accept",
    )


def _readings(evidence: Evidence) -> tuple[Fact, ...]:
    facts = []
    if evidence.same(FRESH):
        facts.append(
            seen(
                evidence,
                FRESH,
                "the same claims, valid now and signed with the given secret, are refused alike",
            )
        )
    elif evidence.token is not None and evidence.token.claims is not None:
        checked = (
            "its signature fits and its times are right"
            if evidence.token.signature_checked
            else "its times are right"
        )
        facts.append(Fact(checked, "the token"))
    if evidence.same(WITHOUT):
        facts.append(seen(evidence, WITHOUT, "no token at all is answered alike"))
    return tuple(facts)


def _judge_report(evidence: Evidence) -> Ruling:
    if evidence.saw is None:
        return RuledOut("the handshake works")
    if evidence.saw not in {401, 403}:
        return RuledOut(f"the failing client met {evidence.saw}, which does not concern credentials")
    fact = Fact(f"the failing client met {evidence.saw}, and this handshake is accepted", "--saw")
    return Supported(Certainty.POSSIBLE, (fact,))


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    said = hearing.quotes(story, Says.CREDENTIALS)
    if out := hearing.past_credentials(story):
        return out
    if more := hearing.says_more(story):
        return RuledOut(f"the server says more: {more.says.value} ({more.place})")
    refusal = hearing.refusal_of_credentials(story)
    if refusal is None:
        return hearing.supported(*said, certainty=hearing.POSSIBLE) if said else None
    if none := hearing.none_meant(story):
        return RuledOut(f"{none.text} ({none.source})")
    # A bare 401 may as well be of credentials that were lost on the way, or that stand where the server does not look.
    seen = way.telling(story, "Authorization", *way.BEHIND)
    came = seen is not None and bool(way.field(seen, "Authorization"))
    certain = hearing.LIKELY if bool(said) or (refusal[1] == 401 and came) else hearing.POSSIBLE
    fact = hearing.closed(refusal[0]) if refusal[1] >= 1000 else hearing.answered(*refusal)
    return hearing.supported(fact, *said, certainty=certain, behind="closed-after-accept")


CAUSE = Cause(
    slug="credentials-refused",
    hop=Hop.AUTH,
    page=__doc__,
    remedy=Remedy(
        "Look at the server's log at the time of this request, and try a token that works elsewhere.",
        Hop.SERVER,
    ),
    judge=judge,
    generic=True,
    read=read,
)
