"""The request's Connection header does not name upgrade

## What happens
`Upgrade` arrives without a `Connection` that names it. The server ignores it, as RFC 9110, 7.8, asks, and takes the
request for an ordinary GET: `400`, `426`, or the `404` of a router that knows no such page.

## Why
An HTTP library sets `Connection: keep-alive` over the client's own value, or the client sends `Connection: close`, or
writes the list without its comma. `Connection: keep-alive, Upgrade` is right; `keep-alive` alone is not, and
neither is `Upgrade; keep-alive`.

## How we know
No member of the `Connection` list that was sent is `upgrade`, in whatever case; and the same request with
`Connection: Upgrade` alone put right is answered differently.
In logs the first hop that tells of the field shows what it held.

## What to do
Send `Connection: Upgrade`, or add `Upgrade` to the list that is there. In libraries with connection pools, look for the
setting that owns the `Connection` header, or let a WebSocket client send the handshake.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling
from ws101.evidence import Evidence
from ws101.judging import asks_for_damage, judge_damage, judge_request, request_breaches
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Remedy
from ws101.signature import Says
from ws101.terms import Hop

_SAYINGS = frozenset({
    Says.NO_CONNECTION, Says.NO_UPGRADE, Says.NOT_A_HANDSHAKE, Says.PLAIN_NOT_FOUND, Says.ENGINEIO_BAD_REQUEST,
})  # fmt: skip


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return judge_damage(evidence, "without-connection", "connection-keep-alive")
    breaches = request_breaches(evidence, "Connection")
    repairs = (
        ("right-connection",) if breaches else ()
    )  # Connection on two lines is another fault, mended by it too
    return judge_request(evidence, breaches, repairs, _SAYINGS)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.not_sent(story) or hearing.over_http2(story):
        return out
    sent, upgrade = hearing.as_sent(story, "Connection"), hearing.as_sent(story, "Upgrade")
    if sent and "upgrade" in sent[1].lower():
        return RuledOut(f"{hearing.who(sent[0])} saw `Connection: {sent[1]}` ({sent[0].place})")
    if sent and upgrade and upgrade[1]:
        text = f"{hearing.who(sent[0])} saw `Connection: {sent[1]}` beside `Upgrade: {upgrade[1]}`"
        return hearing.supported(hearing.cite(sent[0], text))
    if sent and not sent[1]:
        return RuledOut("Upgrade is missing as well")
    if way.fronted(story):
        return None
    if bare := hearing.bare_404(story):
        return hearing.supported(hearing.answered(bare), certainty=hearing.POSSIBLE, rare=True)
    plain = hearing.plain_request(story)
    if not plain:
        return None
    fact, fronted = hearing.plainly(plain[0]), hearing.may_be_fronted(story, plain[0])
    return hearing.supported(fact, certainty=hearing.POSSIBLE, rare=fronted)


CAUSE = Cause(
    slug="connection-header-lacks-upgrade",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy("Send Connection: Upgrade with the handshake.", Hop.CLIENT, patch="Connection: Upgrade"),
    judge=judge,
    read=read,
)
