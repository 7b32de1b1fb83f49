"""The rows of sessions: one per login, with the hash of the refresh token that is good now; an ended one is no row."""

import sqlite3
from typing import NamedTuple

_COLUMNS = "id, user, created_at, refreshed_at, expires_at, family_hash, refresh_hash, before_hash, sealed"


class SessionRow(NamedTuple):
    """One session: `family_hash` is of the secret that all of its refresh tokens share, `refresh_hash` of the current one.

    `before_hash` is of the one before that, None until there is one, with which `sealed` gives the current one. Times are in ms.
    """

    id: str
    user: str
    created_at: int
    refreshed_at: int
    expires_at: int
    family_hash: bytes
    refresh_hash: bytes
    before_hash: bytes | None = None
    sealed: bytes | None = None

    def __repr__(self) -> str:
        return f"SessionRow({self.id!r})"


def add(connection: sqlite3.Connection, session: SessionRow, most: int) -> list[str]:
    """Add a session and drop all that expired; return the user's oldest beyond `most`, which are ended."""
    connection.execute("DELETE FROM sessions WHERE expires_at <= ?", (session.created_at,))
    connection.execute(f"INSERT INTO sessions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", session)  # noqa: S608
    oldest = connection.execute(
        "SELECT id FROM sessions WHERE user = ? AND id <> ? ORDER BY refreshed_at DESC LIMIT -1 OFFSET ?",
        (session.user, session.id, most - 1),
    ).fetchall()
    connection.executemany("DELETE FROM sessions WHERE id = ?", oldest)
    return [name for (name,) in oldest]


def by_id(connection: sqlite3.Connection, session: str, now: int) -> SessionRow | None:
    """Return the session unless it has ended or expired."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM sessions WHERE id = ? AND expires_at > ?",  # noqa: S608
        (session, now),
    ).fetchone()
    return None if row is None else SessionRow(*row)


def of_user(connection: sqlite3.Connection, user: str, now: int) -> list[SessionRow]:
    """Return the user's sessions, the one last used first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM sessions WHERE user = ? AND expires_at > ? ORDER BY refreshed_at DESC, id",  # noqa: S608
        (user, now),
    )
    return [SessionRow(*row) for row in rows]


def locked(connection: sqlite3.Connection, session: str, user: str, now: int) -> bool | None:
    """Return whether the session's user is locked; None when there is no such session of this user."""
    found = connection.execute(
        "SELECT users.locked FROM sessions JOIN users ON users.id = sessions.user"
        " WHERE sessions.id = ? AND sessions.user = ? AND sessions.expires_at > ?",
        (session, user, now),
    ).fetchone()
    return None if found is None else bool(found[0])


def renew(connection: sqlite3.Connection, session: SessionRow) -> None:
    """Write the session's new refresh token and times."""
    connection.execute(
        "UPDATE sessions SET refreshed_at = ?, expires_at = ?, refresh_hash = ?, before_hash = ?, sealed = ? WHERE id = ?",
        (
            session.refreshed_at,
            session.expires_at,
            session.refresh_hash,
            session.before_hash,
            session.sealed,
            session.id,
        ),
    )


def end(connection: sqlite3.Connection, user: str, session: str) -> bool:
    """End one session of the user; False when there is none."""
    done = connection.execute("DELETE FROM sessions WHERE id = ? AND user = ?", (session, user))
    return done.rowcount == 1


def end_others(connection: sqlite3.Connection, user: str, but: str) -> list[str]:
    """End the user's sessions but one (none: an empty `but`); return the ended."""
    rows = connection.execute("DELETE FROM sessions WHERE user = ? AND id <> ? RETURNING id", (user, but))
    return [name for (name,) in rows.fetchall()]
