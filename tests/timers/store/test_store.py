import asyncio
import sqlite3
import threading

import pytest

from ws101.errors import UnreadableInput
from ws101.timers import wire
from ws101.timers.store import Store, outbox, users


def run(tmp_path, play):
    async def scene():
        store = Store(tmp_path / "timers.sqlite3")
        try:
            await store.write(
                lambda connection: connection.execute("CREATE TABLE notes (word TEXT UNIQUE) STRICT")
            )
            return await play(store)
        finally:
            await store.close()

    return asyncio.run(scene())


def note(word):
    return lambda connection: connection.execute("INSERT INTO notes VALUES (?)", (word,)).rowcount


def words(connection):
    return {word for (word,) in connection.execute("SELECT word FROM notes")}


def fail(connection):
    connection.execute("INSERT INTO notes VALUES ('half')")
    raise KeyError("no")


def refuse(connection):
    raise sqlite3.OperationalError("database or disk is full")


async def hold(store):
    """Keep the writer busy with a group of its own until the event is set."""
    begun, held = threading.Event(), threading.Event()

    def wait(_):
        begun.set()
        held.wait(60)

    first = asyncio.ensure_future(store.write(wait))
    await asyncio.to_thread(begun.wait, 60)
    return first, held


def test_what_was_written_is_read(tmp_path):
    async def play(store):
        assert await store.write(note("a")) == 1
        assert store.read(words) == {"a"}

    run(tmp_path, play)


def test_one_that_fails_undoes_itself_alone_in_its_group(tmp_path):
    async def play(store):
        first, held = await hold(store)
        rest = [
            asyncio.ensure_future(store.write(work))
            for work in (note("a"), fail, note("b"), note("a"), note("c"))
        ]
        await asyncio.sleep(0)
        held.set()
        await first
        done = await asyncio.gather(*rest, return_exceptions=True)
        assert [type(one) for one in done] == [int, KeyError, int, sqlite3.IntegrityError, int]
        assert store.read(words) == {"a", "b", "c"}

    run(tmp_path, play)


def tell(user, *more):
    """Record an event; then do more."""

    def work(connection):
        draft = wire.TimerListRefresh(seq=0, epoch="", event_id="", list_id="")
        outbox.append(connection, user, [draft])
        for each in more:
            each(connection)

    return work


async def together(store, *pieces):
    """Write the pieces in one group, for users who are there; return what became of them, and what was delivered."""
    for user in ("ann", "bob"):
        row = users.UserRow(user, f"{user}@example.test", user, "", locked=False, created_at=0)
        await store.write(lambda connection, row=row: users.add(connection, row))
    first, held = await hold(store)
    delivered = []
    store.deliver = delivered.append
    rest = [asyncio.ensure_future(store.write(work)) for work in pieces]
    await asyncio.sleep(0)
    held.set()
    await first
    done = await asyncio.gather(*rest, return_exceptions=True)
    (told,) = [told for told in delivered if told] or [[]]
    return done, told


def test_one_that_fails_takes_its_events_and_their_numbers_back(tmp_path):
    async def play(store):
        done, told = await together(
            store,
            tell("ann"),
            tell("bob"),
            tell("ann", fail),
            tell("ann"),
            tell("nobody"),
            tell("ann"),
        )
        assert [type(one) for one in done if one] == [KeyError, sqlite3.IntegrityError]
        assert [(one.user, one.since, len(one.texts)) for one in told] == [
            ("ann", 0, 1),
            ("bob", 0, 1),
            ("ann", 1, 1),
            ("ann", 2, 1),
        ]
        for user in ("ann", "bob"):
            written = store.read(lambda connection, user=user: outbox.since(connection, user, 0))
            assert written == tuple(text for one in told if one.user == user for text in one.texts)
        await store.write(tell("ann"))
        assert store.look(lambda connection: outbox.last_seq(connection, "ann")) == 4

    run(tmp_path, play)


