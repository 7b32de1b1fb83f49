"""The rows of events: numbered without a gap for each user, kept to the last so many, in the transaction that made them."""

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
    """Number the drafts and write them; of what the user had before, the last `kept` events stay."""
    if not drafts:
        return ()
    (last,) = connection.execute(
        "INSERT INTO counters (user, seq) VALUES (?, ?)"
        " ON CONFLICT (user) DO UPDATE SET seq = seq + excluded.seq RETURNING seq",
        (user, len(drafts)),
    ).fetchone()
    first = last - len(drafts) + 1
    events = tuple(_numbered(user, draft, seq, epoch) for seq, draft in enumerate(drafts, start=first))
    connection.executemany(
        "INSERT INTO events (user, seq, event_id, type, text) VALUES (?, ?, ?, ?, ?)", events
    )
    connection.execute("DELETE FROM events WHERE user = ? AND seq <= ?", (user, last - kept))
    return events


def last_seq(connection: sqlite3.Connection, user: str) -> int:
    """Return the number of the user's last event; 0 before the first."""
    found = connection.execute("SELECT seq FROM counters WHERE user = ?", (user,)).fetchone()
    return found[0] if found else 0


def since(connection: sqlite3.Connection, user: str, seq: int) -> tuple[bytes, ...]:
    """Return the texts of the events after `seq` that are kept, in order."""
    rows = connection.execute("SELECT text FROM events WHERE user = ? AND seq > ? ORDER BY seq", (user, seq))
    return tuple(text for (text,) in rows)


def notifying(
    connection: sqlite3.Connection, user: str, after: int, upto: int, most: int
) -> list[tuple[int, str]]:
    """Return seq and event id of the completions in (after, upto] of which the user was to be told; the last `most`."""
    rows = connection.execute(
        "SELECT seq, event_id, text FROM events WHERE user = ? AND seq > ? AND seq <= ? AND type = 'TimerCompleted'"
        " ORDER BY seq DESC LIMIT ?",
        (user, after, upto, most),
    )
    return [(seq, event_id) for seq, event_id, text in rows if _completed.decode(text).notify][::-1]


def _numbered(user: str, draft: wire.Event, seq: int, epoch: str) -> Recorded:
    event = replace(draft, seq=seq, epoch=epoch, event_id=draft.event_id or str(uuid4()))
    return Recorded(user, seq, event.event_id, type(event).__name__, wire.encode(event))
