"""`ws101 timers new list` and `new timer`: makes a list, or a timer in one."""

from collections.abc import Sequence

from ws101.cli import streams, timers_client
from ws101.cli.timers_client import Client
from ws101.cli.timers_face import clock
from ws101.cli.timers_values import duration, find
from ws101.errors import UsageError
from ws101.redact import printable
from ws101.timers import wire

_WHAT = "say what to make: ws101 timers new list NAME, or ws101 timers new timer LIST NAME DURATION."


def main(arguments: Sequence[str]) -> int:
    """Make what the first word names."""
    kind, rest = (arguments[0], arguments[1:]) if arguments else ("", ())
    if kind in {"-h", "--help"}:
        streams.say(
            "ws101 timers new list NAME\nws101 timers new timer LIST NAME DURATION\n\nEach has its own --help.\n"
        )
        return 0
    if kind not in {"list", "timer"}:
        raise UsageError(_WHAT)
    return _list(rest) if kind == "list" else _timer(rest)


def _list(arguments: Sequence[str]) -> int:
    parser = timers_client.parser("new list", "Make a list of timers that run one after the other.")
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--loop", action="store_true", help="begin again after the last timer")
    parser.add_argument("--pomodoro", action="store_true", help="its timers are one pomodoro")
    options = parser.parse_args(arguments)
    used = timers_client.client(options)
    new = wire.ListCreate(
        name=_name(options.name), loop_timers=options.loop, pomodoro_grouped=options.pomodoro
    )
    made = timers_client.run(used.account.create_list(new), used)
    name = printable(made.name)
    streams.say(
        f"Made the list {name} ({made.id[:8]}). A timer in it: ws101 timers new timer {_quoted(name)} Focus 25m\n"
    )
    return 0


def _timer(arguments: Sequence[str]) -> int:
    parser = timers_client.parser("new timer", "Make a timer at the end of a list.")
    parser.add_argument("list", metavar="LIST", help="the list's name or id, or the beginning of it")
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("duration", metavar="DURATION", help="25m, 1h30m, 90s or 25:00")
    parser.add_argument("--pomodoro", action="store_true", help="it counts as a pomodoro")
    parser.add_argument("--quiet", action="store_true", help="tell nobody when it is over")
    parser.add_argument("--off", action="store_true", help="passed over when the list runs")
    options = parser.parse_args(arguments)
    lasts, name = duration(options.duration), _name(options.name)
    used = timers_client.client(options)

    async def make(used: Client) -> tuple[wire.TimerList, wire.Timer]:
        home = find(await used.account.lists(), options.list, "list", "Make one: ws101 timers new list NAME")
        new = wire.TimerCreate(
            timer_list_id=home.id,
            name=name,
            duration=lasts,
            enabled=not options.off,
            counts_as_pomodoro=options.pomodoro,
            send_notification_on_complete=not options.quiet,
        )
        return home, await used.account.create_timer(new)

    home, made = timers_client.run(make(used), used)
    where = printable(home.name)
    streams.say(f"Made the timer {printable(made.name)} of {clock(lasts // 1000)} in {where}. Start it: ws101 timers start"
                f" {_quoted(where)}\n")  # fmt: skip
    return 0


def _name(text: str) -> str:
    if not 1 <= len(text) <= 255:
        raise UsageError("a name has 1 to 255 characters.")
    return text


def _quoted(name: str) -> str:
    return name if name.isalnum() else f"'{name}'"
