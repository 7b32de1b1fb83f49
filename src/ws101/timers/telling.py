"""What is told of a list on the wire, and which events a change of it makes; pure, and numbers nothing.

Each event is a draft: the store gives it its `seq` and `epoch`, and an `eventId` where the draft has none.
"""

from collections.abc import Sequence
from hashlib import sha1
from typing import Literal
from uuid import UUID

from msgspec.structs import replace

from ws101.timers import schedule, wire
from ws101.timers.schedule import Completion, Timer, TimerList

LARGEST_LIST = (
    16_384  # bytes of JSON in one event; a larger list is told by TimerListRefresh: the client fetches it
)

_COMPLETIONS = UUID("5f1a1b52-6c0e-5d0a-9d0b-77733130c0de").bytes  # the name space of their event ids
_LATER = ""


def shown(timer: Timer, now: int) -> wire.Timer:
    """Return the timer as it is sent."""
    return wire.Timer(
        id=timer.id,
        name=timer.name,
        duration=timer.duration,
        state=timer.state,
        enabled=timer.enabled,
        remaining_seconds=_seconds(timer, now),
        counts_as_pomodoro=timer.counts_as_pomodoro,
        send_notification_on_complete=timer.notify,
        order=timer.order,
        due_at=schedule.due_at(timer),
        version=timer.version,
    )


def shown_list(timers: TimerList, now: int) -> wire.TimerList:
    """Return the list as it is sent."""
    active = schedule.active(timers)
    return wire.TimerList(
        id=timers.id,
        name=timers.name,
        timers=tuple(shown(timer, now) for timer in timers.timers),
        loop_timers=timers.loop_timers,
        pomodoro_grouped=timers.pomodoro_grouped,
        status=active.state if active else wire.State.IDLE,
        version=timers.version,
    )


def created(timers: TimerList, now: int) -> wire.Event:
    """Return the event of a new list."""
    return _list_update(timers, "created", now)


def deleted(timers: TimerList, now: int) -> wire.Event:
    """Return the event of a list that is no more; one too large for an event is shown without its timers."""
    event = _list_update(timers, "deleted", now)
    if isinstance(event, wire.TimerListUpdate):
        return event
    return _list_update(replace(timers, timers=()), "deleted", now)


def changes(
    before: TimerList, after: TimerList, completed: Sequence[Completion], now: int
) -> list[wire.Event]:
    """Return what tells a client that knows `before` and the completions what `after` is.

    A TimerUpdate for each timer that is new or not as last told; when the list itself changed or lost a timer, the list alone.
    """
    if before.version != after.version or _ids(before) - _ids(after):
        return [_list_update(after, "updated", now)]
    told = {timer.id: timer for timer in before.timers}
    told.update((completion.timer.id, completion.timer) for completion in completed)
    return [_update(after.id, timer, now) for timer in after.timers if told.get(timer.id) != timer]


def progress(
    list_id: str, ran: Sequence[Timer], completed: Sequence[Completion], now: int
) -> list[wire.Event]:
    """Return what `changes` does, of a list that time alone has changed: `ran` are those of its timers that it changed."""
    told = {completion.timer.id: completion.timer for completion in completed}
    return [_update(list_id, timer, now) for timer in ran if told.get(timer.id) is not timer]


def completion(list_id: str, done: Completion, now: int, *, notify: bool) -> wire.Event:
    """Return the event of a completion.

    Its id follows from the timer and its version: what a restored backup fires again has the id that it had before.
    """
    return wire.TimerCompleted(
        seq=0,
        epoch=_LATER,
        event_id=_run_id(done.timer),
        list_id=list_id,
        timer=shown(done.timer, now),
        due_at=done.due_at,
        fired_at=now,
        notify=notify and done.timer.notify,
    )


def withdrawn(completed_seq: int, completed_event_id: str) -> wire.Event:
    """Return the event that takes a notification away."""
    return wire.NotificationWithdrawn(
        seq=0,
        epoch=_LATER,
        event_id=_LATER,
        completed_seq=completed_seq,
        completed_event_id=completed_event_id,
    )


def settings_changed(settings: wire.Settings) -> wire.Event:
    """Return the event of changed settings."""
    return wire.SettingsUpdate(seq=0, epoch=_LATER, event_id=_LATER, settings=settings)


def _update(list_id: str, timer: Timer, now: int) -> wire.Event:
    told = shown(timer, now)
    return wire.TimerUpdate(
        seq=0,
        epoch=_LATER,
        event_id=_LATER,
        list_id=list_id,
        timer=told,
        remaining_time=told.remaining_seconds,
    )


def _list_update(timers: TimerList, action: Literal["created", "updated", "deleted"], now: int) -> wire.Event:
    told = shown_list(timers, now)
    if len(wire.encode(told)) > LARGEST_LIST:
        return wire.TimerListRefresh(seq=0, epoch=_LATER, event_id=_LATER, list_id=timers.id)
    return wire.TimerListUpdate(seq=0, epoch=_LATER, event_id=_LATER, timer_list=told, action=action)


def _run_id(timer: Timer) -> str:
    """Return the UUID of version 5 (RFC 9562, 5.5) of the timer's run; uuid.uuid5 takes three times as long."""
    digest = sha1(
        b"%b%b/%d" % (_COMPLETIONS, timer.id.encode(), timer.version), usedforsecurity=False
    ).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def _seconds(timer: Timer, now: int) -> int:
    return -(-schedule.remaining(timer, now) // 1000)


def _ids(timers: TimerList) -> set[str]:
    return {timer.id for timer in timers.timers}
