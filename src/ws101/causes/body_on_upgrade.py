"""The handshake has a body, or headers that announce one

## What happens
Servers that read no body leave it in the socket, where it is taken for the first frame, or wait for bytes that never
come; others answer `400`, `417` or `501`, or close. Behind a proxy this becomes `502` or a time-out.

## Why
An HTTP library adds `Content-Type`, `Content-Length` or `Transfer-Encoding` to every request, or the token was put into
a body. `Expect: 100-continue` belongs here too.

## How we know
The request that was sent has a body or such a field; and the same request without them is answered differently.
In logs a server that lists the fields shows Content-Length.

## What to do
Send the GET without a body and without these fields; put a token into `Authorization`, a cookie or the query.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported
from ws101.evidence import Evidence
from ws101.handshake.answer import Breach
from ws101.handshake.request import Request
from ws101.judging import asks_for_damage, judge_damage, judge_request
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Remedy
from ws101.terms import Hop

WITHOUT = "without-body"
_FIELDS = ("Content-Length", "Content-Type", "Transfer-Encoding", "Expect")


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return judge_damage(evidence, "with-body")
    sending = evidence.baseline.sending if evidence.baseline else evidence.sending
    signs = _signs(sending.request)
    if not signs:
        return RuledOut("our handshake has no body and announces none")
    ruling = judge_request(evidence, signs, (WITHOUT,))
    if (
        isinstance(ruling, Supported) and ruling.latent
    ):  # no rule forbids them, so by themselves they foretell nothing
        return RuledOut("without a body and its headers the answer is the same", WITHOUT)
    return ruling


def _signs(request: Request) -> tuple[Breach, ...]:
    found = [
        Breach(f"the request carries {name}", "RFC 9110, 9.3.1", name)
        for name in _FIELDS
        if name in request.headers
    ]
    if request.body:
        found.append(Breach(f"the request has a body of {len(request.body)} bytes", "RFC 9110, 9.3.1"))
    return tuple(found)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.not_sent(story):
        return out
    length, coding = (hearing.as_sent(story, name) for name in ("Content-Length", "Transfer-Encoding"))
    carried = next((one for one in (length, coding) if one and one[1] not in {"", "0"}), None)
    meant = way.telling_meant(story, "Content-Length")
    if (
        carried is None
        and meant is not None
        and way.field(meant, "Content-Length") != "0"
        and not story.works
    ):
        fact = hearing.cite(meant, "the client means to send a body with its handshake")
        return hearing.supported(fact, certainty=hearing.POSSIBLE)
    if carried is None:
        return RuledOut(f"the request had no body ({length[0].place})") if length and coding else None
    fact = hearing.cite(carried[0], f"{hearing.who(carried[0])} saw a request with a body: {carried[1]}")
    return hearing.supported(fact, certainty=hearing.POSSIBLE)


CAUSE = Cause(
    slug="body-on-upgrade",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy(
        "Send the handshake without a body and without Content-Length, Content-Type and Expect.", Hop.CLIENT
    ),
    judge=judge,
    read=read,
)
