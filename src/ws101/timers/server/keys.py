"""The keys that access tokens are signed with, and the file that keeps them, readable by its owner alone; knows no token.

The file is replaced as a whole and read again once it has changed, so a rotation by another process reaches a running service.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from ws101.errors import UnreadableInput, UsageError
from ws101.timers.server.key import ALGORITHMS, Key, make, read
from ws101.timers.settings import ServiceSettings

SHORTEST_SECRET = 32  # bytes; RFC 7518, 3.2: no fewer than the hash has
OVERLAP = 60  # seconds beyond the longest life of a token
_LOOK = 1_000  # ms
_LARGEST = 1 << 20  # bytes


class Ring(tuple[Key, ...]):
    """The keys by their part: the first signs, the second will next (published before it does), the rest only verify."""

    __slots__ = ()


class Keys:
    """What signs now and what verifies."""

    def __init__(self, ring: Ring, path: Path | None = None) -> None:
        self._path, self._generation, self._looked = path, 0, 0
        self._use(ring)

    def generation(self, now: int) -> int:
        """Return a number that changes with the keys; the file is looked at once a second (`now` in ms)."""
        if abs(now - self._looked) >= _LOOK:
            self._looked = now
            self._look()
        return self._generation

    def signing(self) -> Key:
        """Return the key that signs now."""
        self._look()
        return self._ring[0]

    def find(self, kid: str, now: int) -> Key | None:
        """Return the key of this id if it verifies at `now` (ms)."""
        if kid not in self._by_kid:
            self._look()
        key = self._by_kid.get(kid)
        return key if key is not None and key.verifies(now) else None

    @property
    def algorithms(self) -> frozenset[str]:
        return self._algorithms

    @property
    def shared(self) -> Key | None:
        """The shared secret where tokens are signed with one."""
        return self._ring[0] if self._ring[0].jwk is None else None

    def published(self, now: int) -> dict[str, Any]:
        """Return the JSON Web Key Set of what verifies at `now` (ms); a shared secret is never in it."""
        self._look()
        return {"keys": [key.jwk for key in self._ring if key.jwk is not None and key.verifies(now)]}

    def _use(self, ring: Ring) -> None:
        self._ring = ring
        self._by_kid = {key.kid: key for key in ring}
        self._algorithms = frozenset(key.algorithm for key in ring)
        self._seen = _stamp(self._path)
        self._generation += 1

    def _look(self) -> None:
        """Take over a ring that another process has written; one that cannot be read changes nothing."""
        if self._path is None or _stamp(self._path) == self._seen:
            return
        with contextlib.suppress(UnreadableInput, OSError):
            self._use(_read(self._path))


def open_keys(settings: ServiceSettings, now: int) -> Keys:
    """Return the keys of these settings, made if there are none; raises UsageError and UnreadableInput."""
    if settings.algorithm not in ALGORITHMS:
        raise UsageError(
            f"the algorithm {settings.algorithm[:20]!r} is not one of {', '.join(ALGORITHMS)}. Choose one of them."
        )
    if settings.algorithm == "HS256":
        return Keys(Ring((Key(_secret(settings.secret_file)),)))
    path = ring_file(settings)
    with _alone(path):
        ring = _read(path) if path.exists() else _new_ring(settings.algorithm)
        if ring[0].algorithm != settings.algorithm:
            ring = _succeed(ring, _new_ring(settings.algorithm), _end(settings, now), now)
        _write(path, ring)
    return Keys(ring, path)


def rotate(settings: ServiceSettings, now: int, *, at_once: bool = False) -> Key:
    """Let the next key sign; the old one verifies until its tokens have expired, or `at_once` no key of before does.

    Returns the key that signs now; raises UsageError and UnreadableInput.
    """
    if settings.algorithm == "HS256":
        raise UsageError(
            "a shared secret (HS256) has no overlap. Write a new one into the secret file and start the service again."
        )
    path = ring_file(settings)
    if not path.exists():
        raise UnreadableInput(
            str(path), "there are no keys yet", "Start the service once, or name its --data directory."
        )
    with _alone(path):
        ring = _new_ring(settings.algorithm) if at_once else _promoted(_read(path), settings, now)
        _write(path, ring)
    return ring[0]


def ring_file(settings: ServiceSettings) -> Path:
    """Return where the keys are kept."""
    return settings.data / "keys" / "ring.json"


def _promoted(old: Ring, settings: ServiceSettings, now: int) -> Ring:
    return _succeed(old, Ring((old[1], make(settings.algorithm))), _end(settings, now), now)


def _succeed(old: Ring, new: Ring, until: int, now: int) -> Ring:
    retired = [key for key in old if key not in new and key.verifies(now)]
    for key in retired:
        key.verifies_until = key.verifies_until or until
    return Ring((*new, *retired))


def _end(settings: ServiceSettings, now: int) -> int:
    return now + (settings.access_lifetime + OVERLAP) * 1_000


def _new_ring(algorithm: str) -> Ring:
    return Ring((make(algorithm), make(algorithm)))


# ---- files


class _Kept(Struct, rename="camel", frozen=True):
    private: str
    verifies_until: int | None = None

    def __repr__(self) -> str:
        return "_Kept()"


def _secret(path: Path | None) -> bytes:
    if path is None:
        raise UsageError(
            "HS256 needs a secret. Give --secret-file FILE with 32 random bytes or more"
            " (head -c 48 /dev/urandom | base64 > FILE), or use EdDSA, which needs nothing."
        )
    secret = _content(path).rstrip(b"\r\n")
    if len(secret) < SHORTEST_SECRET:
        why = f"the secret has {len(secret)} bytes, and HS256 wants {SHORTEST_SECRET} or more (RFC 7518, 3.2)"
        raise UnreadableInput(str(path), why, f"Make one: head -c 48 /dev/urandom | base64 > {path}")
    return secret


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST)
    except OSError as error:
        why = error.strerror or "it cannot be read"
        raise UnreadableInput(str(path), why, "Name a file that the service may read.") from None


def _read(path: Path) -> Ring:
    do = "Put its copy back, or remove it: new keys are made, and everybody signs in again."
    if path.stat().st_mode & 0o077:
        raise UnreadableInput(
            str(path), "others than its owner may read the private keys", f"chmod 600 {path}"
        )
    try:
        kept = msgspec.json.decode(_content(path), type=list[_Kept])
        ring = Ring(read(key.private, key.verifies_until) for key in kept)
    except (msgspec.DecodeError, ValueError, TypeError):
        raise UnreadableInput(str(path), "it holds no keys that can be read", do) from None
    if len(ring) < 2:
        raise UnreadableInput(str(path), "it lacks the next key", do)
    return ring


def _write(path: Path, ring: Ring) -> None:
    text = msgspec.json.encode([_Kept(key.pem(), key.verifies_until) for key in ring])
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep a second process from changing the ring at the same time; makes the directory."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        why = error.strerror or "it cannot be written"
        raise UnreadableInput(str(path.parent), why, "Name another --data directory.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _stamp(path: Path | None) -> tuple[int, int] | None:
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
