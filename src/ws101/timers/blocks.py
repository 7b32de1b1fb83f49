"""The log of the guide: which lines a service and a client write about a handshake, to the letter.

Values come in free of secrets (`ws101.timers.redaction`); nothing here writes anything.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from ws101.redact import printable

Fields = Sequence[tuple[str, str]]


def attempted(uri: str, method: str, path: str, headers: Fields) -> list[str]:
    """Return the block of a handshake that came, whatever becomes of it."""
    return [
        "========== WebSocket Connection Attempt ==========",
        f"URI: {uri}",
        f"Method: {method}",
        f"Path: {path}",
        f"Headers ({len(headers)}):",
        *[f"  - {name}: {value}" for name, value in headers],
    ]


def rejected(reason: str, *, authorization: bool) -> list[str]:
    """Return the block of a handshake that was refused; `authorization` tells whether that header was there."""
    return [
        "========== WebSocket Connection REJECTED ==========",
        f"Reason: {reason}",
        f"Authorization header present: {'true' if authorization else 'false'}",
    ]


def accepted(user: str) -> list[str]:
    """Return the block of a handshake that was answered 101."""
    return ["========== WebSocket Connection ACCEPTED ==========", f"User ID: {user}"]


def access(method: str, uri: str, status: int) -> str:
    """Return the line of an ordinary request."""
    return f"{method} {uri} -> {status}"


def lines(moment: int, level: str, logger: str, texts: Iterable[str], trace_id: str = "") -> str:
    """Return log lines, each with its prefix and its request's id; nothing in them can move a terminal."""
    prefix = f"{iso(moment)} {level} {logger} - "
    suffix = f" | req={trace_id}\n" if trace_id else "\n"
    return "".join([f"{prefix}{_shown(text)}{suffix}" for text in texts])


def _shown(text: str) -> str:
    return text if text.isascii() and text.isprintable() else printable(text)


def iso(moment: int) -> str:
    """Return a moment (ms) in ISO 8601, UTC."""
    second, ms = divmod(moment, 1000)
    return f"{_second(second)}.{ms:03d}Z"


@lru_cache(8)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
