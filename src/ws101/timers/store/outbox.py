"""The rows of events: numbered without a gap for each user, kept to the last so many, in the transaction that made them.

They are a log: each row knows the user's row before it, so that writing touches no index and reading walks back.
"""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple
from uuid import uuid4

import msgspec
from msgspec.structs import replace

from ws101.timers import wire


class Recorded(NamedTuple):
    """An event as it was written; `text` is its JSON exactly as it goes on the wire."""

    user: str
    seq: int
    event_id: str
    type: str
    text: bytes


class _Completed(msgspec.Struct):
    notify: bool


_completed = msgspec.json.Decoder(_Completed)


def epoch(connection: sqlite3.Connection) -> str:
    """Return the name of this file's numbering."""
    (name,) = connection.execute("SELECT epoch FROM about").fetchone()
    return str(name)


def append(
    connection: sqlite3.Connection, user: str, drafts: Sequence[wire.Event], epoch: str, kept: int
) -> tuple[Recorded, ...]:
    """Number the drafts and write them; of what the user had before, the last `kept` events stay, or up to half more."""
    if not drafts:
        return ()
    found = connection.execute("SELECT seq, last FROM counters WHERE user = ?", (user,)).fetchone()
    begun, last = found or (0, 0)
    events = tuple(_numbered(user, draft, seq, epoch) for seq, draft in enumerate(drafts, start=begun + 1))
    for event in events:
        last = connection.execute(_INSERT, (last, *event)).lastrowid
    seq = events[-1].seq
    connection.execute(
        "INSERT INTO counters (user, seq, last) VALUES (?, ?, ?)"
        " ON CONFLICT (user) DO UPDATE SET seq = excluded.seq, last = excluded.last",
        (user, seq, last),
    )
    step = max(1, kept // 2)
    if seq > kept and seq // step > begun // step:
        connection.execute(_FORGET, {"user": user, "after": 0, "upto": seq - kept})
    return events


def last_seq(connection: sqlite3.Connection, user: str) -> int:
    """Return the number of the user's last event; 0 before the first."""
    found = connection.execute("SELECT seq FROM counters WHERE user = ?", (user,)).fetchone()
    return found[0] if found else 0


def since(connection: sqlite3.Connection, user: str, seq: int) -> tuple[bytes, ...]:
    """Return the texts of the events after `seq` that are kept, in order."""
    rows = connection.execute(
        f"{_BACK} SELECT text FROM back JOIN events USING (id) ORDER BY events.seq",  # noqa: S608 - a constant
        {"user": user, "after": seq},
    )
    return tuple(text for (text,) in rows)


def notifying(
    connection: sqlite3.Connection, user: str, after: int, upto: int, most: int
) -> list[tuple[int, str]]:
    """Return seq and event id of the completions in (after, upto] of which the user was to be told; the last `most`."""
    rows = connection.execute(
        f"{_BACK} SELECT events.seq, event_id, text FROM back JOIN events USING (id)"  # noqa: S608 - a constant
        " WHERE events.seq <= :upto AND type = 'TimerCompleted' ORDER BY events.seq DESC LIMIT :most",
        {"user": user, "after": after, "upto": upto, "most": most},
    )
    return [(seq, event_id) for seq, event_id, text in rows if _completed.decode(text).notify][::-1]


_INSERT = "INSERT INTO events (before, user, seq, event_id, type, text) VALUES (?, ?, ?, ?, ?, ?)"

# The user's events after `after`, the last one first, as far back as they are kept.
_BACK = """
WITH RECURSIVE back (id, seq, before) AS (
    SELECT events.id, events.seq, before FROM counters JOIN events ON events.id = last
    WHERE counters.user = :user AND events.seq > :after
    UNION ALL
    SELECT events.id, events.seq, events.before FROM back JOIN events ON events.id = back.before WHERE events.seq > :after
)
"""
_FORGET = f"DELETE FROM events WHERE id IN ({_BACK} SELECT id FROM back WHERE seq <= :upto)"  # noqa: S608 - as above


def _numbered(user: str, draft: wire.Event, seq: int, epoch: str) -> Recorded:
    event = replace(draft, seq=seq, epoch=epoch, event_id=draft.event_id or str(uuid4()))
    return Recorded(user, seq, event.event_id, type(event).__name__, wire.encode(event))
