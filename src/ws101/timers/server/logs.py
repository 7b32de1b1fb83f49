"""What the service writes about itself: the guide's blocks in a terminal, lines of JSON elsewhere.

Whoever has something to say leaves it here and goes on; it is put into words and written in batches, by a thread of its
own where the reader is slow. What nobody takes in time is dropped, counted, and said. Secrets are not written.
"""

import asyncio
import json
import logging
import queue
import threading
import traceback
from collections import deque
from collections.abc import Callable
from typing import Any, TextIO

import msgspec

from ws101.redact import Redactor
from ws101.timers import blocks, redaction
from ws101.timers.clock import Clock
from ws101.timers.problem import REFUSALS
from ws101.timers.server.attempt import Attempt
from ws101.timers.server.metrics import Metrics
from ws101.timers.server.seat import Seat
from ws101.timers.settings import ServiceSettings

LOGGER = "ws101.timers"
_SOCKETS, _ACCESS = f"{LOGGER}.WebSocket", f"{LOGGER}.access"
_BATCH = 0.01  # seconds in which lines gather
_MOST_QUEUED = 20_000  # things to say
_MOST_BYTES = 8 << 20  # that wait for a slow reader

Said = tuple[Callable[..., str], tuple[Any, ...]]


class Logs:
    """`event`, `handshake` and the like return at once. To be closed, so that the last lines are written too."""

    def __init__(self, settings: ServiceSettings, clock: Clock, metrics: Metrics, stream: TextIO) -> None:
        self._clock, self._metrics = clock, metrics
        as_text = settings.log == "text" or (settings.log == "auto" and stream.isatty())
        self._style: type[_Text] | type[_Json] = _Text if as_text else _Json
        self._said: deque[Said] = deque()
        self._dropped = 0
        self._flushing = threading.Lock()  # libraries log on threads too
        self._pen = _Pen(stream)

    def handshake(self, attempt: Attempt) -> None:
        """Tell of a handshake and what became of it."""
        self._say(self._style.handshake, attempt)

    def access(self, method: str, target: str, status: int, trace_id: str = "") -> None:
        """Tell of an ordinary request."""
        self._say(self._style.access, self._clock.now(), method, target, status, trace_id)

    def event(self, message: str, level: str = "INFO", trace_id: str = "", **more: str | int | None) -> None:
        """Tell of something else; `more` stands behind the message, or beside it as members."""
        self._say(self._style.event, self._clock.now(), level, LOGGER, message, trace_id, more)

    def closed(self, seat: Seat, code: int, reason: str) -> None:
        """Tell of a socket that the service ended."""
        more = {"code": code, "reason": reason, "userId": seat.user}
        self._say(
            self._style.event, self._clock.now(), "INFO", _SOCKETS, "WebSocket closed", seat.trace_id, more
        )

    def crashed(self, error: BaseException, trace_id: str = "") -> None:
        """Tell of a fault of the service's own, and where it happened."""
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        where = " < ".join(
            f"{frame.name} ({frame.filename.rpartition('/')[2]}:{frame.lineno})" for frame in frames[::-1]
        )
        more = {"error": f"{type(error).__name__}: {_scrub(str(error))}", "where": where}
        self._say(self._style.event, self._clock.now(), "ERROR", LOGGER, "The service failed", trace_id, more)

    def handler(self) -> logging.Handler:
        """Return a handler that brings in what libraries log."""
        return _Bridge(self)

    def close(self) -> None:
        """Write what is left, for a few seconds at most."""
        self._flush()
        self._pen.close()

    def _say(self, words: Callable[..., str], *about: Any) -> None:
        if len(self._said) >= _MOST_QUEUED:
            self._drop(1)
            return
        first = not self._said
        self._said.append((words, about))
        if first:
            try:
                asyncio.get_running_loop().call_later(_BATCH, self._flush)
            except RuntimeError:  # no loop yet, or another thread
                self._flush()

    def _flush(self) -> None:
        with self._flushing:
            count = len(self._said)
            said = [self._said.popleft() for _ in range(count)]
        if not count:
            return
        if self._pen.waiting > _MOST_BYTES or self._pen.broken:
            self._drop(count)
            return
        texts = [words(*about) for words, about in said]
        if self._dropped:
            texts.insert(0, self._told_of_dropped())
        self._pen.write("".join(texts).encode("utf-8", "backslashreplace"))

    def _drop(self, count: int) -> None:
        self._dropped += count
        self._metrics.lines_dropped += count

    def _told_of_dropped(self) -> str:
        message = f"{self._dropped} entries of the log were dropped: its reader is too slow"
        self._dropped = 0
        return self._style.event(self._clock.now(), "WARN", LOGGER, message, "", {})


