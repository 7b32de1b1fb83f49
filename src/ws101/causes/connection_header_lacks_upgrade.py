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

## What to do
Send `Connection: Upgrade`, or add `Upgrade` to the list that is there. In libraries with connection pools, look for the
setting that owns the `Connection` header, or let a WebSocket client send the handshake.
"""

from ws101.cause import Cause, Ruling
from ws101.evidence import Evidence
from ws101.judging import asks_for_damage, judge_damage, judge_request, request_breaches
from ws101.report import Hop, Remedy
from ws101.signature import Says

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


CAUSE = Cause(
    slug="connection-header-lacks-upgrade",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy("Send Connection: Upgrade with the handshake.", Hop.CLIENT, patch="Connection: Upgrade"),
    judge=judge,
)
