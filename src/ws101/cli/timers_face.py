"""How lists and timers look on a terminal: rows of text, cut to its width; the time is given, and no clock is read."""

from collections.abc import Iterable, Iterator

from ws101.redact import printable
from ws101.render.ink import Ink, Style, columns, padded
from ws101.timers.client.countdown import remaining
from ws101.timers.wire import State, Timer, TimerList

_LOOKS = {
    State.RUNNING: ("▶", ">", "runs", Style.GOOD),
    State.PAUSED: ("‖", "=", "paused", Style.WARN),
    State.COMPLETED: ("✓", "+", "over", None),
    State.STOPPED: ("■", "#", "stopped", None),
    State.IDLE: ("·", ".", "", Style.DIM),
}
_LONGEST_NAME = 40  # columns


def clock(seconds: int) -> str:
    """Return seconds as 4:05 or 1:04:05."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def rows(lists: Iterable[TimerList], service_time: float | None, ink: Ink) -> list[str]:
    """Return every list as a heading and its timers, one a row, with a blank row between lists."""
    shown: list[str] = []
    for held in lists:
        shown += [""] if shown else []
        shown += _list(held, service_time, ink)
    return shown


def sentence(timer: Timer, service_time: float | None) -> str:
    """Return what a timer does now, as a sentence without its full stop."""
    name, left = printable(timer.name), clock(remaining(timer, service_time))
    match timer.state:
        case State.RUNNING:
            return f"{name} runs: {left} left"
        case State.PAUSED:
            return f"{name} is paused: {left} left"
        case State.COMPLETED:
            return f"{name} is over"
    return f"{name} is {'stopped' if timer.state is State.STOPPED else 'idle'}: {left} of {clock(timer.duration // 1000)}"


def _list(held: TimerList, service_time: float | None, ink: Ink) -> Iterator[str]:
    traits = [
        word for word, holds in (("loops", held.loop_timers), ("pomodoro", held.pomodoro_grouped)) if holds
    ]
    heading = ink.cut(printable(held.name), ink.width - 20)
    yield ink.paint(heading, Style.BOLD) + ink.paint(f"  {', '.join(traits)}" if traits else "", Style.DIM)
    if not held.timers:
        yield ink.paint("  (no timers)", Style.DIM)
    names = [ink.cut(printable(timer.name), min(_LONGEST_NAME, ink.width - 32)) for timer in held.timers]
    width = max(map(columns, names), default=0)
    for timer, name in zip(held.timers, names, strict=True):
        yield _row(timer, padded(name, width), service_time, ink)


def _row(timer: Timer, name: str, service_time: float | None, ink: Ink) -> str:
    sign, plain, word, style = _LOOKS[timer.state]
    left = clock(remaining(timer, service_time))
    words = ", ".join(part for part in (word, "" if timer.enabled else "off") if part)
    row = f"  {plain if ink.ascii_only else sign} {name}  {left:>8} of {clock(timer.duration // 1000):<8} {words}"
    return ink.paint(ink.cut(row.rstrip(), ink.width), style)