def test_a_user_who_is_deleted_in_the_group_takes_their_events_along(tmp_path):
    async def play(store):
        def delete(connection):
            return users.delete(connection, "bob")

        done, told = await together(store, tell("bob"), tell("ann"), delete, tell("bob"), tell("ann"))
        assert [type(one) for one in done if one] == [bool, sqlite3.IntegrityError]
        assert [(one.user, one.since) for one in told] == [("bob", 0), ("ann", 0), ("ann", 1)]
        assert store.read(lambda connection: outbox.since(connection, "bob", 0)) == ()

    run(tmp_path, play)


def test_others_are_not_run_again_for_one_that_raised_before_it_changed_anything(tmp_path):
    async def play(store):
        ran = []
        done, _ = await together(
            store, lambda _: ran.append("a"), lambda _: {}["x"], lambda _: ran.append("b")
        )
        assert [type(one) for one in done] == [type(None), KeyError, type(None)]
        assert ran == ["a", "b"]

    run(tmp_path, play)


def test_a_group_that_the_disk_refuses_is_undone_and_told_to_all(tmp_path):
    async def play(store):
        first, held = await hold(store)
        told = []
        rest = [
            asyncio.ensure_future(store.write(work, told.append)) for work in (note("a"), refuse, note("b"))
        ]
        await asyncio.sleep(0)
        held.set()
        await first
        done = await asyncio.gather(*rest, return_exceptions=True)
        assert [type(one) for one in done] == [sqlite3.OperationalError] * 3
        assert told == []
        assert store.read(words) == set()
        assert await store.write(note("a")) == 1

    run(tmp_path, play)


def test_what_follows_a_commit_is_called_in_the_order_of_commits_even_for_a_caller_that_left(tmp_path):
    async def play(store):
        told = []
        calls = [
            asyncio.ensure_future(store.write(lambda _, number=number: number, told.append))
            for number in range(20)
        ]
        await asyncio.sleep(0)
        calls[7].cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await store.write(lambda _: None)
        assert told == list(range(20))

    run(tmp_path, play)


def test_what_fails_after_a_commit_harms_nobody_else(tmp_path):
    async def play(store):
        said = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context["message"]))
        assert await store.write(note("a"), lambda _: {}["x"]) == 1
        assert said == ["what follows a commit failed"]

    run(tmp_path, play)


def test_a_read_sees_one_state_while_others_write(tmp_path):
    async def play(store):
        def twice(connection):
            before = words(connection)
            other = sqlite3.connect(tmp_path / "timers.sqlite3", isolation_level=None)
            other.execute("INSERT INTO notes VALUES ('between')")
            other.close()
            return before, words(connection)

        before, after = store.read(twice)
        assert before == after
        assert store.read(words) == {"between"}

    run(tmp_path, play)


def test_closing_finishes_what_is_queued(tmp_path):
    async def scene():
        store = Store(tmp_path / "timers.sqlite3")
        await store.write(lambda connection: connection.execute("CREATE TABLE notes (word TEXT)"))
        calls = [asyncio.ensure_future(store.write(note(str(number)))) for number in range(50)]
        await asyncio.sleep(0)
        await store.close()
        assert await asyncio.gather(*calls) == [1] * 50

    asyncio.run(scene())


@pytest.mark.parametrize("kind", ["text", "foreign", "newer"])
def test_a_file_that_is_not_ours_is_refused_and_left_alone(tmp_path, kind):
    path = tmp_path / "timers.sqlite3"
    if kind == "text":
        path.write_text("no database, but a text that is longer than a database's header would be " * 10)
    else:
        other = sqlite3.connect(path)
        other.executescript("CREATE TABLE theirs (x)" if kind == "foreign" else "PRAGMA user_version = 999")
        other.close()
    before = path.read_bytes()

    async def scene():
        Store(path)

    with pytest.raises(UnreadableInput, match=r"Name another|Install that version"):
        asyncio.run(scene())
    assert path.read_bytes() == before
