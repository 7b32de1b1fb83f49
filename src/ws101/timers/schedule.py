"""A list of timers over time, from values to values; knows no clock, no store and no socket.

due = start + duration + paused: a resume never moves the start. The next timer of a chain starts at the moment at which
its predecessor was due, however late anybody looked. All times are in milliseconds.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from ws101.timers.wire import State

TOLD = 100  # completions of one list that are told one by one after an absence; see `advance`


class Action(StrEnum):
    """What can be commanded."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    RESTART = "restart"


class Timer(Struct, frozen=True, kw_only=True):
    """One timer as it is kept; `version` counts its changes.

    `started_at` means nothing while it is IDLE; `paused_at` is when it was last halted: paused, stopped or completed.
    """

    id: str
    name: str
    duration: int
    enabled: bool = True
    counts_as_pomodoro: bool = False
    notify: bool = True
    order: int = 0
    state: State = State.IDLE
    started_at: int = 0
    paused_at: int = 0
    paused_for: int = 0
    version: int = 1

    @property
    def active(self) -> bool:
        """Whether it runs or is paused."""
        return self.state is State.RUNNING or self.state is State.PAUSED


class TimerList(Struct, frozen=True, kw_only=True):
    """Timers in their order, of which one at most is active; `version` counts changes of the list's own, not its timers'."""

    id: str
    name: str
    timers: tuple[Timer, ...] = ()
    loop_timers: bool = False
    pomodoro_grouped: bool = False
    version: int = 1


class Completion(NamedTuple):
    """A timer as it was at its end, and when that was due."""

    timer: Timer
    due_at: int


class Advance(NamedTuple):
    """A list brought up to a moment, what was completed on the way, in order, and how many completions were skipped."""

    timers: TimerList
    completed: tuple[Completion, ...]
    skipped: int = 0


class Impossible(ValueError):  # noqa: N818 - read as the fact that it is
    """The list's state does not allow the command; the text says why, and what would be possible."""


# ---- time


def elapsed(timer: Timer, now: int) -> int:
    """Return for how long it ran, without its pauses: 0 to its duration, also when the clock was set back."""
    if timer.state is State.IDLE:
        return 0
    if timer.state is State.COMPLETED:
        return timer.duration
    until = now if timer.state is State.RUNNING else timer.paused_at
    return max(0, min(timer.duration, until - timer.started_at - timer.paused_for))


def remaining(timer: Timer, now: int) -> int:
    """Return what is left; of a stopped timer, what was left when it was stopped."""
    return timer.duration - elapsed(timer, now)


def due_at(timer: Timer) -> int | None:
    """Return when it will be over, while it runs."""
    if timer.state is not State.RUNNING:
        return None
    return timer.started_at + timer.duration + timer.paused_for


def active(timers: TimerList) -> Timer | None:
    """Return the one timer that runs or is paused."""
    place = _active(timers.timers)
    return None if place is None else timers.timers[place]


def deadline(timers: TimerList) -> int | None:
    """Return when the list next needs to be looked at."""
    running = active(timers)
    return None if running is None else due_at(running)


# ---- changes


def changed(timer: Timer, **fields: Any) -> Timer:
    """Return the timer with these fields, and its next version."""
    return replace(timer, version=timer.version + 1, **fields)


def with_timer(timers: TimerList, timer: Timer) -> TimerList:
    """Return the list with this timer in the place of the one with its id."""
    return replace(timers, timers=tuple(timer if other.id == timer.id else other for other in timers.timers))


def ran(before: TimerList, after: TimerList) -> list[Timer]:
    """Return the timers that are others than before, in a list that time alone has changed: it has the same, in the same order."""
    return [timer for was, timer in zip(before.timers, after.timers, strict=True) if timer is not was]


def only_ran(before: Timer, after: Timer) -> bool:
    """Return whether time and commands alone made the one of the other: what is said of the timer is the same."""
    return after is not before and _said(before) == _said(after)


def _said(timer: Timer) -> tuple[object, ...]:
    return (
        timer.name,
        timer.duration,
        timer.enabled,
        timer.counts_as_pomodoro,
        timer.notify,
        timer.order,
    )


def lasting(timer: Timer, duration: int, now: int) -> Timer:
    """Return the timer with another duration, as a part of a change. The time that it ran stays as it is.

    An active timer that already ran for longer than the new duration is over now, not in the past: what it ran beyond
    counts as paused, so that what follows it starts now too.
    """
    over = elapsed(timer, now) - duration if timer.active else 0
    return replace(timer, duration=duration, paused_for=timer.paused_for + max(0, over))


def advance(timers: TimerList, now: int) -> Advance:
    """Bring the list up to `now`: complete what fell due, and start what follows at the moment at which it was due.

    A looping list that nobody looked at for long may owe thousands of completions. The first TOLD (or as many as there are
    timers, if that is more) are told one by one; then whole cycles are skipped, so that the phase stays exact; then what is
    left, less than a cycle, is told too.
    """
    most = max(TOLD, len(timers.timers))
    timers, completed = _complete(timers, now, most)
    if len(completed) < most:
        return Advance(timers, tuple(completed))
    timers, skipped = _skip_cycles(timers, now)
    timers, rest = _complete(timers, now, most)
    return Advance(timers, (*completed, *rest), skipped)


