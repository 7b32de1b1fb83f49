"""Runs a service: from its settings to an open port, and from a signal to an orderly end."""

import asyncio
import gc
import logging
import resource
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, TextIO

from msgspec import Struct

from ws101.timers.admission import PATH
from ws101.timers.clock import Clock, SystemClock
from ws101.timers.server.api import app
from ws101.timers.server.assembly import assemble
from ws101.timers.server.directory import Directory
from ws101.timers.server.door import Door
from ws101.timers.server.listener import Listener
from ws101.timers.server.logs import Logs
from ws101.timers.server.metrics import Metrics
from ws101.timers.server.parts import Parts
from ws101.timers.server.socket import Socket
from ws101.timers.server.sockets import listen, tls
from ws101.timers.server.web import Web
from ws101.timers.settings import ServiceSettings
from ws101.timers.store import Store

DOCS = "/api/v1/docs"
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - compared with, not bound to


class Running(Struct, frozen=True):
    """A service that answers; `hurry` is set once it should end without waiting for anybody."""

    parts: Parts
    host: str
    port: int
    hurry: asyncio.Event

    @property
    def url(self) -> str:
        """The address for HTTP, without a slash at its end."""
        return f"{'https' if self.parts.settings.tls_certificate else 'http'}://{self._place}"

    @property
    def socket_url(self) -> str:
        """The address of the notifications."""
        return f"{'wss' if self.parts.settings.tls_certificate else 'ws'}://{self._place}{PATH}"

    @property
    def docs_url(self) -> str:
        """The page that shows every call."""
        return self.url + DOCS

    @property
    def _place(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@asynccontextmanager
async def running(
    settings: ServiceSettings, clock: Clock | None = None, log: TextIO | None = None
) -> AsyncIterator[Running]:
    """Run a service as long as the block lasts, then drain it; port 0 is any free one, `log` is standard output.

    Raises UsageError and UnreadableInput for settings that it cannot run with.
    """
    async with AsyncExitStack() as stack:
        context = tls(settings)
        directory = stack.enter_context(Directory(settings.data))
        sockets = listen(settings)
        for sock in sockets:
            stack.callback(sock.close)
        clock, metrics = clock or SystemClock(), Metrics()
        logs = Logs(settings, clock, metrics, log or sys.stdout)
        stack.callback(logs.close)
        _bring_in(logs.handler(), stack)
        store = Store(directory.database, settings.events_kept)
        stack.push_async_callback(store.close)
        parts, gate = assemble(settings, clock, store, logs, metrics)
        stack.callback(parts.accounts.close)
        stack.push_async_callback(parts.scheduler.stop)
        web = Web(app(parts), settings)
        door = Door(
            gate,
            web,
            lambda seat, early: Socket(parts.hub, seat, early),
            parts.limits,
            settings.max_head,
            settings.head_timeout,
        )
        web.take_over, web.turn_away = door.take_over, door.turn_away_later
        listener = Listener(sockets, door, parts.limits, context)
        host = _EVERYWHERE.get(settings.host.strip("[]"), settings.host.strip("[]"))
        service = Running(parts, host, sockets[0].getsockname()[1], asyncio.Event())
        parts.scheduler.start()
        listener.start()
        parts.readiness.begin()
        parts.logs.event(f"The timer service runs at {service.url}", port=service.port)
        try:
            yield service
        finally:
            await _drain(service, listener, door)


def _bring_in(handler: logging.Handler, stack: AsyncExitStack) -> None:
    """Let what the HTTP protocol and the loop log stand in our log."""
    for name in ("uvicorn.error", "asyncio"):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        stack.callback(logger.removeHandler, handler)


async def _drain(service: Running, listener: Listener, door: Door) -> None:
    """Say that no more is taken, then let what is open end; a hurry cuts that short."""
    parts = service.parts
    parts.readiness.drain()
    parts.logs.event("The service drains", sockets=len(parts.hub))
    listener.stop()
    door.close()
    patience = parts.settings.drain_timeout
    ends: asyncio.Future[Any] = asyncio.gather(parts.hub.drain(patience), door.web.drain(patience))
    hurry: asyncio.Future[Any] = asyncio.ensure_future(service.hurry.wait())
    await asyncio.wait((ends, hurry), return_when=asyncio.FIRST_COMPLETED)
    for left in (ends, hurry):
        left.cancel()
        with suppress(asyncio.CancelledError):
            await left
    door.web.abort()
    listener.close()


# ---- as a program


def serve(settings: ServiceSettings, announce: Callable[[Running], None]) -> None:
    """Run until SIGTERM or SIGINT, drain, and return; a second signal ends the draining. `announce` is called once it is up."""
    prepare_process()
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_serve(settings, announce))


async def _serve(settings: ServiceSettings, announce: Callable[[Running], None]) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    async with running(settings) as service:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _asked_to_stop, stop, service.hurry)
        announce(service)
        await stop.wait()


def _asked_to_stop(stop: asyncio.Event, hurry: asyncio.Event) -> None:
    if stop.is_set():
        hurry.set()
    stop.set()


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return uvloop's loop where it is installed."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


# Thousands of open sockets are looked through whenever garbage is collected, and all else waits for that: seldom, then. To
# look through 50,000 new objects takes 1 ms; most of what work in the queue is made of is gone by then.
_COLLECTIONS = (50_000, 20, 50)

# The threads that write to the store and the log may hold the loop up for so many seconds each time; Python's own 5 ms add up.
_TURN = 0.0005


def prepare_process() -> None:
    """Allow as many files as may be allowed, for a connection is one; let neither garbage nor threads hold up the loop."""
    gc.set_threshold(*_COLLECTIONS)
    sys.setswitchinterval(_TURN)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
