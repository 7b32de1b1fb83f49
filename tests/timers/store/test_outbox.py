"""The log of events: gapless for each user, read back by walking, kept to the last so many."""

import random
import sqlite3

import pytest

from ws101.timers import wire
from ws101.timers.store import outbox, users
from ws101.timers.store.schema import prepare


@pytest.fixture
def connection(tmp_path):
    path = tmp_path / "timers.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None, factory=outbox.Connection)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=OFF")
    prepare(connection, path)
    outbox.set_up(connection, 1_000)
    for name in ("ann", "bob", "eve"):
        users.add(
            connection, users.UserRow(name, f"{name}@example.test", name, "", locked=False, created_at=0)
        )
    yield connection
    connection.close()


def _append(connection, user, count=1, kept=1_000):
    drafts = [wire.TimerListRefresh(seq=0, epoch="", event_id="", list_id=user) for _ in range(count)]
    connection.kept = kept
    outbox.append(connection, user, drafts)
    outbox.flush(connection)
    told, connection.told = connection.told, []
    return [text for one in told for text in one.texts]


def _rows(connection, user):
    rows = connection.execute("SELECT since, seq FROM events WHERE user = ? ORDER BY seq", (user,))
    return [seq for since, upto in rows for seq in range(since + 1, upto + 1)]


def test_each_user_reads_their_own_events_in_order_whoever_wrote_in_between(connection):
    chance = random.Random(7)
    texts = {"ann": [], "bob": [], "eve": []}
    for _ in range(200):
        user = chance.choice(["ann", "bob"])
        texts[user] += _append(connection, user, chance.randrange(4))
    for user, written in texts.items():
        assert outbox.last_seq(connection, user) == len(written)
        for since in (0, 1, len(written) // 2, len(written) - 1, len(written)):
            assert outbox.since(connection, user, max(since, 0)) == tuple(written[max(since, 0) :])


@pytest.mark.parametrize("kept", [1, 2, 3, 10])
def test_the_last_are_kept_and_not_many_more(connection, kept):
    for count in range(1, 60):
        _append(connection, "ann", kept=kept)
        _append(connection, "bob", kept=1_000)
        rows = _rows(connection, "ann")
        assert rows == list(range(rows[0], count + 1))
        assert min(count, kept) <= len(rows) <= kept + max(0, kept // 2 - 1)
    assert _rows(connection, "bob") == list(range(1, 60))


def test_more_at_once_than_is_kept_leaves_the_last(connection):
    _append(connection, "ann", 25, kept=10)
    assert _rows(connection, "ann") == list(range(16, 26))


def test_a_deleted_users_events_go_and_nobody_gets_them(connection):
    _append(connection, "ann", 2)
    _append(connection, "bob", 3)
    users.delete(connection, "bob")
    assert _rows(connection, "bob") == []
    _append(connection, "eve", 3)  # takes the ids that are free again
    _append(connection, "ann", 1)
    assert outbox.since(connection, "bob", 0) == ()
    assert len(outbox.since(connection, "ann", 0)) == 3
    assert len(outbox.since(connection, "eve", 0)) == 3


def test_what_one_transaction_tells_a_user_is_one_row_that_is_read_from_any_event_on(connection):
    texts = _append(connection, "ann", 2)
    connection.execute("BEGIN")
    for user, count in (("ann", 1), ("bob", 3), ("ann", 2)):
        drafts = [wire.TimerListRefresh(seq=0, epoch="", event_id="", list_id="a\nb") for _ in range(count)]
        outbox.append(connection, user, drafts)
    outbox.flush(connection)
    connection.execute("COMMIT")
    (anns, bobs) = connection.told
    assert (anns.user, anns.since, len(anns.texts)) == ("ann", 2, 3)
    assert (bobs.user, bobs.since, len(bobs.texts)) == ("bob", 0, 3)
    texts += anns.texts
    rows = connection.execute("SELECT since, seq FROM events WHERE user = 'ann' ORDER BY seq").fetchall()
    assert rows == [(0, 2), (2, 5)]
    for since in range(6):
        assert outbox.since(connection, "ann", since) == tuple(texts[since:])


def test_a_transaction_reads_what_it_has_not_written_yet(connection):
    _append(connection, "ann", 2)
    timer = wire.Timer(
        id="t", name="Tea", duration=1_000, state=wire.State.COMPLETED, enabled=True, remaining_seconds=0, counts_as_pomodoro=False,
        send_notification_on_complete=True, order=0, due_at=None, version=2,
    )  # fmt: skip
    done = wire.TimerCompleted(
        seq=0, epoch="", event_id="c", list_id="l", timer=timer, due_at=1, fired_at=2, notify=True
    )
    for _ in range(2):
        outbox.append(connection, "ann", [done])
    assert outbox.last_seq(connection, "ann") == 4
    assert outbox.notifying(connection, "ann", 0, 3, 10) == [(3, "c")]
    assert len(outbox.since(connection, "ann", 0)) == 4
    _append(connection, "ann")
    assert outbox.notifying(connection, "ann", 0, 9, 10) == [(3, "c"), (4, "c")]
    assert outbox.notifying(connection, "ann", 0, 9, 1) == [(4, "c")]
    assert outbox.last_seq(connection, "ann") == 5


def test_nothing_is_held_back_for_a_user_who_is_not_there(connection):
    with pytest.raises(sqlite3.IntegrityError):
        _append(connection, "nobody")
    outbox.flush(connection)
    assert outbox.last_seq(connection, "nobody") == 0


def test_reading_back_searches_by_id_alone(connection):
    _append(connection, "ann", 3)
    seen = []
    connection.set_trace_callback(seen.append)
    outbox.since(connection, "ann", 1)
    connection.set_trace_callback(None)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {seen[0]}")]
    assert not [step for step in plan if step.startswith("SCAN events")], plan
