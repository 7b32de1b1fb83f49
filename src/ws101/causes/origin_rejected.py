"""The server refuses the Origin

## What happens
The server compares `Origin` with a list, or with its own `Host`, and answers `403`; some answer `400` or `404`, and a few
accept and close. Programs that are no browsers send no `Origin`, so the same server works with them.

## Why
The page is served from another site, port or scheme than the list names (`https://site` is not `http://site`, and
`localhost:3000` is not `localhost`); a file or a sandboxed frame sends `null`; or the server demands an `Origin` and the
client sends none. A proxy that changes `Host` makes a right `Origin` look foreign.

## How we know
The refusal says so; and the same handshake without `Origin`, or with the site's own, is answered differently.
With the configuration (`--nginx-config`), the line is named.
In logs the server says so; a 403 beside an Origin that it saw fits.

## What to do
Add the page's origin to the server's list, scheme and port included. Do not switch the check off: it is what keeps
other sites from using a visitor's cookies (RFC 6455, 10.2).
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.attempt import Sending
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import asks_for_damage, blame, flip_fact, gets_in, judge_damage
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

WITHOUT, OWN = "without-origin", "own-origin"
_VAGUE = frozenset({Says.NOTHING, Says.FORBIDDEN})


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return judge_damage(evidence, "foreign-origin", "null-origin", "without-origin")
    if evidence.works:
        return RuledOut("the handshake works")
    sending = evidence.baseline.sending if evidence.baseline else evidence.sending
    origin = sending.request.headers.get("origin")
    sent = Fact(f"Origin is {origin}" if origin else "no Origin was sent", "the request as sent")
    flip = next((name for name in (WITHOUT, OWN) if gets_in(evidence, name)), None)
    if flip is not None:
        return Supported(evidence.by_flip, (sent, flip_fact(evidence, flip)), _remedy(evidence, origin))
    if evidence.says is Says.ORIGIN:
        # The site's own Origin is refused where Host was changed on the way: then this is one reading of two.
        certainty = Certainty.POSSIBLE if _is_own(sending, origin) else Certainty.LIKELY
        facts = (sent, Fact(f"the refusal says: {evidence.says.value}", "the answer"))
        return Supported(certainty, facts, _remedy(evidence, origin))
    telling = WITHOUT if origin else OWN
    if evidence.says in _VAGUE and evidence.status in {400, 401, 403} and evidence.same(telling):
        return _judge_unsaid(evidence, origin, sent)
    if evidence.same(telling):
        return RuledOut(
            "the answer is the same " + ("without Origin" if origin else "with the site's own Origin"),
            telling,
        )
    return Unknown("the origins that the server allows")


def _judge_unsaid(evidence: Evidence, origin: str, sent: Fact) -> Ruling:
    """Judge a refusal without a reason: a list of allowed origins may hold neither none at all nor the site's own."""
    if not origin or evidence.answered_by_proxy or (evidence.status != 403 and evidence.says is Says.NOTHING):
        return Unknown("an Origin that the server is known to allow (--origin)")
    fact = Fact(
        "the refusal gives no reason; without Origin, and with the site's own, it stays",
        f"experiment {WITHOUT}",
    )
    return Supported(Certainty.POSSIBLE, (sent, fact), _remedy(evidence, origin))


def _is_own(sending: Sending, origin: str) -> bool:
    return origin == f"{'https' if sending.tls else 'http'}://{sending.request.headers.get('host')}"


def _remedy(evidence: Evidence, origin: str) -> Remedy:
    if evidence.baseline and evidence.proxy and _is_own(evidence.baseline.sending, origin):
        what = "This is the site's own origin: a server that compares it with Host may be shown another one."
        how = (
            f"Pass the client's Host on in the proxy, or add {origin} to the origins that the server allows."
        )
        return Remedy(f"{what} {how}", Hop.SERVER)
    if origin:
        return Remedy(
            f"Add {origin} to the origins that the server allows; only browsers must send one.", Hop.SERVER
        )
    own = evidence.tried(OWN)
    value = own.sending.request.headers.get("origin") if own else "the site's own origin"
    return Remedy(f"Send Origin: {value}, which this server demands.", Hop.CLIENT)


def inspect(_: Evidence, hop: "Configured") -> Ruling | None:
    line = hop.alters("Origin")
    return blame((line, "sends the server another Origin than the client's"), joins=True) if line else None


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.ORIGIN):
        return heard
    if out := hearing.not_sent(story) or hearing.before_server(story):
        return out
    sent = way.telling(story, "Origin") or way.telling_meant(story, "Origin")
    if sent is not None and not way.field(sent, "Origin"):
        return RuledOut(f"the request had no Origin ({sent.place})")
    known = way.perhaps_of_server(story)
    if known is None or known[1] != 403:
        return hearing.refused_otherwise(story, 403, 400, 404)
    if fits := hearing.as_answered(story, Says.ORIGIN):
        return fits
    if sent is None:  # browsers send one always, and few logs show it
        return hearing.supported(hearing.answered(*known), certainty=hearing.POSSIBLE, rare=True)
    verb = "means to send" if sent.hop is Hop.CLIENT else "saw"
    fact = hearing.cite(sent, f"{hearing.who(sent)} {verb} `Origin: {way.field(sent, 'Origin')}`")
    return hearing.supported(fact, hearing.answered(*known), certainty=hearing.POSSIBLE)


CAUSE = Cause(
    slug="origin-rejected",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy(
        "Add the page's origin to those that the server allows, scheme and port included.", Hop.SERVER
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
