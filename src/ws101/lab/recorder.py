"""An upstream that writes down what arrives: answers a right upgrade with 101 and everything else with 426."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Container, Mapping
from contextlib import asynccontextmanager

from msgspec import Struct, field

from ws101.handshake.accept import accept_value
from ws101.handshake.checks import check_request
from ws101.handshake.headers import Headers
from ws101.handshake.incoming import Incoming, parse
from ws101.handshake.request import Request
from ws101.private import Private

_MOST = 1 << 20  # bytes of a head; nginx itself sends less
_ALLOWED = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
_PLAIN = "HTTP/1.1 {} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TLS_HANDSHAKE = b"\x16"  # a record's first byte (RFC 8446, 5.1)
_REFUSED = "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\nContent-Length: {}\r\n\r\n{}"


class Seen(Private, frozen=True):
    """One request as an upstream got it; `mark` is the value of the field that tells by which way it came."""

    mark: str
    head: Incoming
    missing: tuple[str, ...] = ()

    @property
    def upgrades(self) -> bool:
        """Whether it is a WebSocket handshake that a server may answer 101."""
        return not self.missing


class Conduct(Private, frozen=True):
    """How an upstream behaves; the defaults are one in order, which speaks plain HTTP.

    With `tls` it speaks TLS alone, and answers plain HTTP with `status`, or closes where that is 0; else `status` is what it
    answers everything with, but for what carries the fields `unless` with these values, the empty one for none: that is
    allowed. `silent` never answers. Its 101 is padded to `head` bytes, and where it `breaks_off` only the first half of it is sent.
    """

    status: int = 0
    unless: Mapping[str, str] = field(default_factory=dict)
    head: int = 0
    silent: bool = False
    breaks_off: bool = False
    tls: ssl.SSLContext | None = None


IN_ORDER = Conduct()


@asynccontextmanager
async def recording(
    opened: socket.socket,
    seen: list[Seen],
    mark: str = "",
    allowed: Container[str] = (),
    conduct: Conduct = IN_ORDER,
) -> AsyncIterator[None]:
    """Serve on this listening socket while the block runs, and add what comes to `seen`, without the field `mark`.

    Requests with a mark that is `allowed` are answered 204, as by a service that is asked whether another may pass.
    """
    meetings: set[asyncio.Task[None]] = set()

    async def accept() -> None:
        while True:
            came, _ = await asyncio.get_running_loop().sock_accept(opened)
            meeting = asyncio.create_task(_Meeting(seen, mark, allowed, conduct).of(came))
            meetings.add(meeting)
            meeting.add_done_callback(meetings.discard)

    opened.settimeout(0)
    accepting = asyncio.create_task(accept())
    try:
        yield
    finally:
        for task in (accepting, *meetings):
            task.cancel()
        await asyncio.gather(accepting, *meetings, return_exceptions=True)
        opened.close()


class _Meeting(Struct, frozen=True):
    """One connection to a recording upstream."""

    seen: list[Seen]
    mark: str
    allowed: Container[str]
    conduct: Conduct

    async def of(self, came: socket.socket) -> None:
        """Serve one request; a 101 stays open until the other side goes."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            tls = await self._begun(came)
            if tls and self.conduct.tls is None:
                return
            # From here on the transport owns the socket, and closes it.
            reader, writer = await _streams(came, self.conduct.tls if tls else None)
            try:
                await self._serve(reader, writer, plain=not tls)
            finally:
                writer.close()

    async def _begun(self, came: socket.socket) -> bool:
        """Wait for the first byte, and tell whether it is TLS's; close the socket where it cannot be served."""
        served = False
        try:
            came.settimeout(0)
            await _readable(came)
            tls = came.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE
            served = self.conduct.tls is not None or not tls
            if not served:
                came.recv(_MOST)  # what is left unread would make the end a reset
            return tls
        finally:
            if not served:
                came.close()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, plain: bool
    ) -> None:
        came = parse(await reader.readuntil(b"\r\n\r\n"))
        if plain and self.conduct.tls:
            writer.write(_refusal(self.conduct.status))
            return
        head = came._replace(headers=came.headers.without(self.mark)) if self.mark else came
        got = Seen(came.headers.get(self.mark), head, _wrong(head))
        self.seen.append(got)
        cut = self.conduct.breaks_off and self._opens(got)
        if not self.conduct.silent:
            answer = self._answer(got)
            writer.write(answer[: len(answer) // 2] if cut else answer)
            await writer.drain()
        if self.conduct.silent or (self._opens(got) and not cut):
            await reader.read()

    def _answer(self, got: Seen) -> bytes:
        if self.conduct.unless and self._suits(got):
            return _ALLOWED
        if self.conduct.status and not self.conduct.tls:
            return _refusal(self.conduct.status)
        return _ALLOWED if got.mark in self.allowed else _answer(got, self.conduct.head)

    def _suits(self, got: Seen) -> bool:
        fields = got.head.headers
        return all(
            fields.get(name) == wanted if wanted else "websocket" not in fields.get(name).lower()
            for name, wanted in self.conduct.unless.items()
        )

    def _opens(self, got: Seen) -> bool:
        refuses = self.conduct.status and not self.conduct.tls
        return got.upgrades and got.mark not in self.allowed and not refuses


async def _readable(came: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(came, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(came)


async def _streams(
    came: socket.socket, tls: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(_MOST)
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await loop.connect_accepted_socket(lambda: protocol, came, ssl=tls)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


def _wrong(head: Incoming) -> tuple[str, ...]:
    """Return what keeps this from being a handshake, each in a sentence's words."""
    request = Request(head.target, head.headers, head.method, head.version)
    return tuple(
        f"{breach.field}: {breach.text}" if breach.field else breach.text
        for breach in check_request(request)
        if breach.section.startswith(("RFC 6455", "RFC 9110, 7.8"))
    )


def _refusal(status: int) -> bytes:
    return _PLAIN.format(status).encode() if status else b""


def _answer(seen: Seen, length: int = 0) -> bytes:
    """Return a 101, its head padded to this length, or a refusal that says what is missing."""
    if not seen.upgrades:
        body = f"no WebSocket handshake arrived: {'; '.join(seen.missing)}\n"
        return _REFUSED.format(len(body), body).encode("latin-1", "replace")
    fields = Headers.of(
        [
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", accept_value(seen.head.headers.get("sec-websocket-key"))),
        ]
    )
    offered = seen.head.headers.tokens("sec-websocket-protocol")
    chosen = f"Sec-WebSocket-Protocol: {_first(seen)}\r\n" if offered else ""
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
    head = f"HTTP/1.1 101 Switching Protocols\r\n{lines}{chosen}"
    padding = f"X-Padding: {'x' * (length - len(head) - 15)}\r\n" if length > len(head) + 15 else ""
    return f"{head}{padding}\r\n".encode("latin-1")


def _first(seen: Seen) -> str:
    return seen.head.headers.get("sec-websocket-protocol").split(",")[0].strip()
