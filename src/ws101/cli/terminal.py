"""What is known of the terminal: width, colour, characters; and the progress line on stderr."""

import contextlib
import os
import sys
from typing import NamedTuple, TextIO

_WIDEST = 120


class Face(NamedTuple):
    """How to write to one stream: columns, whether in colour, whether in ASCII alone."""

    width: int
    colour: bool
    ascii_only: bool


def face(stream: TextIO, colour: str) -> Face:
    """Return how to write to `stream`; `colour` is auto, always or never (NO_COLOR, FORCE_COLOR, TERM=dumb count)."""
    tty = stream.isatty()
    dumb = os.environ.get("TERM") == "dumb"
    if colour == "auto":
        wanted = (tty or bool(os.environ.get("FORCE_COLOR"))) and not dumb and not os.environ.get("NO_COLOR")
    else:
        wanted = colour == "always"
    wide = columns() if tty or os.environ.get("COLUMNS") else 80
    unicode = (stream.encoding or "").lower().replace("-", "").startswith("utf") and not dumb
    return Face(max(40, min(wide, _WIDEST)), wanted, not unicode)


def columns() -> int:
    """Return how wide the terminal is, as shutil.get_terminal_size does, which loads what packs archives, too."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):  # no stdout, a closed one, or no terminal
        return 80


class ProgressLine:
    """One line on stderr that says what is going on, once it takes longer than a second, and is gone at the end."""

    def __init__(self, stream: TextIO | None = None, after: float = 1.0) -> None:
        self._stream, self._text, self._shown, self._over = stream or sys.stderr, "", False, False
        from threading import Lock, Timer  # few commands have a line

        self._lock = Lock()
        self._timer = Timer(after, self._show)
        self._timer.daemon = True

    def __enter__(self) -> "ProgressLine":
        if self._stream.isatty() and os.environ.get("TERM") != "dumb":
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._over = True
            if self._shown:
                self._write("\r\x1b[K")

    def say(self, text: str) -> None:
        """Set what the line says."""
        with self._lock:
            self._text = text
            if self._shown:
                self._write(self._line())

    def _show(self) -> None:
        with self._lock:
            if not self._over:
                self._shown = True
                self._write(self._line())

    def _line(self) -> str:
        """A line that is wrapped could not be taken back."""
        room = columns() - 3
        return f"\r\x1b[K{self._text[: max(room, 0)]} …"

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._stream.write(text)
            self._stream.flush()
