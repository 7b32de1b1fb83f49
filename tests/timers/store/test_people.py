"""The rows of users and sessions, which belong together: a session is of a user, and goes with them."""

import sqlite3
from pathlib import Path

import pytest

from ws101.timers.store import sessions, users
from ws101.timers.store.schema import prepare
from ws101.timers.store.sessions import SessionRow
from ws101.timers.store.users import UserRow

ADA = UserRow("ada", "ada@example.org", "Ada", "$argon2id$1", locked=False, created_at=1)
EVE = ADA._replace(id="eve", email="eve@example.org")


@pytest.fixture
def connection():
    found = sqlite3.connect(":memory:", isolation_level=None)
    found.execute("PRAGMA foreign_keys=ON")
    prepare(found, Path(":memory:"))
    assert users.add(found, ADA)
    assert users.add(found, EVE)
    yield found
    found.close()


def session(name="one", user="ada", at=10, end=100):
    return SessionRow(name, user, at, at, end, b"family", b"refresh")


def test_a_user_comes_back_as_they_were_written(connection):
    assert users.by_id(connection, "ada") == users.by_email(connection, "ada@example.org") == ADA
    assert users.by_id(connection, "nobody") is users.by_email(connection, "nobody") is None


def test_an_address_is_taken_once(connection):
    assert not users.add(connection, ADA._replace(id="other"))
    assert users.by_id(connection, "other") is None


def test_a_password_changes_only_from_what_it_was(connection):
    assert users.change_password(connection, "ada", "$argon2id$1", "$argon2id$2")
    assert not users.change_password(connection, "ada", "$argon2id$1", "$argon2id$3")
    assert users.by_id(connection, "ada").password == "$argon2id$2"
    assert users.by_id(connection, "eve").password == "$argon2id$1"


def test_locking(connection):
    assert users.locked(connection, "ada") is False
    assert users.set_locked(connection, "ada", locked=True)
    assert (users.locked(connection, "ada"), users.locked(connection, "eve")) == (True, False)
    assert users.locked(connection, "nobody") is None
    assert not users.set_locked(connection, "nobody", locked=True)


def test_a_session_lasts_until_its_end(connection):
    assert sessions.add(connection, session(), most=9) == []
    assert sessions.by_id(connection, "one", 99) == session()
    assert sessions.by_id(connection, "one", 100) is None
    assert sessions.locked(connection, "one", "ada", 99) is False
    assert sessions.locked(connection, "one", "ada", 100) is None
    assert sessions.locked(connection, "one", "eve", 99) is None


def test_expired_sessions_are_swept_by_the_next_login_of_anybody(connection):
    sessions.add(connection, session(), most=9)
    sessions.add(connection, session("two", "eve", at=100, end=200), most=9)
    assert connection.execute("SELECT id FROM sessions").fetchall() == [("two",)]


def test_the_longest_unused_ends_beyond_the_most(connection):
    for n, name in enumerate(("a", "b", "c")):
        sessions.add(connection, session(name, at=10 + n), most=3)
    sessions.renew(connection, session("a", at=50)._replace(refresh_hash=b"next"))
    assert sessions.add(connection, session("d", at=60), most=3) == ["b"]
    assert [row.id for row in sessions.of_user(connection, "ada", 61)] == ["d", "a", "c"]
    assert sessions.by_id(connection, "a", 61).refresh_hash == b"next"


def test_a_session_is_ended_by_its_user_alone(connection):
    sessions.add(connection, session(), most=9)
    sessions.add(connection, session("two", "eve"), most=9)
    assert not sessions.end(connection, "eve", "one")
    assert sessions.end(connection, "ada", "one")
    assert sessions.end_others(connection, "ada", "") == []
    assert sessions.of_user(connection, "eve", 50) == [session("two", "eve")]


def test_all_but_one_are_ended(connection):
    for name in ("a", "b", "c"):
        sessions.add(connection, session(name), most=9)
    assert sorted(sessions.end_others(connection, "ada", "b")) == ["a", "c"]
    assert sessions.end_others(connection, "ada", "") == ["b"]


def test_a_deleted_user_takes_everything_along(connection):
    sessions.add(connection, session(), most=9)
    assert users.delete(connection, "ada")
    assert not users.delete(connection, "ada")
    assert sessions.by_id(connection, "one", 50) is None
    with pytest.raises(sqlite3.IntegrityError):
        sessions.add(connection, session(), most=9)


def test_no_repr_shows_a_hash(connection):
    assert "argon2" not in repr(ADA)
    assert "refresh" not in repr(session())
