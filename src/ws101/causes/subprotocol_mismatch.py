"""Client and server do not agree on a subprotocol

## What happens
The server finds none of the offered names among its own and refuses with `400`; or it answers `101` and names one that
was not offered, which every client must drop (RFC 6455, 4.1), or none at all. To the last, RFC 6455 does not object,
but browsers and Node's `ws` close the connection when they offered one. Servers of GraphQL answer `101` and close with
4406 at once; Bokeh answers `101` and closes without a word.

## Why
The names differ in case or version (`graphql-ws` and `graphql-transport-ws`), the server's list is empty, or a token was
put into `Sec-WebSocket-Protocol` and the server does not echo a name.

## How we know
The refusal, the `101` or the close frame behind it; and the same handshake without `Sec-WebSocket-Protocol` works.
With the configuration (`--nginx-config`), the line is named.
In logs the side that refuses says so.

## What to do
Let the server select one of the offered names, letter by letter, and echo it. With a token in the list, offer a real
name beside it and have the server choose that one. Offer nothing if nothing is needed.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.attempt import Attempt
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.handshake.request import Request
from ws101.judging import asks_for_damage, blame, flip_fact, judge_damage
from ws101.logs import way
from ws101.logs.story import Story
from ws101.pattern import compiled
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop
from ws101.tokens import credential

if TYPE_CHECKING:
    from ws101.configured import Configured

FIELD, WITHOUT = "Sec-WebSocket-Protocol", "without-subprotocol"
_ABOUT = compiled(r"(?i)\bsub-?protocols?\b")


def judge(evidence: Evidence) -> Ruling:
    baseline = evidence.baseline
    if asks_for_damage(evidence) and evidence.saw != 101:
        return judge_damage(evidence, "foreign-subprotocol", WITHOUT)
    if baseline is None:
        return Unknown("an answer to the handshake")
    facts = _offer(baseline.sending.request)
    if evidence.mends(WITHOUT) and facts:
        breaches = tuple(Fact(b.text, "the 101") for b in baseline.breaches if b.field == FIELD)
        return Supported(evidence.by_flip, (*facts, *breaches, flip_fact(evidence, WITHOUT)))
    if baseline.upgraded:
        return _judge_101(baseline, facts)
    if evidence.says is Says.SUBPROTOCOL:
        said = Fact(f"the refusal says: {evidence.says.value}", "the answer")
        return Supported(
            Certainty.LIKELY,
            (*facts, said) if facts else (Fact("none was offered", "the request as sent"), said),
        )
    if not facts:
        return RuledOut("our handshake offers no subprotocol, and the refusal does not ask for one")
    if evidence.status == 403 and evidence.says in {Says.NOTHING, Says.FORBIDDEN} and evidence.same(WITHOUT):
        return Unknown("a subprotocol that the server is known to speak: it may demand that one")
    if evidence.same(WITHOUT):
        return RuledOut("without a subprotocol the answer is the same", WITHOUT)
    return Unknown("the subprotocols that the server knows")


def _judge_101(baseline: Attempt, offer: tuple[Fact, ...]) -> Ruling:
    breaches = tuple(Fact(b.text, "the 101") for b in baseline.breaches if b.field == FIELD)
    if breaches:
        return Supported(Certainty.LIKELY, (*offer, *breaches))
    end = baseline.aftermath
    if end is not None and end.closed_after is not None and _ABOUT.search(end.close_reason):
        closed = f"closed with {end.close_code} after the 101, and the reason “{end.close_reason}”"
        none = () if offer else (Fact("none was offered", "the request as sent"),)
        return Supported(Certainty.LIKELY, (*offer, *none, Fact(closed, "the socket after 101")))
    if offer and FIELD not in baseline.answer.headers:
        dropped = "the 101 names none: browsers and Node's ws drop the connection, Python's websockets and others keep it"
        return Supported(Certainty.LIKELY, (*offer, Fact(dropped, "the 101")))
    return RuledOut("the 101 agrees with what was offered")


def _offer(request: Request) -> tuple[Fact, ...]:
    """Return the fact of what is offered, without the token that may stand there; nothing when there is no offer."""
    if FIELD not in request.headers:
        return ()
    secret = credential.secrets(request)
    members = (member.strip() for value in request.headers.get_all(FIELD) for member in value.split(","))
    names = ["(a token)" if any(s in member for s in secret if s) else member for member in members if member]
    return (Fact(f"the client offers {', '.join(names) or 'an empty list'}", "the request as sent"),)


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    if line := hop.alters(FIELD):
        return blame((line, "sends the server other subprotocols than the client offered"), joins=True)
    hidden = hop.hides(FIELD)
    if hidden is None or evidence.status != 101:
        return None
    return blame((hidden, "takes the chosen subprotocol out of the 101"), joins=True)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if story.works and (noted := hearing.quotes(story, Says.SUBPROTOCOL)):
        return hearing.supported(*noted, certainty=hearing.POSSIBLE, latent=True)
    if heard := hearing.by_words(story, Says.SUBPROTOCOL):
        return heard
    field, refusal = "Sec-WebSocket-Protocol", hearing.refused_as_unknown(story)
    offered = way.telling(story, field) or way.telling_meant(story, field)
    if refusal is not None and offered is not None and way.field(offered, field):
        fact = hearing.cite(offered, f"the client offers {way.field(offered, field)}")
        return hearing.supported(hearing.answered(refusal), fact, certainty=hearing.POSSIBLE, rare=True)
    return hearing.not_sent(story)


CAUSE = Cause(
    slug="subprotocol-mismatch",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy(
        "Offer a subprotocol that the server knows, and let the server echo the one that it selects.",
        Hop.SERVER,
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
