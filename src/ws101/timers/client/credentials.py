"""Keeps a profile's login: in the system's keyring where there is one, else in a file that its owner alone can read."""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import ModuleType

import msgspec
from msgspec import Struct

from ws101.errors import UnreadableInput

_SERVICE = "ws101-timers"
_TURN = 0.02  # seconds between looks at a lock that another process holds
PRIVATE = 0o600


class Credentials(Struct, frozen=True, kw_only=True):
    """A login. It belongs to the `url` that it was given for, and is sent nowhere else; `expires_at` is in ms."""

    url: str
    email: str
    token: str
    refresh_token: str
    expires_at: int
    device: str

    def __repr__(self) -> str:
        """Leave the secrets out."""
        return f"Credentials({self.email!r} at {self.url!r})"


class Vault:
    """The logins of all profiles, each by its name; `directory` is where the files stand."""

    def __init__(self, directory: Path, environ: Mapping[str, str] = os.environ) -> None:
        self._directory = directory
        self._keyring = _keyring(environ)

    def load(self, profile: str) -> Credentials | None:
        """Return the login, or None; one that cannot be read counts as none."""
        text = self._from_keyring(profile) or self._from_file(profile)
        try:
            return msgspec.json.decode(text, type=Credentials) if text else None
        except msgspec.DecodeError:
            return None

    def save(self, profile: str, credentials: Credentials) -> None:
        """Keep the login in place of the one before it, at once or not at all; raises UnreadableInput."""
        text = msgspec.json.encode(credentials).decode()
        if self._to_keyring(profile, text):
            self._file(profile).unlink(missing_ok=True)
            return
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = self._directory / f".{profile}.login.{os.getpid()}"
            fresh.unlink(missing_ok=True)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            fresh.replace(self._file(profile))
        except OSError as error:
            why = error.strerror or "it cannot be written"
            raise UnreadableInput(
                str(self._file(profile)), why, "Name another directory with WS101_TIMERS_PROFILES."
            ) from None

    def delete(self, profile: str) -> None:
        """Forget the login."""
        self._file(profile).unlink(missing_ok=True)
        if self._keyring is not None:
            with contextlib.suppress(self._keyring.errors.KeyringError):
                self._keyring.delete_password(_SERVICE, profile)

    def kept_in(self, profile: str) -> str:
        """Say where the login is."""
        if self._file(profile).exists():
            return f"{self._file(profile)} (readable by you alone)"
        return "the system's keyring"

    @contextlib.asynccontextmanager
    async def locked(self, profile: str) -> AsyncIterator[None]:
        """Hold the login against other processes: a refresh token that is used twice ends the session."""
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._directory / f"{profile}.lock", os.O_RDWR | os.O_CREAT, PRIVATE)
        try:
            while not _try_lock(descriptor):  # noqa: ASYNC110 - no event comes from another process
                await asyncio.sleep(_TURN)
            yield
        finally:
            os.close(descriptor)

    def _file(self, profile: str) -> Path:
        return self._directory / f"{profile}.login.json"

    def _from_file(self, profile: str) -> str | None:
        try:
            return self._file(profile).read_text(encoding="utf-8")
        except (OSError, ValueError):
            return None

    def _from_keyring(self, profile: str) -> str | None:
        if self._keyring is None:
            return None
        try:
            found: str | None = self._keyring.get_password(_SERVICE, profile)
        except self._keyring.errors.KeyringError:
            return None
        return found

    def _to_keyring(self, profile: str, text: str) -> bool:
        if self._keyring is None:
            return False
        try:
            self._keyring.set_password(_SERVICE, profile, text)
        except self._keyring.errors.KeyringError:
            return False
        return True


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _keyring(environ: Mapping[str, str]) -> ModuleType | None:
    """The keyring, where a real one is there: those that only fail have a priority of 0 or less."""
    if environ.get("WS101_TIMERS_KEYRING") == "off":
        return None
    try:
        import keyring
        import keyring.errors

        usable = keyring.get_keyring().priority > 0
    except Exception:  # noqa: BLE001 - a backend's import may fail in any way, and a file serves as well
        return None
    return keyring if usable else None
