"""A local copy of what a user has, kept equal by snapshots and numbered events; notices what is missing. Pure."""

from enum import Enum
from typing import TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ws101.timers import wire
from ws101.timers.client.messages import Told, Unknown
from ws101.timers.wire import State, Timer, TimerList

V = TypeVar("V", Timer, TimerList)  # what has a version

_BUSY = (State.RUNNING, State.PAUSED)


class Effect(Enum):
    """What an event did to the copy."""

    APPLIED = "it is the next one"
    DUPLICATE = "it was known"
    MISSED = "events before it are missing: resume"
    STALE = "it is the next one, and the lists must be fetched"


class Mirror(Struct, frozen=True):
    """The copy as of the event `seq` of `epoch`; an empty epoch means that nothing has been heard yet."""

    epoch: str = ""
    seq: int = 0
    lists: tuple[TimerList, ...] = ()
    settings: wire.Settings = wire.Settings()

    def timer(self, timer_id: str) -> Timer | None:
        return next((t for held in self.lists for t in held.timers if t.id == timer_id), None)

    def name_of(self, list_id: str) -> str:
        return next((held.name for held in self.lists if held.id == list_id), "")


def welcome(mirror: Mirror, said: wire.Welcome) -> Mirror:
    """Return the copy as a Welcome leaves it; what was missed follows it as events when it was all found."""
    if said.snapshot is None:
        return replace(mirror, epoch=said.epoch)
    return Mirror(said.epoch, said.seq, said.snapshot.lists, said.snapshot.settings)


def apply(mirror: Mirror, event: Told | Unknown) -> tuple[Mirror, Effect]:
    """Return the copy after an event, and what the event did to it."""
    if event.epoch != mirror.epoch or event.seq > mirror.seq + 1:
        return mirror, Effect.MISSED
    if event.seq <= mirror.seq:
        return mirror, Effect.DUPLICATE
    counted = replace(mirror, seq=event.seq)
    match event:
        case (
            wire.TimerUpdate(list_id=list_id, timer=timer) | wire.TimerCompleted(list_id=list_id, timer=timer)
        ):
            return _with_timer(counted, list_id, timer)
        case wire.TimerListUpdate(timer_list=held, action=action):
            return replace(
                counted, lists=_with_list(mirror.lists, held, kept=action != "deleted")
            ), Effect.APPLIED
        case wire.SettingsUpdate(settings=settings):
            return replace(counted, settings=settings), Effect.APPLIED
        case wire.TimerListRefresh() | Unknown():
            return counted, Effect.STALE
    return counted, Effect.APPLIED


def fetched(mirror: Mirror, lists: tuple[TimerList, ...]) -> Mirror:
    """Return the copy with all lists as REST tells them."""
    return replace(mirror, lists=lists)


def _with_list(lists: tuple[TimerList, ...], new: TimerList, *, kept: bool) -> tuple[TimerList, ...]:
    if not kept:
        return tuple(held for held in lists if held.id != new.id)
    if all(held.id != new.id for held in lists):
        return (*lists, new)
    return tuple(_newer(held, new) if held.id == new.id else held for held in lists)


def _newer(held: V, new: V) -> V:
    """The later version: what was fetched may be ahead of the events that lead to it."""
    return new if new.version >= held.version else held


def _with_timer(mirror: Mirror, list_id: str, timer: Timer) -> tuple[Mirror, Effect]:
    home = next((held for held in mirror.lists if held.id == list_id), None)
    if home is None:
        return mirror, Effect.STALE
    others = tuple(t for t in home.timers if t.id != timer.id)
    before = next((t for t in home.timers if t.id == timer.id), timer)
    timers = tuple(sorted((*others, _newer(before, timer)), key=lambda t: (t.order, t.id)))
    changed = msgspec.structs.replace(home, timers=timers, status=_status(timers))
    return replace(
        mirror, lists=tuple(changed if held is home else held for held in mirror.lists)
    ), Effect.APPLIED


def _status(timers: tuple[Timer, ...]) -> State:
    """The state of the list's active timer, else IDLE."""
    return next((timer.state for timer in timers if timer.state in _BUSY), State.IDLE)
