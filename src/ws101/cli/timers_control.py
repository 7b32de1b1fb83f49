"""`ws101 timers start`, `pause`, `resume`, `stop` and `restart`: acts on a list's timers by their names."""

from collections.abc import Sequence
from typing import cast

from ws101.cli import streams, timers_client
from ws101.cli.timers_client import Client
from ws101.cli.timers_face import sentence
from ws101.cli.timers_values import find
from ws101.errors import UsageError
from ws101.redact import printable
from ws101.timers.client.rest import Action
from ws101.timers.wire import State, Timer, TimerList

ABOUT = {
    "start": "Start a timer; without TIMER the first that is not off.",
    "pause": "Pause a timer; without TIMER the one that runs.",
    "resume": "Let a paused timer run on; without TIMER the first that is paused.",
    "stop": "Stop a timer; without TIMER the one that runs or is paused.",
    "restart": "Start a timer from its whole duration; without TIMER the active one, else the first.",
}


def main(arguments: Sequence[str]) -> int:
    """Do what the first word says."""
    action = cast("Action", arguments[0])
    parser = timers_client.parser(action, ABOUT[action])
    parser.add_argument(
        "list",
        metavar="LIST",
        nargs="?",
        help="the list's name or id, or the beginning of it; may be left out when you have one",
    )
    parser.add_argument("timer", metavar="TIMER", nargs="?", help="the timer's, likewise")
    options = parser.parse_args(arguments[1:])
    used = timers_client.client(options)

    async def act(used: Client) -> tuple[TimerList, tuple[Timer, ...]]:
        home = _home(await used.account.lists(), options.list)
        timer = find(home.timers, options.timer, "timer") if options.timer else None
        return home, await used.account.control(home.id, action, timer.id if timer else None)

    home, changed = timers_client.run(act(used), used)
    where = printable(home.name)
    said = [f"{sentence(timer, None)} ({where})." for timer in sorted(changed, key=_running_first)]
    streams.say("\n".join(said or [f"Nothing changed in {where}."]) + "\n")
    return 0


def _home(lists: tuple[TimerList, ...], word: str | None) -> TimerList:
    hint = "Make one: ws101 timers new list NAME"
    if word:
        return find(lists, word, "list", hint)
    if len(lists) == 1:
        return lists[0]
    there = ", ".join(printable(held.name) for held in lists[:10])
    raise UsageError(f"say which list: {there}." if lists else f"there are no lists. {hint}")


def _running_first(timer: Timer) -> bool:
    return timer.state is not State.RUNNING
