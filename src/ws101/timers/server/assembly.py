"""Makes every part of a service from its settings, and joins them; starts nothing."""

from ws101.timers.clock import Clock
from ws101.timers.closing import SESSION_ENDED, USER_LOCKED
from ws101.timers.server.accounts import Accounts, Standing
from ws101.timers.server.gate import Gate
from ws101.timers.server.hub import Hub
from ws101.timers.server.keys import open_keys
from ws101.timers.server.limits import Limits
from ws101.timers.server.logs import Logs
from ws101.timers.server.metrics import Metrics
from ws101.timers.server.parts import Parts
from ws101.timers.server.readiness import Readiness
from ws101.timers.server.scheduler import Scheduler
from ws101.timers.server.service import Service
from ws101.timers.server.tickets import Tickets
from ws101.timers.server.tokens import Minter, Verifier
from ws101.timers.server.traces import Traces
from ws101.timers.settings import ServiceSettings
from ws101.timers.store import Store

# With what an open socket is closed whose user may not come in any more.
_CLOSINGS = {Standing.UNKNOWN: SESSION_ENDED, Standing.LOCKED: USER_LOCKED}


def assemble(
    settings: ServiceSettings, clock: Clock, store: Store, logs: Logs, metrics: Metrics
) -> tuple[Parts, Gate]:
    """Return a service and its gate, whole and doing nothing yet; raises UsageError and UnreadableInput for bad settings."""
    keys, limits = open_keys(settings, clock.now()), Limits(settings, clock)
    traces, tickets, readiness = Traces(settings, clock), Tickets(clock), Readiness(store, clock)
    hub = Hub(settings, clock, limits, metrics, logs)
    service = Service(store, clock)
    store.deliver = hub.deliver
    service.on_lateness = metrics.fired
    hub.service = service
    scheduler = Scheduler(service, clock)
    metrics.gauge("ws101_timers_store_queue", "Changes that wait to be written.", lambda: store.queued)
    metrics.gauge("ws101_timers_pending", "Timers that run.", lambda: scheduler.pending)
    verifier, minter = Verifier(keys, settings), Minter(keys, settings)
    accounts = Accounts(store, clock, settings, minter, hub.end)
    hub.standing = lambda user, session: _CLOSINGS.get(accounts.standing(user, session))
    observers = (logs.handshake, traces.record, metrics.handshake)
    gate = Gate(settings, clock, verifier, accounts, tickets, limits, readiness, observers, logs.crashed)
    parts = Parts(
        settings, clock, store, service, scheduler, hub, keys, verifier, accounts, tickets, traces, metrics, logs,
        limits, readiness, gate.refuse,
    )  # fmt: skip
    return parts, gate
