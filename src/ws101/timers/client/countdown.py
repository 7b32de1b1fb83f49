"""A timer's time left between two messages, from its due time; and whether the machine slept. Reads no clock itself."""

import math
from typing import NamedTuple

from ws101.timers.wire import State, Timer

_SLEPT = 5.0  # seconds between the clocks; more than a step of NTP, less than anyone sleeps


class Moment(NamedTuple):
    """Both clocks at once: monotonic in seconds, wall clock in ms since the epoch."""

    monotonic: float
    wall: int


def slept(before: Moment, after: Moment) -> bool:
    """Return whether the machine was suspended in between, during which a monotonic clock may stand still.

    A wall clock that was put forward looks the same, and then a resync does no harm.
    """
    return (after.wall - before.wall) / 1000 - (after.monotonic - before.monotonic) > _SLEPT


def remaining(timer: Timer, service_time: float | None) -> int:
    """Return whole seconds, rounded up; as the service last told where its time is not known, or nothing runs."""
    if timer.state is not State.RUNNING or timer.due_at is None or service_time is None:
        return timer.remaining_seconds
    return max(0, math.ceil((timer.due_at - service_time) / 1000))
