"""The calls of those who run the service, and of programs that find their way: health, metrics, keys, traces, pages."""

from typing import Any

import msgspec

from ws101.timers.account import Health
from ws101.timers.problem import REFUSALS
from ws101.timers.server import metrics
from ws101.timers.server.api.operation import (
    NOTIFICATIONS,
    PREFIX,
    Access,
    Answer,
    Call,
    Operation,
    Parameter,
)
from ws101.timers.server.api.refusing import Unavailable
from ws101.timers.server.denial import Forbidden, NotFound
from ws101.timers.server.forwarding import is_within, networks
from ws101.timers.server.traces import Trace

OPERATION, NOTICES = "Operation", "Notifications"
HTML = "text/html; charset=utf-8"
_HARMLESS = (
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)


async def health(_: Call) -> Answer:
    """Tell that the process lives."""
    return Answer(Health("ok"))


async def ready(call: Call) -> Answer:
    """Tell whether new work is taken. It is not while the service starts or drains, or cannot write (the disk is full)."""
    obstacle = await call.parts.readiness.look()
    if obstacle:
        raise Unavailable(f"The service is {obstacle}.")
    return Answer(Health("ready"))


async def show_metrics(call: Call) -> Answer:
    """Show what is counted, for Prometheus. It is answered to the networks of `--metrics-from` alone."""
    if not is_within(call.client, networks(call.parts.settings.metrics_from)):
        raise Forbidden("Metrics are answered to some networks alone: --metrics-from says which.")
    return Answer(call.parts.metrics.text(), (("Content-Type", metrics.CONTENT_TYPE),))


async def key_set(call: Call) -> Answer:
    """Show the public keys that access tokens are verified with (RFC 7517)."""
    keys = call.parts.keys.published(call.parts.clock.now())
    return Answer(msgspec.json.encode(keys), (("Cache-Control", "public, max-age=300"),))


async def handshake(call: Call) -> Answer:
    """Show what the service saw of a handshake. Yours, or one by nobody known whose id you have."""
    user = call.user
    found = call.parts.traces.find(call.path["traceId"], user, admin=call.parts.accounts.is_admin(user))
    if found is None:
        kept = call.parts.settings.trace_lifetime
        raise NotFound(f"There is no trace of this id that you may see. Traces are kept for {kept} s.")
    return Answer(found, (("Cache-Control", "no-store"),))


async def connect(call: Call) -> Answer:
    """Open a WebSocket. With `Upgrade: websocket`; a browser puts `?ticket=` in the place of Authorization.

    `?since=SEQ&epoch=E` resumes after the last event that was seen; `?device=ID` names the device for `Ack`.
    """
    reply = call.parts.refuse(call.scope)  # whatever comes here is no handshake, which never becomes a call
    return Answer(reply.body, reply.headers, reply.status)


async def description(call: Call) -> Answer:
    """Show this interface as an OpenAPI document."""
    return Answer(call.pages["openapi"])


async def documentation(call: Call) -> Answer:
    """Show this interface as a page."""
    return Answer(call.pages["documentation"], _HARMLESS)


async def welcome(call: Call) -> Answer:
    """Show where to find what."""
    return Answer(call.pages["welcome"], _HARMLESS)


_REFUSED = {refusal.status: "" for refusal in REFUSALS.values() if refusal.status != 500}
_CAUSES = {
    status: "Cause: " + ", ".join(r.cause for r in REFUSALS.values() if r.status == status) + "."
    for status in _REFUSED
}
_SINCE = Parameter("since", "resume after the event of this `seq`")
_EPOCH = Parameter("epoch", "the numbering that `since` is of")
_DEVICE = Parameter("device", "the device's name, for Ack")
_TICKET = Parameter("ticket", "a ticket in the place of Authorization")

OPERATIONS = (
    Operation(group=NOTICES, method="GET", path=NOTIFICATIONS, handler=connect, access=Access.OPEN, status=101,
              query=(_TICKET, _SINCE, _EPOCH, _DEVICE), refusals=_CAUSES),
    Operation(group=NOTICES, method="GET", path=f"{PREFIX}/handshakes/{{traceId}}", handler=handshake,
              answer=Trace),
    Operation(group=OPERATION, method="GET", path="/health", handler=health, access=Access.OPEN, answer=Health),
    Operation(group=OPERATION, method="GET", path="/ready", handler=ready, access=Access.OPEN, answer=Health,
              refusals={503: "It is not; `detail` says why."}),
    Operation(group=OPERATION, method="GET", path="/metrics", handler=show_metrics, access=Access.OPEN, answer=str,
              media="text/plain", refusals={403: "The address is of no network that may see them."}),
    Operation(group=OPERATION, method="GET", path="/.well-known/jwks.json", handler=key_set, access=Access.OPEN,
              answer=dict[str, Any]),
    Operation(group=OPERATION, method="GET", path=f"{PREFIX}/openapi.json", handler=description, access=Access.OPEN,
              answer=dict[str, Any]),
    Operation(group=OPERATION, method="GET", path=f"{PREFIX}/docs", handler=documentation, access=Access.OPEN,
              answer=str, media=HTML),
    Operation(group=OPERATION, method="GET", path="/", handler=welcome, access=Access.OPEN, answer=str, media=HTML),
)  # fmt: skip
