"""Everything that a running service consists of, as one value that is handed around; makes none of it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec import Struct

from ws101.timers.clock import Clock
from ws101.timers.server.accounts import Accounts
from ws101.timers.server.hub import Hub
from ws101.timers.server.keys import Keys
from ws101.timers.server.limits import Limits
from ws101.timers.server.logs import Logs
from ws101.timers.server.metrics import Metrics
from ws101.timers.server.readiness import Readiness
from ws101.timers.server.scheduler import Scheduler
from ws101.timers.server.service import Service
from ws101.timers.server.tickets import Tickets
from ws101.timers.server.tokens import Verifier
from ws101.timers.server.traces import Traces
from ws101.timers.settings import ServiceSettings
from ws101.timers.store import Store


class Reply(NamedTuple):
    """An HTTP answer; header names in the case in which they are sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Parts(Struct, frozen=True):
    """`refuse` answers a request to the notifications' path that is no handshake (an ASGI scope), and records it."""

    settings: ServiceSettings
    clock: Clock
    store: Store
    service: Service
    scheduler: Scheduler
    hub: Hub
    keys: Keys
    verifier: Verifier
    accounts: Accounts
    tickets: Tickets
    traces: Traces
    metrics: Metrics
    logs: Logs
    limits: Limits
    readiness: Readiness
    refuse: Callable[[Mapping[str, Any]], Reply]
