"""Timers, lists and events by hand."""

from ws101.timers import wire
from ws101.timers.wire import State

EPOCH = "e1"


def timer(name="Focus", state=State.IDLE, **changes):
    defaults = {
        "id": f"t-{name.lower()}", "name": name, "duration": 60_000, "state": state, "enabled": True, "remaining_seconds": 60,
        "counts_as_pomodoro": False, "send_notification_on_complete": True, "order": 0, "due_at": None, "version": 1,
    }  # fmt: skip
    return wire.Timer(**{**defaults, **changes})


def timer_list(*timers, name="Work", **changes):
    defaults = {
        "id": f"l-{name.lower()}", "name": name, "timers": timers, "loop_timers": False, "pomodoro_grouped": False,
        "status": State.IDLE, "version": 1,
    }  # fmt: skip
    return wire.TimerList(**{**defaults, **changes})


def update(seq, changed, list_id="l-work", epoch=EPOCH):
    return wire.TimerUpdate(
        seq=seq,
        epoch=epoch,
        event_id=f"ev-{seq}",
        list_id=list_id,
        timer=changed,
        remaining_time=changed.remaining_seconds,
    )


def completed(seq, changed, list_id="l-work", notify=True):
    return wire.TimerCompleted(
        seq=seq,
        epoch=EPOCH,
        event_id=f"ev-{seq}",
        list_id=list_id,
        timer=changed,
        due_at=1000,
        fired_at=1001,
        notify=notify,
    )


def list_update(seq, changed, action="updated"):
    return wire.TimerListUpdate(seq=seq, epoch=EPOCH, event_id=f"ev-{seq}", timer_list=changed, action=action)


def snapshot(seq, *lists, epoch=EPOCH, server_time=1_700_000_000_000):
    held = wire.Snapshot(lists=lists, settings=wire.Settings())
    return wire.Welcome(recovered=False, epoch=epoch, seq=seq, server_time=server_time, snapshot=held)


def recovered(seq, epoch=EPOCH, server_time=1_700_000_000_000):
    return wire.Welcome(recovered=True, epoch=epoch, seq=seq, server_time=server_time)
