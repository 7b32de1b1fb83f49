"""What a refusal has to do with credentials, and how much it and the experiments make of a flaw in the token.

Shared by the causes of the auth hop; knows none of them.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ws101.attempt import Attempt
from ws101.cause import RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.pattern import compiled
from ws101.report import Fact
from ws101.sighting import recognise
from ws101.signature import Says
from ws101.terms import Certainty
from ws101.tokens.credential import carries_token
from ws101.tokens.reading import Flaw, TokenReading

FRESH = "fresh-token"
UNRELATED = RuledOut("the refusal does not concern credentials")
KEYS_NEEDED = "the server's secret or keys (--jwt-secret-file or --jwks)"

# 3000 and 3003 are registered at IANA as Unauthorized and Forbidden; 4xxx are habits after the HTTP status.
_UNAUTHORISED_CLOSES = frozenset({3000, 4001, 4401})
_FORBIDDEN_CLOSES = frozenset({1008, 3003, 4003, 4403})
_NO_OTHER_REASON = frozenset({Says.NOTHING, Says.FORBIDDEN, Says.CREDENTIALS})
# The same token made good or put elsewhere: what works after one of these alone was refused for its credentials.
_OF_CREDENTIALS = (
    FRESH,
    "tidy-token",
    "token-in-header",
    "token-in-query",
    "token-in-cookie",
    "token-in-subprotocol",
)
_CURED_BY_FRESH = (Flaw.EXPIRED, Flaw.NOT_YET_VALID, Flaw.SIGNATURE)


def concerns_credentials(attempt: Attempt) -> bool:
    """Return whether what this attempt met may be a refusal of its credentials, or of having none."""
    answer = attempt.refusal
    signature = recognise(answer)
    says = signature.says if signature else Says.NOTHING
    if answer.status == 101:
        return (
            attempt.aftermath is not None
            and attempt.aftermath.close_code in _UNAUTHORISED_CLOSES | _FORBIDDEN_CLOSES
        )
    if says is Says.CREDENTIALS or answer.status == 401:
        return True
    return answer.status == 403 and says in _NO_OTHER_REASON


def refused(evidence: Evidence) -> bool:
    """Return whether the baseline's refusal concerns credentials: by what it says, or by what lifts it."""
    if evidence.works or evidence.baseline is None:
        return False
    return concerns_credentials(evidence.baseline) or any(evidence.mends(name) for name in _OF_CREDENTIALS)


def plain(evidence: Evidence) -> bool:
    """Return whether the refusal says in so many words that it concerns credentials, as 401 does and a bare 403 does not."""
    if not refused(evidence) or evidence.baseline is None:
        return False
    aftermath = evidence.baseline.aftermath
    closed = aftermath is not None and aftermath.close_code in _UNAUTHORISED_CLOSES
    answer = evidence.baseline.refusal
    signature = recognise(answer)
    says = signature.says if signature else Says.NOTHING
    of_origin = says is Says.FORBIDDEN and "origin" in evidence.baseline.sending.request.headers
    named = says is Says.CREDENTIALS or (answer.status == 401 and not of_origin)
    return closed or named or "bearer" in challenge(evidence)


def challenge(evidence: Evidence) -> str:
    """Return the credentials that the answer asks for (WWW-Authenticate, RFC 9110, 11.6.1), lower-cased."""
    values = evidence.baseline.refusal.headers.get_all("www-authenticate") if evidence.baseline else ()
    return ", ".join(values).lower()


def wants_basic(evidence: Evidence) -> bool:
    """Return whether Basic credentials are asked for, and no token: a hop in front guards the whole site."""
    asked = challenge(evidence)
    return evidence.says is Says.BASIC or ("basic" in asked and "bearer" not in asked)


def shown(evidence: Evidence) -> Fact:
    """Return the refusal itself as a fact."""
    baseline = evidence.baseline
    if baseline is not None and baseline.refusal.status != evidence.status:
        inside = (
            f"the connection was accepted, and then an HTTP answer came inside it: {baseline.refusal.status}"
        )
        return Fact(inside, "the socket after 101")
    if baseline is not None and baseline.upgraded and baseline.aftermath is not None:
        code = baseline.aftermath.close_code
        return Fact(
            f"the connection was accepted and then closed {f'with {code}' if code else 'without a close frame'}",
            "the socket after 101",
        )
    if baseline is not None and baseline.status is None:
        return Fact(f"the handshake met {baseline.ending.value}", "the connection")
    asked = challenge(evidence).partition(" ")[0]
    wanted = f" and asks for {asked.capitalize()} credentials" if asked else ""
    return Fact(f"the answer is {evidence.status}{wanted}", "the answer's head")


def complaint(evidence: Evidence, words: str) -> Fact | None:
    """Return the server's own words that match, a regular expression read without case, from the challenge, the body or the close frame."""
    if evidence.works or evidence.baseline is None:
        return None
    aftermath = evidence.baseline.aftermath
    texts = {
        "the answer's WWW-Authenticate": challenge(evidence),
        "the answer's body": evidence.baseline.refusal.text[:4096],
        "the close frame": aftermath.close_reason if aftermath else "",
    }
    for source, text in texts.items():
        if text and (found := compiled(f"(?i){words}").search(text)):
            return Fact(f"the server says {found[0]!r}", source)
    return None


