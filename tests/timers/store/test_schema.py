import sqlite3

import pytest

from ws101.timers.schedule import Timer, TimerList
from ws101.timers.store import lists, preferences, sessions
from ws101.timers.store.schema import APPLICATION, STEPS, prepare
from ws101.timers.wire import Settings, State

ROWS = """
INSERT INTO users (id, email, name, password, created_at) VALUES ('ann', 'ann@example.test', 'Ann', '', 1);
INSERT INTO sessions VALUES ('s', 'ann', 1, 2, 3, x'01', x'02');
INSERT INTO lists VALUES ('l', 'ann', 'Day', 1, 0, 5, 7);
INSERT INTO timers VALUES ('b', 'l', 'ann', 'second', 2000, 1, 1, 0, 2, 'IDLE', NULL, NULL, 0, NULL, 1);
INSERT INTO timers VALUES ('a', 'l', 'ann', 'first', 1000, 1, 0, 1, 1, 'RUNNING', 10, 10, 3, 1013, 4);
INSERT INTO settings VALUES ('ann', 'l', 3, 0);
"""


@pytest.fixture
def first(tmp_path):
    """A file as the first version wrote it."""
    path = tmp_path / "timers.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(
        f"{STEPS[0]}; {ROWS}; PRAGMA application_id = {APPLICATION}; PRAGMA user_version = 1"
    )
    prepare(connection, path)
    connection.execute("PRAGMA foreign_keys=ON")
    yield connection
    connection.close()


def test_an_older_file_keeps_what_is_in_it(first):
    running = Timer(
        id="a", name="first", duration=1000, order=1, state=State.RUNNING, started_at=10, paused_at=10, paused_for=3, version=4
    )  # fmt: skip
    idle = Timer(id="b", name="second", duration=2000, counts_as_pomodoro=True, notify=False, order=2)
    (found,) = lists.find_all(first, "ann")
    assert found.timers[0] == running
    assert (found.timers[1].id, found.timers[1].duration, found.timers[1].notify) == ("b", 2000, idle.notify)
    assert found == TimerList(id="l", name="Day", timers=found.timers, loop_timers=True, version=7)
    assert preferences.find(first, "ann") == Settings(
        default_timer_list_id="l", daily_pomodoro_goal=3, notifications_enabled=False
    )
    session = sessions.by_id(first, "s", 0)
    assert session is not None
    assert (session.user, session.family_hash, session.refresh_hash) == ("ann", b"\1", b"\2")


def test_an_older_file_keeps_what_goes_with_what(first):
    assert first.execute("PRAGMA foreign_key_check").fetchall() == []
    lists.delete(first, "ann", "l")
    assert first.execute("SELECT count(*) FROM timers").fetchone() == (0,)
    assert preferences.find(first, "ann").default_timer_list_id is None
    first.execute("DELETE FROM users")
    assert first.execute("SELECT count(*) FROM settings").fetchone() == (0,)


def test_an_older_file_and_a_new_one_have_the_same_tables(first, tmp_path):
    path = tmp_path / "new.sqlite3"
    new = sqlite3.connect(path, isolation_level=None)
    prepare(new, path)
    tables = "SELECT name, sql FROM sqlite_master ORDER BY name"
    assert new.execute(tables).fetchall() == first.execute(tables).fetchall()
    new.close()
