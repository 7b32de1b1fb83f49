"""What REST changes in a list, from values to values: what is added, changed, removed, reordered. Knows no time but `now`."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import asdict, replace

from ws101.timers import wire
from ws101.timers.schedule import Impossible, Timer, TimerList, changed, lasting

MOST_TIMERS = 100  # in one list


def list_from(list_id: str, said: wire.ListCreate) -> TimerList:
    """Return the new list."""
    return TimerList(
        id=list_id,
        name=said.name,
        loop_timers=said.loop_timers,
        pomodoro_grouped=said.pomodoro_grouped,
    )


def change_list(timers: TimerList, said: wire.ListChange) -> TimerList:
    """Return the list with what was said, or the same list where that changes nothing."""
    fields = _that_differ(timers, asdict(said))
    return replace(timers, version=timers.version + 1, **fields) if fields else timers


def add_timer(timers: TimerList, timer_id: str, said: wire.TimerCreate) -> TimerList:
    """Return the list with a new timer, at the end unless it says its order; raises Impossible for a full list."""
    if len(timers.timers) >= MOST_TIMERS:
        raise Impossible(
            f"“{timers.name}” has {MOST_TIMERS} timers already: delete one, or use another list."
        )
    end = timers.timers[-1].order + 1 if timers.timers else 0
    timer = Timer(
        id=timer_id,
        name=said.name,
        duration=said.duration,
        enabled=said.enabled,
        counts_as_pomodoro=said.counts_as_pomodoro,
        notify=said.send_notification_on_complete,
        order=end if said.order is UNSET else said.order,
    )
    return _arranged(timers, (*timers.timers, timer))


def change_timer(timers: TimerList, timer_id: str, said: wire.TimerChange, now: int) -> TimerList:
    """Return the list with the timer changed, or the same list where that changes nothing.

    A timer that is disabled while it runs finishes its run.
    """
    timer = timer_of(timers, timer_id)
    named = asdict(said)
    named["notify"] = named.pop("send_notification_on_complete")
    fields = _that_differ(timer, named)
    if not fields:
        return timers
    if "duration" in fields:
        timer = lasting(timer, fields.pop("duration"), now)
    timer = changed(timer, **fields)
    return _arranged(timers, tuple(timer if other.id == timer_id else other for other in timers.timers))


def remove_timer(timers: TimerList, timer_id: str) -> TimerList:
    """Return the list without the timer; what ran does not hand over to the next."""
    return replace(timers, timers=tuple(timer for timer in timers.timers if timer.id != timer_id))


def reorder(timers: TimerList, timer_ids: tuple[str, ...]) -> TimerList:
    """Return the list in this order of its timers, each of which `timer_ids` names once, or the same list if it is in it."""
    places = {timer_id: place for place, timer_id in enumerate(timer_ids)}
    moved = tuple(
        timer if timer.order == places[timer.id] else changed(timer, order=places[timer.id])
        for timer in timers.timers
    )
    if moved == timers.timers:
        return timers
    return _arranged(replace(timers, version=timers.version + 1), moved)


def timer_of(timers: TimerList, timer_id: str) -> Timer:
    """Return the list's timer with this id, which must be there."""
    return next(timer for timer in timers.timers if timer.id == timer_id)


def _arranged(timers: TimerList, members: tuple[Timer, ...]) -> TimerList:
    return replace(timers, timers=tuple(sorted(members, key=lambda timer: (timer.order, timer.id))))


def _that_differ(value: Timer | TimerList, said: dict[str, Any]) -> dict[str, Any]:
    return {name: new for name, new in said.items() if new is not UNSET and new != getattr(value, name)}
