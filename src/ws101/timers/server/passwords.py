"""Passwords as Argon2id hashes, made and checked off the loop, few at a time; knows no user."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

T = TypeVar("T")

_AT_ONCE = 2  # each takes 64 MiB and a core for some 50 ms (the second recommended parameters of RFC 9106, 4)
_WAITING = 64


class Overloaded(Exception):  # noqa: N818 - read as the state that it is
    """More passwords wait to be checked than can be within a few seconds."""


class Passwords:
    """Hashes and checks; what waits is bounded. Close it at the end."""

    def __init__(self, hasher: argon2.PasswordHasher | None = None) -> None:
        self._hasher = hasher or argon2.PasswordHasher()
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")
        self._waiting = 0
        self._nobodys: Future[str] | None = None

    async def hash(self, password: str) -> str:
        """Return the encoded hash; raises Overloaded."""
        return await self._run(lambda: self._hasher.hash(_octets(password)))

    async def check(self, encoded: str | None, password: str) -> bool:
        """Return whether the password fits; without a hash, False after the same time. Raises Overloaded."""
        held = await self._nobody() if encoded is None else encoded
        fits = await self._run(lambda: self._fits(held, _octets(password)))
        return fits and encoded is not None

    def is_outdated(self, encoded: str) -> bool:
        """Return whether the hash was made with other parameters than a new one would be."""
        return self._hasher.check_needs_rehash(encoded)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _nobody(self) -> str:
        """Return the hash that is checked where there is none: made once, for the first who needs it."""
        if self._nobodys is None:
            self._nobodys = self._threads.submit(self._hasher.hash, b"the password of no user")
        return await asyncio.wrap_future(self._nobodys)

    def _fits(self, encoded: str, password: bytes) -> bool:
        try:
            return self._hasher.verify(encoded, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= _WAITING:
            raise Overloaded
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _octets(password: str) -> bytes:
    """Return the one way to write it: keyboards differ in how they compose an accent (RFC 8265, 4.2)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