def _complete(timers: TimerList, now: int, most: int) -> tuple[TimerList, list[Completion]]:
    members, completed = list(timers.timers), list[Completion]()
    place = _active(members)
    while place is not None and len(completed) < most:
        due = due_at(members[place])
        if due is None or due > now:
            break
        members[place] = done = changed(members[place], state=State.COMPLETED, paused_at=due)
        completed.append(Completion(done, due))
        place = _following(members, place, loop=timers.loop_timers)
        if place is not None:
            members[place] = _run(members[place], due)
    return (replace(timers, timers=tuple(members)) if completed else timers), completed


def _active(members: Sequence[Timer]) -> int | None:
    for place, timer in enumerate(members):
        if timer.active:
            return place
    return None


def _following(members: Sequence[Timer], place: int, *, loop: bool) -> int | None:
    for following in range(place + 1, len(members)):
        if members[following].enabled:
            return following
    if loop:
        return next((first for first, timer in enumerate(members) if timer.enabled), None)
    return None


def _skip_cycles(timers: TimerList, now: int) -> tuple[TimerList, int]:
    """Move the cycle's timers on by the whole cycles that are owed: each has had its turn, so that only the times repeat."""
    running, cycle = active(timers), [timer for timer in timers.timers if timer.enabled]
    length = sum(timer.duration for timer in cycle)
    if running is None or not timers.loop_timers or now - running.started_at < length:
        return timers, 0
    rounds = (now - running.started_at) // length
    by = rounds * length
    for timer in cycle:
        later = changed(timer, started_at=timer.started_at + by, paused_at=timer.paused_at + by)
        timers = with_timer(timers, later)
    return timers, rounds * len(cycle)


# ---- commands


def command(timers: TimerList, action: Action, now: int, timer_id: str | None = None) -> TimerList:
    """Return the list after the command, at `now`, up to which it was advanced; raises Impossible.

    Without `timer_id`: start takes the first enabled timer; pause what runs; resume what is paused; stop what is active; restart
    what is active, else the first enabled timer. A `timer_id` must be the list's.
    """
    named = next((timer for timer in timers.timers if timer.id == timer_id), None)
    return with_timer(timers, _COMMANDS[action](timers, named, now))


def _start(timers: TimerList, named: Timer | None, now: int) -> Timer:
    timer = named or _first_enabled(timers)
    if timer.active:
        raise Impossible(f"“{timer.name}” is {_state(timer)} already: restart it to begin anew.")
    return _begin(timers, timer, now)


def _restart(timers: TimerList, named: Timer | None, now: int) -> Timer:
    return _begin(timers, named or active(timers) or _first_enabled(timers), now)


def _begin(timers: TimerList, timer: Timer, now: int) -> Timer:
    other = active(timers)
    if other is not None and other.id != timer.id:
        raise Impossible(
            f"“{other.name}” is {_state(other)}, and one timer of a list at a time can be: stop it first."
        )
    if not timer.enabled:
        raise Impossible(f"“{timer.name}” is disabled: enable it first.")
    return _run(timer, now)


def _pause(timers: TimerList, named: Timer | None, now: int) -> Timer:
    timer = _in_state(timers, named, (State.RUNNING,), "paused")
    return changed(timer, state=State.PAUSED, paused_at=max(now, timer.started_at))


def _resume(timers: TimerList, named: Timer | None, now: int) -> Timer:
    timer = _in_state(timers, named, (State.PAUSED,), "resumed")
    paused_for = timer.paused_for + max(0, now - timer.paused_at)
    return changed(timer, state=State.RUNNING, paused_for=paused_for)


def _stop(timers: TimerList, named: Timer | None, now: int) -> Timer:
    timer = _in_state(timers, named, (State.RUNNING, State.PAUSED), "stopped")
    halted = now if timer.state is State.RUNNING else timer.paused_at
    return changed(timer, state=State.STOPPED, paused_at=halted)


_COMMANDS: dict[Action, Callable[[TimerList, Timer | None, int], Timer]] = {
    Action.START: _start,
    Action.PAUSE: _pause,
    Action.RESUME: _resume,
    Action.STOP: _stop,
    Action.RESTART: _restart,
}


def _run(timer: Timer, at: int) -> Timer:
    return changed(timer, state=State.RUNNING, started_at=at, paused_at=at, paused_for=0)


def _first_enabled(timers: TimerList) -> Timer:
    for timer in timers.timers:
        if timer.enabled:
            return timer
    raise Impossible(f"“{timers.name}” has no enabled timer: add one, or enable one.")


def _in_state(timers: TimerList, named: Timer | None, states: tuple[State, ...], done: str) -> Timer:
    timer = named or active(timers)
    if timer is None:
        raise Impossible(f"No timer of “{timers.name}” is running or paused: start one first.")
    if timer.state not in states:
        fitting = " or ".join(state.lower() for state in states)
        raise Impossible(f"“{timer.name}” is {_state(timer)}: only one that is {fitting} can be {done}.")
    return timer


def _state(timer: Timer) -> str:
    return timer.state.lower()
