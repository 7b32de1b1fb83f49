import sqlite3

import pytest
from msgspec.structs import replace

from ws101.timers import schedule
from ws101.timers.schedule import Action, Timer, TimerList
from ws101.timers.store import lists, preferences, users
from ws101.timers.store.lists import Deadline
from ws101.timers.store.schema import prepare
from ws101.timers.wire import Settings


@pytest.fixture
def connection(tmp_path):
    path = tmp_path / "timers.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")
    prepare(connection, path)
    for name in ("ann", "bob"):
        users.add(
            connection, users.UserRow(name, f"{name}@example.test", name, "", locked=False, created_at=0)
        )
    yield connection
    connection.close()


def stored(connection, list_id="l", user="ann"):
    """Write a list whose timers have every field set, the second of them running."""
    empty = TimerList(id=list_id, name="Day", loop_timers=True, pomodoro_grouped=True)
    lists.add(connection, user, empty, 5)
    timers = (
        Timer(
            id=f"{list_id}-a",
            name="a",
            duration=10,
            enabled=False,
            counts_as_pomodoro=True,
            notify=False,
            order=1,
        ),
        Timer(id=f"{list_id}-b", name="b", duration=20, order=1),
        Timer(id=f"{list_id}-c", name="c", duration=30, order=7),
    )
    full = schedule.command(replace(empty, timers=timers, version=2), Action.START, 1_000)
    lists.save(connection, user, empty, full)
    return full


def test_a_list_is_found_as_it_was_written(connection):
    full = stored(connection)
    assert lists.find(connection, "ann", "l") == full
    assert lists.find_all(connection, "ann") == [full]
    assert lists.list_of(connection, "ann", "l-b") == "l"
    assert lists.count(connection, "ann") == 1


def test_only_what_differs_is_written(connection):
    full = stored(connection)
    written = []
    connection.set_trace_callback(written.append)
    lists.save(connection, "ann", full, full)
    assert written == []
    paused = schedule.command(full, Action.PAUSE, 1_010)
    lists.save(connection, "ann", full, paused)
    connection.set_trace_callback(None)
    assert [statement.split()[0] for statement in written] == ["UPDATE"]
    assert lists.find(connection, "ann", "l") == paused
    fewer = replace(paused, timers=paused.timers[1:])
    lists.save(connection, "ann", paused, fewer)
    assert lists.find(connection, "ann", "l") == fewer


def test_nothing_of_another_user_is_found_changed_or_deleted(connection):
    full = stored(connection)
    assert lists.find(connection, "bob", "l") is None
    assert lists.find_all(connection, "bob") == []
    assert lists.list_of(connection, "bob", "l-b") is None
    lists.save(
        connection, "bob", full, replace(schedule.command(full, Action.STOP, 1_010), name="x", version=9)
    )
    lists.save(connection, "bob", full, replace(full, timers=()))
    lists.delete(connection, "bob", "l")
    assert lists.find(connection, "ann", "l") == full


def test_what_runs_has_a_deadline(connection):
    stored(connection)
    stored(connection, "m", "bob")
    assert sorted(lists.deadlines(connection)) == [Deadline("ann", "l", 1_020), Deadline("bob", "m", 1_020)]
    lists.delete(connection, "ann", "l")
    connection.execute("DELETE FROM users WHERE id = 'bob'")
    assert lists.deadlines(connection) == []


def test_many_lists_are_found_and_their_runs_written_as_each_would_be_alone(connection):
    first, second = stored(connection, "l"), stored(connection, "m", "bob")
    wanted = [
        Deadline("ann", "l", 1),
        Deadline("bob", "m", 1),
        Deadline("ann", "m", 1),
        Deadline("bob", "gone", 1),
    ]
    assert lists.find_many(connection, wanted) == {"l": first, "m": second}
    later = schedule.advance(first, 10**6).timers
    lists.save_runs(connection, [("ann", "l", timer) for timer in later.timers])
    lists.save_runs(connection, [("ann", "m", timer) for timer in later.timers])  # bob's
    assert lists.find(connection, "ann", "l") == later
    assert lists.find(connection, "bob", "m") == second
    (row,) = [row for row in lists.deadlines(connection) if row.list_id == "l"]
    assert row.due_at == schedule.deadline(later)


def test_lists_come_in_the_order_in_which_they_were_made(connection):
    for moment, name in enumerate("zxy"):
        lists.add(connection, "ann", TimerList(id=name, name=name), moment)
    assert [timers.id for timers in lists.find_all(connection, "ann")] == ["z", "x", "y"]


def test_settings_are_the_defaults_until_they_are_set(connection):
    assert preferences.find(connection, "ann") == Settings()
    stored(connection)
    said = Settings(default_timer_list_id="l", daily_pomodoro_goal=3, notifications_enabled=False)
    preferences.save(connection, "ann", said)
    preferences.save(connection, "ann", replace(said, daily_pomodoro_goal=4))
    assert preferences.find(connection, "ann") == replace(said, daily_pomodoro_goal=4)
    assert preferences.find(connection, "bob") == Settings()
    lists.delete(connection, "ann", "l")
    assert preferences.find(connection, "ann").default_timer_list_id is None


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT * FROM timers WHERE user = 'ann' ORDER BY list, place, id", "PRIMARY KEY (user=?)"),
        (
            "SELECT * FROM timers WHERE list = 'l' AND user = 'ann' ORDER BY place, id",
            "PRIMARY KEY (user=? AND list=?)",
        ),
        ("SELECT list FROM timers WHERE user = 'ann' AND id = 't'", "timer_ids"),
        ("SELECT * FROM lists WHERE user = 'ann' ORDER BY created_at, id", "PRIMARY KEY (user=?)"),
        (
            "DELETE FROM lists WHERE user = 'ann' AND id = 'l'",
            "SEARCH timers USING PRIMARY KEY (user=? AND list=?)",
        ),
        (lists._MANY.replace("?", "'[]'"), "SEARCH timers USING PRIMARY KEY (user=? AND list=?)"),
    ],
)
def test_no_query_reads_what_is_not_asked_for(connection, query, index):
    plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}"))
    assert index in plan