def lifts(evidence: Evidence, name: str) -> bool:
    """Return whether this one change took the refusal away: the answer no longer concerns credentials, nor is it a failure."""
    attempt = evidence.tried(name)
    if attempt is None or not evidence.moves(name) or evidence.works:
        return False
    failed = attempt.status is None or attempt.status >= 500 or attempt.status == 429
    return attempt.works or not (failed or concerns_credentials(attempt))


def seen(evidence: Evidence, name: str, change: str) -> Fact:
    """Return what an experiment met, as a fact: `change` is what was done."""
    attempt = evidence.tried(name)
    met = "" if attempt is None else attempt.status or attempt.ending
    return Fact(f"{change}: {met}", f"experiment {name}")


# ---- rulings that causes share


def token_cleared(evidence: Evidence) -> RuledOut | None:
    """Return why nothing in the token can be at fault, or None when it may be. For a handshake that does not work."""
    if wants_basic(evidence):
        return RuledOut("what is refused are the Basic credentials that a hop in front asks for")
    if evidence.token is None or not carries_token(evidence.token.credential):
        return RuledOut("the request carries no token")
    return None


def judge_damages(evidence: Evidence, damages: Mapping[str, str], need: str) -> Ruling:
    """Judge a handshake that works here while the user's client reports a status.

    `damages` maps experiments to what they do; `need` is what to give when none of them was made.
    """
    if evidence.saw is None:
        return RuledOut("the handshake works")
    tried = {name: attempt for name in damages if (attempt := evidence.tried(name))}
    if not tried and evidence.saw not in {401, 403}:
        return RuledOut(f"the failing client met {evidence.saw}, which does not concern credentials")
    if not tried:
        return Unknown(need)
    facts = tuple(
        Fact(f"{damages[name]} gives exactly {evidence.saw}", f"experiment {name}")
        for name in tried
        if evidence.reproduces(name)
    )
    if facts:
        return Supported(Certainty.POSSIBLE, facts)
    name, attempt = next(iter(tried.items()))
    return RuledOut(f"{damages[name]} gives {attempt.status or attempt.ending} here", name)


def judge_token(
    evidence: Evidence,
    flaw: Flaw,
    words: str,
    without_flaw: Callable[[Evidence, TokenReading], Ruling],
    *,
    damages: Mapping[str, str] = MappingProxyType({}),
    need: str = "the token that the failing client sends",
    doubt: Callable[[Evidence, TokenReading], str] = lambda _evidence, _token: "",
) -> Ruling:
    """Judge whether one flaw of the token is why it was refused; `without_flaw` judges a refused token in which it was not seen.

    `words` are how servers name the flaw, `damages` and `need` those of judge_damages; `doubt` says of a token why its reading
    is not sure, or nothing.
    """
    if evidence.works:
        return judge_damages(evidence, damages, need)
    if (cleared := token_cleared(evidence)) or evidence.token is None:
        return cleared or UNRELATED
    if ruling := judge_flaw(evidence, flaw, words, doubt(evidence, evidence.token)):
        return ruling
    return without_flaw(evidence, evidence.token) if refused(evidence) else UNRELATED


def judge_flaw(evidence: Evidence, flaw: Flaw, words: str, doubt: str = "") -> Supported | None:
    """Judge a flaw that was read in the token, or that the server's own `words` name; None when neither is seen.

    `doubt` says why the reading itself is not sure. For a token that is not cleared.
    """
    problems = evidence.token.problems if evidence.token else ()
    said = complaint(evidence, words)
    facts = (*(Fact(p.text, "the token") for p in problems if p.flaw is flaw), *([said] if said else []))
    if not facts:
        return None
    if not refused(evidence) and not said:
        return Supported(
            Certainty.POSSIBLE, (*facts, Fact("it will be refused next", "the token")), latent=True
        )
    if flaw in _CURED_BY_FRESH and evidence.tried(FRESH):
        return _with_fresh(evidence, flaw, facts, sure=said is not None)
    sure = said is not None or not (doubt or _front_forbids(evidence))
    facts = (*facts, *((Fact(doubt, "the token"),) if doubt else ()))
    return Supported(Certainty.LIKELY if sure else Certainty.POSSIBLE, (*facts, shown(evidence)))


def _with_fresh(evidence: Evidence, flaw: Flaw, facts: tuple[Fact, ...], *, sure: bool) -> Supported:
    facts = (*facts, seen(evidence, FRESH, "the same claims, valid now and signed with the given secret"))
    if lifts(evidence, FRESH):
        # A fresh token replaces a mangled one as well: then more than one thing was changed.
        cured = {*_CURED_BY_FRESH, Flaw.MALFORMED} - {flaw}
        others = evidence.token is not None and any(p.flaw in cured for p in evidence.token.problems)
        return Supported(Certainty.LIKELY if others else evidence.by_flip, facts)
    return Supported(Certainty.LIKELY if sure or evidence.moves(FRESH) else Certainty.POSSIBLE, facts)


def _front_forbids(evidence: Evidence) -> bool:
    return evidence.status == 403 and evidence.answered_by_proxy