class _Text:
    """Words for people."""

    @staticmethod
    def handshake(attempt: Attempt) -> str:
        seen = redaction.see(attempt.head, redaction.begun)
        texts = blocks.attempted(seen.target, seen.method, seen.path, seen.headers)
        told = blocks.lines(attempt.at, "INFO", _SOCKETS, texts, attempt.trace_id) if attempt.head else ""
        if attempt.cause:
            texts = blocks.rejected(_reason(attempt), authorization=seen.has_authorization)
            return told + blocks.lines(attempt.at, "WARN", _SOCKETS, texts, attempt.trace_id)
        texts = blocks.accepted(attempt.user or "")
        return told + blocks.lines(attempt.at, "INFO", _SOCKETS, texts, attempt.trace_id)

    @staticmethod
    def access(moment: int, method: str, target: str, status: int, trace_id: str) -> str:
        text = blocks.access(method, redaction.target(target, redaction.begun), status)
        return blocks.lines(moment, "INFO", _ACCESS, (text,), trace_id)

    @staticmethod
    def event(
        moment: int, level: str, logger: str, message: str, trace_id: str, more: dict[str, str | int | None]
    ) -> str:
        text = " ".join([message, *[f"{name}={value}" for name, value in more.items()]])
        return blocks.lines(moment, level, logger, (text,), trace_id)


class _Json:
    """Words for programs: one object a line."""

    @staticmethod
    def handshake(attempt: Attempt) -> str:
        seen = redaction.see(attempt.head, redaction.begun)
        return _json(
            {
                "time": blocks.iso(attempt.at),
                "level": "WARN" if attempt.cause else "INFO",
                "logger": _SOCKETS,
                "message": f"WebSocket Connection {'REJECTED' if attempt.cause else 'ACCEPTED'}",
                "traceId": attempt.trace_id,
                "uri": seen.target,
                "method": seen.method,
                "path": seen.path,
                "headers": [{"name": name, "value": value} for name, value in seen.headers],
                "authorizationHeaderPresent": seen.has_authorization,
                "userId": attempt.user,
                "reason": _reason(attempt) if attempt.cause else None,
                "cause": attempt.cause or None,
                "status": attempt.status,
                "peer": attempt.peer,
                "clientAddress": attempt.client,
                "tls": attempt.tls,
            }
        )

    @staticmethod
    def access(moment: int, method: str, target: str, status: int, trace_id: str) -> str:
        uri = redaction.target(target, redaction.begun)
        line = _begun(moment, "INFO", _ACCESS, blocks.access(method, uri, status), trace_id)
        return _json(line | {"method": method, "uri": uri, "status": status})

    @staticmethod
    def event(
        moment: int, level: str, logger: str, message: str, trace_id: str, more: dict[str, str | int | None]
    ) -> str:
        return _json(_begun(moment, level, logger, message, trace_id) | more)


class _Pen:
    """Writes on a thread of its own, for a pipe may be full; `waiting` is in bytes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = getattr(stream, "buffer", None)
        self._text = stream
        self._pages: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._given = self._written = 0  # each is counted by one thread alone
        self.broken = False
        self._thread = threading.Thread(target=self._write_all, name="log-writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        return self._given - self._written

    def write(self, page: bytes) -> None:
        self._given += len(page)
        self._pages.put(page)

    def close(self) -> None:
        self._pages.put(None)
        self._thread.join(_PATIENCE)

    def _write_all(self) -> None:
        while (page := self._pages.get()) is not None:
            try:
                self._put(page)
            except (OSError, ValueError):  # the reader is gone, or the stream was closed
                self.broken = True
            self._written += len(page)

    def _put(self, page: bytes) -> None:
        if self._stream is None:
            self._text.write(page.decode())
        else:
            self._stream.write(page)
        self._text.flush()


_PATIENCE = 3.0  # seconds for the last lines


class _Bridge(logging.Handler):
    def __init__(self, logs: Logs) -> None:
        super().__init__(logging.WARNING)
        self._logs = logs

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self._logs.event(_scrub(record.getMessage()), record.levelname, logger=record.name)
        if error is not None:
            self._logs.crashed(error)


def _reason(attempt: Attempt) -> str:
    refusal = REFUSALS.get(attempt.cause)
    title = refusal.title if refusal else "Refused"
    return f"{title} ({attempt.cause}){': ' + attempt.detail if attempt.detail else ''}"


_REDACTOR = Redactor((), b"")
_encoder = msgspec.json.Encoder()


def _scrub(text: str) -> str:
    return _REDACTOR.scrub(text)


def _begun(moment: int, level: str, logger: str, message: str, trace_id: str) -> dict[str, Any]:
    line = {"time": blocks.iso(moment), "level": level, "logger": logger, "message": message}
    return line | {"traceId": trace_id} if trace_id else line


def _json(line: dict[str, Any]) -> str:
    """Return the line; what is no ASCII and moves a terminal is written as an escape of JSON's."""
    text = _encoder.encode(line).decode()
    if not text.isascii() or "\x7f" in text:
        text = "".join([c if c.isprintable() else json.dumps(c)[1:-1] for c in text])
    return text + "\n"
