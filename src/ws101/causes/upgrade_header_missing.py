"""The request does not carry Upgrade: websocket

## What happens
The server sees an ordinary GET and answers it as one: `426 Upgrade Required`, `400`, the `404` of a router that shows
its WebSocket routes to upgrades only, or a `200` with a page.

## Why
The client is a plain HTTP client that was given a `ws://` URL, or a library or middleware on its side (an HTTP proxy
agent, an interceptor, a fetch wrapper) leaves out hop-by-hop fields. RFC 6455, 4.2.1, demands the field; its value is
compared without case.

## How we know
The request as it was sent has no `Upgrade` that names `websocket`; and the same request with `Upgrade: websocket` alone
put right is answered differently.

## What to do
Let a WebSocket client open the connection, or send `Upgrade: websocket` together with `Connection: Upgrade`. When the
request leaves the client with the field and the server does not see it, a proxy in between drops it.
"""

from ws101.cause import Cause, Ruling
from ws101.evidence import Evidence
from ws101.judging import asks_for_damage, judge_damage, judge_request, request_breaches
from ws101.report import Hop, Remedy
from ws101.signature import Says

_SAYINGS = frozenset({Says.NO_UPGRADE, Says.NOT_A_HANDSHAKE, Says.PLAIN_NOT_FOUND, Says.ENGINEIO_BAD_REQUEST})


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return judge_damage(evidence, "without-upgrade", "plain-get")
    return judge_request(evidence, request_breaches(evidence, "Upgrade"), ("right-upgrade",), _SAYINGS)


CAUSE = Cause(
    slug="upgrade-header-missing",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy(
        "Send Upgrade: websocket (and Connection: Upgrade) with the GET.",
        Hop.CLIENT,
        patch="Upgrade: websocket",
    ),
    judge=judge,
)
