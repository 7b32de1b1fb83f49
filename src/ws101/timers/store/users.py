"""The rows of users: who exists, their password's hash, whether they are locked; knows no rule about any of it."""

import sqlite3
from typing import NamedTuple

_COLUMNS = "id, email, name, password, locked, created_at"


class UserRow(NamedTuple):
    """One user; `password` is Argon2's encoded hash."""

    id: str
    email: str
    name: str
    password: str
    locked: bool
    created_at: int

    def __repr__(self) -> str:
        return f"UserRow({self.id!r})"


def add(connection: sqlite3.Connection, user: UserRow) -> bool:
    """Add a user; False when the e-mail address is taken."""
    done = connection.execute(
        f"INSERT INTO users ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (email) DO NOTHING",  # noqa: S608
        (user.id, user.email, user.name, user.password, int(user.locked), user.created_at),
    )
    return done.rowcount == 1


def by_id(connection: sqlite3.Connection, user: str) -> UserRow | None:
    """Return the user of this id."""
    return _one(connection.execute(f"SELECT {_COLUMNS} FROM users WHERE id = ?", (user,)).fetchone())  # noqa: S608


def by_email(connection: sqlite3.Connection, email: str) -> UserRow | None:
    """Return the user of this address, as it was normalised."""
    return _one(connection.execute(f"SELECT {_COLUMNS} FROM users WHERE email = ?", (email,)).fetchone())  # noqa: S608


def locked(connection: sqlite3.Connection, user: str) -> bool | None:
    """Return whether the user is locked; None when there is no such user."""
    found = connection.execute("SELECT locked FROM users WHERE id = ?", (user,)).fetchone()
    return None if found is None else bool(found[0])


def change_password(connection: sqlite3.Connection, user: str, before: str, after: str) -> bool:
    """Put a new hash in the place of `before`; False when it is no longer there."""
    done = connection.execute(
        "UPDATE users SET password = ? WHERE id = ? AND password = ?", (after, user, before)
    )
    return done.rowcount == 1


def set_locked(connection: sqlite3.Connection, user: str, *, locked: bool) -> bool:
    """Lock or unlock a user; False when there is no such user."""
    return connection.execute("UPDATE users SET locked = ? WHERE id = ?", (int(locked), user)).rowcount == 1


def delete(connection: sqlite3.Connection, user: str) -> bool:
    """Delete a user with everything of theirs; False when there is no such user."""
    return connection.execute("DELETE FROM users WHERE id = ?", (user,)).rowcount == 1


def _one(row: tuple[str, str, str, str, int, int] | None) -> UserRow | None:
    return None if row is None else UserRow(*row[:4], locked=bool(row[4]), created_at=row[5])
