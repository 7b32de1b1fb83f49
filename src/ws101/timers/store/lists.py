"""The rows of lists and their timers, as values of the schedule; every query names the user to whom they must belong."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec

from ws101.timers import schedule
from ws101.timers.schedule import Timer, TimerList
from ws101.timers.wire import State

_LIST = "id, name, loop_timers, pomodoro_grouped, version"
_HEAD = 5  # columns of _LIST
_TIMER = "id, name, duration, enabled, counts_as_pomodoro, notify, place, state, started_at, paused_at, paused_for, version"

_MANY = """
SELECT lists.id, lists.name, loop_timers, pomodoro_grouped, lists.version,
    timers.id, timers.name, duration, enabled, counts_as_pomodoro, notify, place, state, started_at, paused_at, paused_for,
    timers.version
FROM json_each(?) AS wanted
    CROSS JOIN lists ON lists.user = wanted.value ->> 0 AND lists.id = wanted.value ->> 1
    CROSS JOIN timers ON timers.user = lists.user AND timers.list = lists.id
"""

_STATES = {state.value: state for state in State}


class Deadline(NamedTuple):
    """When a list of a user next needs to be looked at, in milliseconds; None: not before it changes."""

    user: str
    list_id: str
    due_at: int | None


Run = tuple[str, str, Timer]
"""A timer whose state, times and version alone are others than before, behind its user and its list."""


def find(connection: sqlite3.Connection, user: str, list_id: str) -> TimerList | None:
    """Return the user's list of this id."""
    found = connection.execute(
        f"SELECT {_LIST} FROM lists WHERE user = ? AND id = ?",  # noqa: S608 - a constant
        (user, list_id),
    ).fetchone()
    if found is None:
        return None
    rows = connection.execute(
        f"SELECT {_TIMER} FROM timers WHERE list = ? AND user = ? ORDER BY place, id",  # noqa: S608
        (list_id, user),
    )
    return _list(found, [_timer(row) for row in rows])


def find_many(connection: sqlite3.Connection, wanted: Sequence[Deadline]) -> dict[str, TimerList]:
    """Return those of the lists, each its user's, that have timers, by their ids."""
    keys = msgspec.json.encode([(one.user, one.list_id) for one in wanted]).decode()
    rows = connection.execute(_MANY, (keys,)).fetchall()
    found = dict[str, TimerList]()
    for _, its in groupby(rows, itemgetter(0)):
        members = list(its)
        timers = _list(members[0][:_HEAD], _in_order([_timer(row[_HEAD:]) for row in members]))
        found[timers.id] = timers
    return found


def find_all(connection: sqlite3.Connection, user: str) -> list[TimerList]:
    """Return all lists of the user, the oldest first."""
    members = defaultdict(list)
    for list_id, *row in connection.execute(
        f"SELECT list, {_TIMER} FROM timers WHERE user = ? ORDER BY list, place, id",  # noqa: S608
        (user,),
    ):
        members[list_id].append(_timer(row))
    rows = connection.execute(f"SELECT {_LIST} FROM lists WHERE user = ? ORDER BY created_at, id", (user,))  # noqa: S608
    return [_list(row, members[row[0]]) for row in rows]


def list_of(connection: sqlite3.Connection, user: str, timer_id: str) -> str | None:
    """Return the id of the list that the user's timer is in."""
    found = connection.execute(
        "SELECT list FROM timers WHERE user = ? AND id = ?", (user, timer_id)
    ).fetchone()
    return found[0] if found else None


def count(connection: sqlite3.Connection, user: str) -> int:
    """Return how many lists the user has."""
    (number,) = connection.execute("SELECT count(*) FROM lists WHERE user = ?", (user,)).fetchone()
    return int(number)


def deadlines(connection: sqlite3.Connection) -> list[Deadline]:
    """Return the deadlines of all lists in which a timer runs, of all users."""
    rows = connection.execute("SELECT user, list, due_at FROM timers WHERE due_at IS NOT NULL")
    return [Deadline(*row) for row in rows]


def add(connection: sqlite3.Connection, user: str, timers: TimerList, now: int) -> None:
    """Write a new list, which has no timers yet."""
    connection.execute(
        f"INSERT INTO lists ({_LIST}, user, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (timers.id, timers.name, timers.loop_timers, timers.pomodoro_grouped, timers.version, user, now),
    )


