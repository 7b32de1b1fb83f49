"""The edge's rules refuse this client

## What happens
The content delivery network in front answers by itself, with `403`, `429` or a page that wants a browser to
solve a challenge. The origin never sees the handshake. Browsers pass, since they run the page's script and
carry its cookie.

## Why
A bot rule that takes a client without a browser's headers for a bot; a country, network or address list; a
rate rule; a firewall rule on the path or on a long header. A WebSocket client can never solve a challenge.

## How we know
The refusal bears the edge's own words (Cloudflare: `cf-mitigated`, "Attention Required"; CloudFront: "Request
blocked"; an Akamai reference number); and straight to the origin the same handshake is answered otherwise.
In logs the edge says so; a 403 of which the proxy behind it has no line fits.

## What to do
Look the refusal up by its identifier (`cf-ray`, `x-amz-cf-id`) in the edge's log of security events, and let
the path of the WebSocket skip the rule that it names.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import asks_for_damage
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

DIRECT = "direct"
REFUSALS = frozenset({401, 403, 406, 429, 503})
IDENTIFIERS = ("cf-ray", "x-amz-cf-id", "x-azure-ref", "akamai-grn", "x-iinfo", "x-sucuri-id", "x-served-by")


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        unsure = asks_for_damage(evidence) and evidence.edge
        need = f"the log of security events of {evidence.edge}, for the failing client"
        return Unknown(need) if unsure else RuledOut("the handshake works")
    if evidence.answer is None:
        return Unknown("an answer of the edge")
    facts = _facts(evidence)
    if facts and evidence.moves(DIRECT) and (direct := evidence.tried(DIRECT)) and direct.status is not None:
        passed = Fact(f"straight to the server: {direct.status}", f"experiment {DIRECT}")
        return Supported(evidence.by_flip, (*facts, passed), _remedy(evidence))
    if facts:
        return Supported(Certainty.LIKELY, facts, _remedy(evidence))
    if not evidence.edge:
        return RuledOut("no edge answered")
    if evidence.same(DIRECT):
        return RuledOut("the server itself answers so", DIRECT)
    unsigned = evidence.author is None or not evidence.author.own
    if evidence.status in REFUSALS and unsigned:
        return Unknown(f"the same handshake straight to the server behind {evidence.edge} (--direct)")
    return RuledOut("the answer is no refusal of the edge")


def _facts(evidence: Evidence) -> tuple[Fact, ...]:
    assert evidence.answer is not None
    headers = evidence.answer.headers
    name = evidence.edge or (evidence.author.software if evidence.author else "the edge")
    facts = []
    if "cf-mitigated" in headers:
        facts.append(
            Fact(f"{name} met the request with a {headers.get('cf-mitigated')}", "the answer's Cf-Mitigated")
        )
    elif evidence.says is Says.CDN_BLOCKED:
        facts.append(Fact(f"{name} refuses by its own rules: {evidence.status}", "the answer's body"))
    identifier = next((field for field in IDENTIFIERS if facts and field in headers), "")
    return (
        (*facts, Fact(f"{identifier}: {headers.get(identifier)}", "the answer's header"))
        if identifier
        else tuple(facts)
    )


def _remedy(evidence: Evidence) -> Remedy:
    path = evidence.target.path.partition("?")[0]
    name = evidence.edge or "the edge"
    return Remedy(
        f"In {name}'s rules, let WebSocket handshakes to {path} skip the rule that its security log names.",
        Hop.CDN,
    )


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.CDN_BLOCKED):
        return heard
    if out := hearing.past_edge(story):
        return out
    entry = hearing.met_status(story, 403, 429, 1020)
    if entry is None or way.edge(story) is None or way.silent(story, Hop.PROXY) is None:
        return None
    return hearing.supported(hearing.answered(entry), certainty=hearing.POSSIBLE)


CAUSE = Cause(
    slug="cdn-refused",
    hop=Hop.CDN,
    page=__doc__,
    remedy=Remedy("Let the path of the WebSocket skip the rule that the edge's security log names.", Hop.CDN),
    judge=judge,
    read=read,
)
