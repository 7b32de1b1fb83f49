"""The tables, as steps that bring any older file up to date; `PRAGMA user_version` counts them."""

import sqlite3
from pathlib import Path

from ws101.errors import UnreadableInput

APPLICATION = (
    0x77733130  # "ws10": PRAGMA application_id, so that another program's file is not taken for ours
)

STEPS = (
    """
    CREATE TABLE about (epoch TEXT NOT NULL);
    INSERT INTO about VALUES (lower(hex(randomblob(8))));

    CREATE TABLE users (
        id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password TEXT NOT NULL,
        admin INTEGER NOT NULL DEFAULT 0, locked INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE sessions (
        id TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users ON DELETE CASCADE, created_at INTEGER NOT NULL,
        refreshed_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, family_hash BLOB NOT NULL, refresh_hash BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sessions_of_user ON sessions (user, refreshed_at);
    CREATE INDEX sessions_ending ON sessions (expires_at);

    CREATE TABLE lists (
        id TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users ON DELETE CASCADE, name TEXT NOT NULL,
        loop_timers INTEGER NOT NULL, pomodoro_grouped INTEGER NOT NULL, created_at INTEGER NOT NULL,
        version INTEGER NOT NULL DEFAULT 1
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX lists_of_user ON lists (user, created_at);

    CREATE TABLE timers (
        id TEXT PRIMARY KEY, list TEXT NOT NULL REFERENCES lists ON DELETE CASCADE,
        user TEXT NOT NULL REFERENCES users ON DELETE CASCADE, name TEXT NOT NULL, duration INTEGER NOT NULL,
        enabled INTEGER NOT NULL, counts_as_pomodoro INTEGER NOT NULL, notify INTEGER NOT NULL, place INTEGER NOT NULL,
        state TEXT NOT NULL, started_at INTEGER, paused_at INTEGER, paused_for INTEGER NOT NULL DEFAULT 0,
        due_at INTEGER, version INTEGER NOT NULL DEFAULT 1
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX timers_of_list ON timers (list, place);
    CREATE INDEX timers_of_user ON timers (user);
    CREATE INDEX timers_due ON timers (due_at) WHERE due_at IS NOT NULL;

    CREATE TABLE settings (
        user TEXT PRIMARY KEY REFERENCES users ON DELETE CASCADE, default_list TEXT REFERENCES lists ON DELETE SET NULL,
        daily_goal INTEGER NOT NULL, notifications INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX settings_of_list ON settings (default_list);

    -- A log in the order of commits, without an index: events of many users go to one page. A row is what one transaction
    -- told a user: the events after `since` up to `seq`, a line of JSON each. `before` is the id of the user's row before,
    -- 0 where there was none, and `counters.last` the id of the user's last.
    CREATE TABLE events (
        id INTEGER PRIMARY KEY, before INTEGER NOT NULL, user TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
        since INTEGER NOT NULL, seq INTEGER NOT NULL, texts BLOB NOT NULL
    ) STRICT;

    CREATE TABLE counters (
        user TEXT PRIMARY KEY REFERENCES users ON DELETE CASCADE, seq INTEGER NOT NULL, last INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE devices (
        user TEXT NOT NULL REFERENCES users ON DELETE CASCADE, device TEXT NOT NULL, acked_seq INTEGER NOT NULL,
        seen_at INTEGER NOT NULL, PRIMARY KEY (user, device)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    -- Lists and timers stand by their user, so that what is due for a user at one time is on few pages. What is due is read
    -- once, at the start: an index of it would be written with every change.
    CREATE TABLE lists_by_user (
        id TEXT NOT NULL, user TEXT NOT NULL REFERENCES users ON DELETE CASCADE, name TEXT NOT NULL,
        loop_timers INTEGER NOT NULL, pomodoro_grouped INTEGER NOT NULL, created_at INTEGER NOT NULL,
        version INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (user, id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO lists_by_user (id, user, name, loop_timers, pomodoro_grouped, created_at, version)
        SELECT id, user, name, loop_timers, pomodoro_grouped, created_at, version FROM lists;
    DROP TABLE lists;
    ALTER TABLE lists_by_user RENAME TO lists;
    CREATE UNIQUE INDEX list_ids ON lists (id);

    CREATE TABLE timers_by_list (
        id TEXT NOT NULL, list TEXT NOT NULL, user TEXT NOT NULL, name TEXT NOT NULL, duration INTEGER NOT NULL,
        enabled INTEGER NOT NULL, counts_as_pomodoro INTEGER NOT NULL, notify INTEGER NOT NULL, place INTEGER NOT NULL,
        state TEXT NOT NULL, started_at INTEGER, paused_at INTEGER, paused_for INTEGER NOT NULL DEFAULT 0,
        due_at INTEGER, version INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (user, list, id),
        FOREIGN KEY (user, list) REFERENCES lists (user, id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    INSERT INTO timers_by_list (
        id, list, user, name, duration, enabled, counts_as_pomodoro, notify, place,
        state, started_at, paused_at, paused_for, due_at, version
    ) SELECT id, list, user, name, duration, enabled, counts_as_pomodoro, notify, place,
        state, started_at, paused_at, paused_for, due_at, version FROM timers;
    DROP TABLE timers;
    ALTER TABLE timers_by_list RENAME TO timers;
    CREATE UNIQUE INDEX timer_ids ON timers (id);

    CREATE TABLE settings_by_user (
        user TEXT PRIMARY KEY REFERENCES users ON DELETE CASCADE,
        default_list TEXT REFERENCES lists (id) ON DELETE SET NULL,
        daily_goal INTEGER NOT NULL, notifications INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO settings_by_user (user, default_list, daily_goal, notifications)
        SELECT user, default_list, daily_goal, notifications FROM settings;
    DROP TABLE settings;
    ALTER TABLE settings_by_user RENAME TO settings;
    CREATE INDEX settings_of_list ON settings (default_list);

    -- The refresh token before the present one, and the present one sealed with it: for a client that lost the answer.
    ALTER TABLE sessions ADD COLUMN before_hash BLOB;
    ALTER TABLE sessions ADD COLUMN sealed BLOB;

    -- What is written to find out whether anything can be written.
    CREATE TABLE trial (bytes BLOB NOT NULL) STRICT;
    INSERT INTO trial VALUES (x'');
    """,
)


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the file up to date; raises UnreadableInput for a file that is not ours, or newer than this version."""
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (step,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        raise UnreadableInput(
            str(path), f"it is no database ({error})", "Name another --data directory."
        ) from None
    if application != APPLICATION and tables:
        raise UnreadableInput(str(path), "it is another program's database", "Name another --data directory.")
    if step > len(STEPS):
        raise UnreadableInput(str(path), "a newer version of ws101 wrote it", "Install that version again.")
    for number, script in enumerate(STEPS[step:], start=step + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION}; {script}; PRAGMA user_version = {number}; COMMIT;"
        )
