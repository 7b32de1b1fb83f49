"""The process's own streams, whatever they are: closed, a pipe that nobody reads, or without the characters needed."""

import contextlib
import io
import os
import sys

from ws101.errors import UnreadableInput


def prepare() -> None:
    """Put the null device where a stream is closed, and escapes where an encoding lacks a character."""
    if None in {sys.stdin, sys.stdout, sys.stderr}:
        _fill_descriptors()
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 - it lasts as long as the process
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _fill_descriptors() -> None:
    """Keep a socket from being given the number of a standard stream."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        continue
    os.close(descriptor)


def say(text: str, *, always_utf8: bool = False) -> None:
    """Write to stdout; a reader that went away is no error, a full disk is. `always_utf8` is for the formats of files."""
    if always_utf8 and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        let_go()
    except OSError as error:
        let_go()
        raise UnreadableInput(
            "stdout", error.strerror or "it cannot be written", "Write to a file with --output."
        ) from None


def complain(text: str) -> None:
    """Write a line to stderr, if anybody still reads it."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def let_go() -> None:
    """Drop what stdout still holds, which the interpreter would otherwise try to write at its exit."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
