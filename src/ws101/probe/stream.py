"""A byte stream over one socket, and how it ends. Knows nothing of TLS, HTTP or of what is sent."""

import asyncio
import errno
import os
import socket
from typing import Protocol

from ws101.attempt import Ending, Layer

CHUNK = 65536


class Ended(Exception):  # noqa: N818 - the end of a connection is a fact and no error
    """Control flow within probes: the connection ended at `layer`; the other fields are those of an Attempt."""

    def __init__(
        self,
        layer: Layer,
        ending: Ending,
        detail: str = "",
        tls_error: str = "",
        verify_code: int | None = None,
    ) -> None:
        super().__init__(layer, ending)
        self.layer, self.ending, self.detail = layer, ending, detail
        self.tls_error, self.verify_code = tls_error, verify_code


class Stream(Protocol):
    """Bytes both ways; `receive` returns `b""` at the end, `close` drops everything at once and never waits."""

    async def send(self, data: bytes) -> None: ...
    async def receive(self) -> bytes: ...
    def close(self) -> None: ...


class SocketStream:
    """A connected non-blocking socket; unlike asyncio's own streams it hands out what came before a reset."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._sock, data)

    async def receive(self) -> bytes:
        # A peer that never stops sending must not keep the loop from its timers.
        await asyncio.sleep(0)
        return await asyncio.get_running_loop().sock_recv(self._sock, CHUNK)

    def close(self) -> None:
        self._sock.close()


_ENDINGS = {
    errno.ECONNREFUSED: Ending.REFUSED,
    errno.ETIMEDOUT: Ending.TIMED_OUT,
    errno.ECONNRESET: Ending.RESET,
    errno.ECONNABORTED: Ending.RESET,
    errno.EPIPE: Ending.RESET,
}


def ending_of(error: OSError) -> Ending:
    """Return what an error of the operating system says about a connection; UNREACHABLE for all that is not known."""
    return _ENDINGS.get(error.errno or 0, Ending.UNREACHABLE)


def words_of(error: OSError) -> str:
    """Return the operating system's own words, which asyncio replaces in some of its errors."""
    number = error.errno or 0
    return os.strerror(number) if number > 0 else error.strerror or type(error).__name__


class PrefixedStream:
    """A stream of which some bytes were read too early."""

    def __init__(self, prefix: bytes, inner: Stream) -> None:
        self._prefix, self._inner = prefix, inner

    async def send(self, data: bytes) -> None:
        await self._inner.send(data)

    async def receive(self) -> bytes:
        prefix, self._prefix = self._prefix, b""
        return prefix or await self._inner.receive()

    def close(self) -> None:
        self._inner.close()
