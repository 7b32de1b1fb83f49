"""The rows of devices: up to which event each of a user's devices has dealt with what it was told."""

import sqlite3

MOST = 64  # devices kept per user, those that are furthest; a device without a name is a new one at each connection


def acked(connection: sqlite3.Connection, user: str) -> int:
    """Return the furthest event that any device of the user has acknowledged; 0 if none."""
    (seq,) = connection.execute(
        "SELECT coalesce(max(acked_seq), 0) FROM devices WHERE user = ?", (user,)
    ).fetchone()
    return int(seq)


def acked_by(connection: sqlite3.Connection, user: str, device: str) -> int:
    """Return the furthest event that this device has acknowledged; 0 if none."""
    found = connection.execute(
        "SELECT acked_seq FROM devices WHERE user = ? AND device = ?", (user, device)
    ).fetchone()
    return found[0] if found else 0


def acknowledge(connection: sqlite3.Connection, user: str, device: str, seq: int, now: int) -> None:
    """Note that the device has dealt with everything up to `seq`; never goes back."""
    connection.execute(
        "INSERT INTO devices (user, device, acked_seq, seen_at) VALUES (?, ?, ?, ?) ON CONFLICT (user, device)"
        " DO UPDATE SET acked_seq = max(acked_seq, excluded.acked_seq), seen_at = excluded.seen_at",
        (user, device, seq, now),
    )
    connection.execute(
        "DELETE FROM devices WHERE user = ? AND device NOT IN"
        " (SELECT device FROM devices WHERE user = ? ORDER BY acked_seq DESC, seen_at DESC LIMIT ?)",
        (user, user, MOST),
    )