def save(connection: sqlite3.Connection, user: str, before: TimerList, after: TimerList) -> None:
    """Write what differs between the list as it was found and as it is to be."""
    if after.version != before.version:
        connection.execute(
            "UPDATE lists SET name = ?, loop_timers = ?, pomodoro_grouped = ?, version = ? WHERE user = ? AND id = ?",
            (after.name, after.loop_timers, after.pomodoro_grouped, after.version, user, after.id),
        )
    known = {timer.id: timer for timer in before.timers}
    runs, others = list[Run](), list[Timer]()
    for timer in after.timers:
        was = known.pop(timer.id, None)
        if was is not None and schedule.only_ran(was, timer):
            runs.append((user, after.id, timer))
        elif was != timer:
            others.append(timer)
    if runs:
        save_runs(connection, runs)
    if others:
        _write(connection, user, after.id, others)
    for timer_id in known:
        connection.execute("DELETE FROM timers WHERE user = ? AND id = ?", (user, timer_id))


def save_runs(connection: sqlite3.Connection, runs: Iterable[Run]) -> None:
    """Write what time has done to timers, of any number of lists."""
    # The plus keeps SQLite from looking the id up in its index: the list's few rows stand together, the index's do not.
    connection.executemany(
        "UPDATE timers SET state = ?, started_at = ?, paused_at = ?, paused_for = ?, due_at = ?, version = ?"
        " WHERE user = ? AND list = ? AND +id = ?",
        [
            (
                timer.state.value, timer.started_at, timer.paused_at, timer.paused_for, schedule.due_at(timer), timer.version,
                user, list_id, timer.id,
            )
            for user, list_id, timer in runs
        ],
    )  # fmt: skip


def delete(connection: sqlite3.Connection, user: str, list_id: str) -> None:
    """Delete the list and its timers."""
    connection.execute("DELETE FROM lists WHERE user = ? AND id = ?", (user, list_id))


def _write(connection: sqlite3.Connection, user: str, list_id: str, timers: Iterable[Timer]) -> None:
    connection.executemany(
        f"INSERT INTO timers ({_TIMER}, due_at, list, user) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, duration = excluded.duration, enabled = excluded.enabled,"
        " counts_as_pomodoro = excluded.counts_as_pomodoro, notify = excluded.notify, place = excluded.place,"
        " state = excluded.state, started_at = excluded.started_at, paused_at = excluded.paused_at,"
        " paused_for = excluded.paused_for, due_at = excluded.due_at, version = excluded.version"
        " WHERE user = excluded.user",
        ((*_row(timer), schedule.due_at(timer), list_id, user) for timer in timers),
    )


def _row(timer: Timer) -> tuple[Any, ...]:
    return (
        timer.id,
        timer.name,
        timer.duration,
        timer.enabled,
        timer.counts_as_pomodoro,
        timer.notify,
        timer.order,
        timer.state.value,
        timer.started_at,
        timer.paused_at,
        timer.paused_for,
        timer.version,
    )


def _timer(row: Iterable[Any]) -> Timer:
    (
        timer_id, name, duration, enabled, counts_as_pomodoro, notify, order,
        state, started_at, paused_at, paused_for, version,
    ) = row  # fmt: skip
    return Timer(
        id=timer_id,
        name=name,
        duration=duration,
        enabled=bool(enabled),
        counts_as_pomodoro=bool(counts_as_pomodoro),
        notify=bool(notify),
        order=order,
        state=_STATES[state],
        started_at=started_at,
        paused_at=paused_at,
        paused_for=paused_for,
        version=version,
    )


def _in_order(timers: list[Timer]) -> list[Timer]:
    return sorted(timers, key=lambda timer: (timer.order, timer.id)) if len(timers) > 1 else timers


def _list(row: Iterable[Any], timers: Iterable[Timer]) -> TimerList:
    list_id, name, loop_timers, pomodoro_grouped, version = row
    return TimerList(
        id=list_id,
        name=name,
        timers=tuple(timers),
        loop_timers=bool(loop_timers),
        pomodoro_grouped=bool(pomodoro_grouped),
        version=version,
    )
