"""The rows of events: numbered without a gap for each user, kept to the last so many, in the transaction that made them.

They are a log: each row holds what one transaction told one user, and knows the user's row before it, so that writing
touches no index and reading walks back.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import count, islice
from secrets import randbits
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from ws101.timers import wire


class Told(NamedTuple):
    """What a transaction told a user: the events after `since`, each its JSON exactly as it goes on the wire."""

    user: str
    since: int
    texts: Sequence[bytes]


class _Completed(msgspec.Struct, rename="camel"):
    seq: int
    event_id: str
    notify: bool


class _Pending:
    """What a transaction has told a user so far: events after `begun`, to be written behind the row `last`."""

    __slots__ = ("begun", "last", "texts")

    def __init__(self, begun: int, last: int) -> None:
        self.begun, self.last = begun, last
        self.texts: list[bytes] = []

    @property
    def seq(self) -> int:
        return self.begun + len(self.texts)


class Connection(sqlite3.Connection):
    """Holds back the events of its transaction, by user, until `flush` writes them; `told` is what it then has written.

    `epoch` names the file's numbering, and of each user's events the last `kept` stay, or up to half more. `held` counts all
    that was ever held back.
    """

    epoch: str
    kept: int

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.pending: dict[str, _Pending] = {}
        self.told: list[Told] = []
        self.held = 0

    def forget(self, told: int = 0) -> None:
        """Hold nothing back any more, and forget what was told after the first so many: that much is undone."""
        self.pending.clear()
        del self.told[told:]


def set_up(connection: Connection, kept: int) -> None:
    """Learn the name of the file's numbering, and how many events of a user are kept."""
    (connection.epoch,) = connection.execute("SELECT epoch FROM about").fetchone()
    connection.kept = kept


def append(connection: Connection, user: str, drafts: Sequence[wire.Event]) -> None:
    """Number the drafts, for `flush` to write. Raises IntegrityError where there is no such user."""
    if not drafts:
        return
    pending = connection.pending.get(user) or _begin(connection, user)
    epoch = connection.epoch
    texts = [_text(draft, seq, epoch) for seq, draft in enumerate(drafts, pending.seq + 1)]
    pending.texts += texts
    connection.pending[user] = pending
    connection.held += len(texts)


def flush(connection: Connection) -> None:
    """Write what the transaction holds back; it must be done before the commit."""
    if not connection.pending:
        return
    held, connection.pending = connection.pending, {}
    (top,) = connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()
    rows, counts, kept = [], [], connection.kept
    for row, (user, pending) in enumerate(held.items(), start=top + 1):
        texts, seq = pending.texts[-kept:], pending.seq
        connection.told.append(Told(user, pending.begun, pending.texts))
        rows.append((row, pending.last, user, seq - len(texts), seq, b"\n".join(texts)))
        counts.append((seq, row, user))
    connection.executemany(
        "INSERT INTO events (id, before, user, since, seq, texts) VALUES (?, ?, ?, ?, ?, ?)", rows
    )
    connection.executemany("UPDATE counters SET seq = ?, last = ? WHERE user = ?", counts)
    step = max(1, kept // 2)  # a row stays or goes as a whole
    for user, pending in held.items():
        if pending.seq > kept and pending.seq // step > pending.begun // step:
            connection.execute(_FORGET, {"user": user, "after": 0, "upto": pending.seq - kept})


def last_seq(connection: Connection, user: str) -> int:
    """Return the number of the user's last event; 0 before the first."""
    if user in connection.pending:
        return connection.pending[user].seq
    found = connection.execute("SELECT seq FROM counters WHERE user = ?", (user,)).fetchone()
    return found[0] if found else 0


def since(connection: Connection, user: str, seq: int) -> tuple[bytes, ...]:
    """Return the texts of the events after `seq` that are kept, in order."""
    rows = list(_back(connection, user, seq))[::-1]
    texts = [text for _, joined in rows for text in joined.split(b"\n")]
    return tuple(texts[max(0, seq - rows[0][0]) :]) if rows else ()


def notifying(connection: Connection, user: str, after: int, upto: int, most: int) -> list[tuple[int, str]]:
    """Return seq and event id of the completions in (after, upto] of which the user was to be told; the last `most`."""
    texts = (text for _, joined in _back(connection, user, after) for text in reversed(joined.split(b"\n")))
    completed = (_completed.decode(text) for text in texts if text.startswith(_COMPLETED))
    last = islice((event for event in completed if after < event.seq <= upto), most)
    return [(event.seq, event.event_id) for event in last if event.notify][::-1]


def _begin(connection: Connection, user: str) -> _Pending:
    found = connection.execute("SELECT seq, last FROM counters WHERE user = ?", (user,)).fetchone()
    if found is None:
        connection.execute("INSERT INTO counters (user, seq, last) VALUES (?, 0, 0)", (user,))
    return _Pending(*(found or (0, 0)))


def _back(connection: Connection, user: str, after: int) -> Iterable[tuple[int, bytes]]:
    """Return the user's rows with events after `after`, the last one first: what came before it, and its texts."""
    if user in connection.pending:
        flush(connection)
    return connection.execute(
        f"{_BACK} SELECT since, texts FROM back JOIN events USING (id) ORDER BY events.seq DESC",  # noqa: S608 - a constant
        {"user": user, "after": after},
    )


# Ids of events are UUIDs of version 8 (RFC 9562, 5.8): a number drawn at the start, and a count.
_RUN = "{:08x}-{:04x}-8{:03x}-a{:03x}-".format(*(randbits(bits) for bits in (32, 16, 12, 12)))
_ids = count()

_completed = msgspec.json.Decoder(_Completed)
_COMPLETED = b'{"type":"TimerCompleted",'

# The user's rows with events after `after`, the last one first, as far back as they are kept.
_BACK = """
WITH RECURSIVE back (id, seq, before) AS (
    SELECT events.id, events.seq, before FROM counters JOIN events ON events.id = last
    WHERE counters.user = :user AND events.seq > :after
    UNION ALL
    SELECT events.id, events.seq, events.before FROM back JOIN events ON events.id = back.before WHERE events.seq > :after
)
"""
_FORGET = f"DELETE FROM events WHERE id IN ({_BACK} SELECT id FROM back WHERE seq <= :upto)"  # noqa: S608 - as above


def _text(draft: wire.Event, seq: int, epoch: str) -> bytes:
    event_id = draft.event_id or f"{_RUN}{next(_ids):012x}"
    return wire.encode(replace(draft, seq=seq, epoch=epoch, event_id=event_id))
