"""The directory of a service's database and keys: made for its owner alone, and held by one process at a time."""

import fcntl
import os
from pathlib import Path
from types import TracebackType

from ws101.errors import UnreadableInput, UsageError


class Directory:
    """Held from `with` on to its end, by a lock that dies with the process; raises UsageError where another holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = -1

    @property
    def database(self) -> Path:
        return self.path / "timers.sqlite3"

    def __enter__(self) -> "Directory":
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = _open(self.path / "lock")
        except OSError as error:
            raise UnreadableInput(
                str(self.path), f"it cannot be used ({error.strerror})", "Name another --data directory."
            ) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._lock, 20).decode("ascii", "replace").strip()
            os.close(self._lock)
            raise UsageError(
                f"another service (process {holder or 'unknown'}) runs on the data directory {self.path}. "
                "Stop it, or name another --data directory."
            ) from None
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, f"{os.getpid()}\n".encode(), 0)
        self._keep_private()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._lock)

    def _keep_private(self) -> None:
        """Let SQLite find a file that others cannot read, which its journals follow: the directory may be an older one."""
        try:
            os.close(_open(self.database))
        except OSError as error:
            self.__exit__(None, None, None)
            why = f"it cannot be written ({error.strerror})"
            raise UnreadableInput(str(self.database), why, "Give it to the service's own user.") from None


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
