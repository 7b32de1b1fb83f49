"""Writes repaired files over a user's own: a backup first, whole or not at all, and taken back where nginx then refuses."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from ws101.errors import UnreadableInput
from ws101.nginx.glob import fits

MOST_BACKUPS = 10_000
_SECONDS = 60
_NUMBER = re.compile(r"\d+")  # times, process ids, and lines that moved
_AGAIN = "Run the command again."


class Written(Struct, frozen=True):
    """What was done: each file with its backup; `test` is what `nginx -t` said, `undone` that the files are as before."""

    backups: tuple[tuple[Path, Path], ...]
    test: str
    undone: bool = False


class Change(Struct, frozen=True):
    """One file: where it lies, what it held when it was read, and what it shall hold."""

    path: Path
    before: bytes
    after: bytes


class Test(Struct, frozen=True):
    """How `nginx -t` is run; `words` are empty where it cannot be, and `why` says so."""

    words: tuple[str, ...] = ()
    why: str = ""

    def run(self) -> tuple[bool, str]:
        """Return whether nginx takes its configuration, and its words where it does not."""
        try:
            done = subprocess.run(  # noqa: S603 - the user's own nginx, with no shell
                self.words, capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return False, f"{self.words[0]}: {getattr(error, 'strerror', None) or 'it does not end'}"
        return done.returncode == 0, "\n".join(line for line in done.stderr.splitlines() if line.strip())


def write(changes: Sequence[Change], test: Test, patterns: Sequence[str] = ()) -> Written:
    """Write every change, or none; `patterns` are the configuration's includes, which must not take a backup for a file.

    Raises UnreadableInput where a file is not what was read, or cannot be written.
    """
    for change in changes:
        _check(change)
    before = test.run() if test.words else (True, "")
    backups: list[tuple[Path, Path]] = []
    try:
        for change in changes:
            _check(change)
            backups.append((change.path, _backed_up(change, patterns)))
            _replace(change.path, change.after)
        words, fine = _judged(test, before)
    except BaseException as error:
        _undo(changes, backups)
        if not isinstance(error, OSError):
            raise
        why = f"{error.strerror}; every file is as it was"
        raise UnreadableInput(
            str(error.filename or "a file"), why, "Run it as one who may write there."
        ) from None
    if not fine:
        _undo(changes, backups)
    return Written(tuple(backups) if fine else (), words, undone=not fine)


def _judged(test: Test, before: tuple[bool, str]) -> tuple[str, bool]:
    """Return what nginx says of the files now, and whether they may stay: what it said before, too, is not their fault."""
    if not test.words:
        return f"`nginx -t` was not run: {test.why}", True
    fine, words = test.run()
    if fine:
        return "`nginx -t` accepts it", True
    if not before[0] and _NUMBER.sub("", words) == _NUMBER.sub("", before[1]):
        return f"`nginx -t` failed before, and fails with the same words now: {words}", True
    return f"`nginx -t` refuses it: {words}", False


def _check(change: Change) -> None:
    try:
        now = change.path.read_bytes()
    except OSError as error:
        raise UnreadableInput(str(change.path), error.strerror or "it cannot be read", _AGAIN) from None
    if now != change.before:
        raise UnreadableInput(
            str(change.path), "it has changed since it was read; nothing was written", _AGAIN
        )


def _backed_up(change: Change, patterns: Sequence[str]) -> Path:
    """Keep a copy beside the file under a name that is free, and that no include takes."""
    for number in range(1, MOST_BACKUPS):
        name = f"{change.path.name}.ws101-backup-{number}"
        hidden = f".{name}" if _included(change.path.parent, name, patterns) else name
        backup = change.path.with_name(hidden)
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(backup, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as file:  # noqa: PTH123 - it is open already
                file.write(change.before)
                file.flush()
                os.fsync(file.fileno())
            _take_after(change.path, backup)
            return backup
    raise OSError(0, "there are too many backups", str(change.path))


def _included(directory: Path, name: str, patterns: Sequence[str]) -> bool:
    """Whether an include of the configuration would take this name, in this directory under whichever name it has."""
    return any(
        fits(name, pattern.rpartition("/")[2])
        and os.path.realpath(pattern.rpartition("/")[0] or "/") == os.path.realpath(directory)
        for pattern in patterns
    )


def _replace(path: Path, content: bytes) -> None:
    """Put a new file in the place of the old one at once; its mode and owner stay. A name with a dot is in no glob."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.ws101-", dir=path.parent)
    temporary = Path(name)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - as above
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _take_after(path, temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _take_after(path: Path, copy: Path) -> None:
    """Give a file the owner, the mode and the attributes of another."""
    state = path.stat()
    made = copy.stat()
    if (made.st_uid, made.st_gid) != (state.st_uid, state.st_gid):
        os.chown(copy, state.st_uid, state.st_gid)
    shutil.copystat(path, copy)
    os.utime(copy)


def _undo(changes: Sequence[Change], backups: Sequence[tuple[Path, Path]]) -> None:
    """Put the files back that were written, and take the backups away."""
    for change, (_, backup) in zip(changes, backups, strict=False):
        with contextlib.suppress(OSError):
            _replace(change.path, change.before)
            backup.unlink()


def changed(texts: Mapping[Path, tuple[str, str]]) -> tuple[Change, ...]:
    """Return the changes of texts before and after, as the bytes that were read."""
    return tuple(
        Change(path, before.encode("utf-8", "surrogateescape"), after.encode("utf-8", "surrogateescape"))
        for path, (before, after) in texts.items()
        if before != after
    )
