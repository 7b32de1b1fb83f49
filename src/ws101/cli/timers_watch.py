"""`ws101 timers watch`: stays connected, shows the timers live, and tells when one is over; diagnoses what fails."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence

from msgspec import Struct, field

from ws101.cli import streams, timers_client
from ws101.cli.parser import Parser
from ws101.cli.terminal import ProgressLine, face
from ws101.cli.timers_board import Board, Display, Json, Lines
from ws101.cli.timers_client import Client
from ws101.errors import Ws101Error
from ws101.redact import printable
from ws101.render.ink import Ink
from ws101.timers import wire
from ws101.timers.client.connection import Connection, Place, connect
from ws101.timers.client.machine import State
from ws101.timers.client.notify import Desktop
from ws101.timers.client.refusal import Refused, Unreachable
from ws101.timers.client.session import News, Session, Stood
from ws101.timers.clock import SystemClock

_UNREACHED = 3  # the exit status of a watch that was interrupted before it ever was live


class Watch(Struct):
    """One run: what is shown where, the place that was last connected to, and what came of it."""

    used: Client
    display: Display
    verbose: bool
    until_failure: bool
    desktop: Desktop = field(default_factory=Desktop)
    place: Place | None = None
    failure: Ws101Error | None = None
    was_live: bool = False
    offered: bool = False


def main(arguments: Sequence[str]) -> int:
    """Watch until Ctrl-C, or until the service refuses for good."""
    options = parser().parse_args(arguments)
    used = timers_client.client(options)
    used.login.credentials()  # tells at once that nobody is signed in
    watch = Watch(used, _display(options, used), options.verbose, options.diagnose)
    asyncio.run(_run(watch))
    watch.display.end()
    if watch.failure is None:
        return 0 if watch.was_live else _UNREACHED
    _complain(watch.failure)
    if not isinstance(watch.failure, Refused | Unreachable) or watch.place is None:
        return watch.failure.exit_status
    if options.diagnose:
        return _diagnose(watch.place, options)
    if isinstance(watch.failure, Refused) and watch.failure.refusal.asks_for_login:
        streams.complain(f"Sign in: ws101 timers login{_flag(used)}")
    _offer(watch)
    return watch.failure.exit_status


def parser() -> Parser:
    """Return the parser of this command's flags."""
    made = timers_client.parser("watch", "Show your timers live until Ctrl-C, and tell when one is over.")
    made.add_argument("--json", action="store_true", help="one JSON object a line for all that happens")
    made.add_argument(
        "--verbose", action="store_true", help="write the log lines of each handshake to stderr"
    )
    made.add_argument(
        "--diagnose",
        action="store_true",
        help="when a connection fails, find out why at once, as ws101 check does",
    )
    timers_client.add_colour(made)
    return made


def _display(options: argparse.Namespace, used: Client) -> Display:
    place = f"{used.profile.name}, {used.profile.url}"
    if options.json:
        return Json()
    look = face(sys.stdout, options.color)
    if options.verbose or not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        return Lines(place)
    return Board(place, Ink(look.width, look.colour, look.ascii_only), _advice(used))


async def _run(watch: Watch) -> None:
    """Run the session, and show its news until it ends, fails where that is asked for, or is interrupted."""
    heard: asyncio.Queue[News | None] = asyncio.Queue()
    session = _session(watch, heard)
    running = asyncio.create_task(session.run())
    running.add_done_callback(lambda _: heard.put_nowait(None))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, running.cancel)
    try:
        await _show(watch, session, heard)
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


def _session(watch: Watch, heard: "asyncio.Queue[News | None]") -> Session:
    used, clock = watch.used, SystemClock()

    async def dial(token: str, query: dict[str, str]) -> Connection:
        watch.place = Place(used.profile, query, token)
        return await connect(watch.place, clock, log)

    def log(lines: list[str]) -> None:
        if watch.verbose:
            streams.complain("\n".join(lines))

    device = used.login.credentials().device
    return Session(dial, used.login, used.account.lists, heard.put_nowait, device=device, clock=clock)


async def _show(watch: Watch, session: Session, heard: "asyncio.Queue[News | None]") -> None:
    while True:
        try:
            async with asyncio.timeout(watch.display.turn):
                news = await heard.get()
        except TimeoutError:
            watch.display.tick(session)
            continue
        if news is None:
            return
        watch.display.tell(news, session)
        if isinstance(news, Stood):
            if _stand(watch, news):
                return
        elif isinstance(news, wire.TimerCompleted):
            await _notify(watch, news, session)
        elif isinstance(news, wire.NotificationWithdrawn):
            await watch.desktop.withdraw(news.completed_seq)


def _stand(watch: Watch, news: Stood) -> bool:
    """Take note of a state; return whether it ends the watch."""
    if news.state is State.LIVE:
        watch.was_live, watch.offered = True, False
    failed = isinstance(news.error, Refused | Unreachable)
    if news.state is State.REFUSED or (news.state is State.WAITING and failed and watch.until_failure):
        watch.failure = news.error
        return True
    if news.state is State.WAITING and failed and not watch.offered and isinstance(watch.display, Lines):
        _offer(watch)
    return False


async def _notify(watch: Watch, event: wire.TimerCompleted, session: Session) -> None:
    if event.notify:
        where = session.mirror.name_of(event.list_id)
        shown = await watch.desktop.show(
            event.seq, event.timer.name, f"is over ({where})" if where else "is over"
        )
        if not shown and isinstance(watch.display, Board):
            watch.display.ring()
    session.acknowledge(event.seq)


def _offer(watch: Watch) -> None:
    watch.offered = True
    streams.complain(_advice(watch.used))


def _advice(used: Client) -> str:
    examined = timers_client.check(used.profile)
    return f"Find out why: ws101 timers watch{_flag(used)} --diagnose, or: {examined} --token-file FILE"


def _flag(used: Client) -> str:
    return "" if used.profile.name == "dev" else f" --profile {used.profile.name}"


def _complain(error: Ws101Error) -> None:
    streams.complain(f"ws101 timers: {printable(str(error))}")


def _diagnose(place: Place, options: argparse.Namespace) -> int:
    """Have the doctor examine exactly the handshake that failed; the token goes by value and is redacted there."""
    from ws101.cli import show
    from ws101.cli.check import diagnose
    from ws101.question import Question

    asked = Question(
        url=place.url,
        headers=place.headers,
        token=place.token,
        ca_file=place.profile.ca_file,
        environ=os.environ,
    )
    with ProgressLine() as line:
        report = diagnose(asked, line)
    look = face(sys.stdout, options.color)
    streams.say(show.rendered(report, "json" if options.json else "text", look).rstrip("\n") + "\n")
    return report.exit_status
