"""An upstream that writes down what arrives: answers a right upgrade with 101 and everything else with 426."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Container
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from ws101.handshake.accept import accept_value
from ws101.handshake.checks import check_request
from ws101.handshake.headers import Headers
from ws101.handshake.incoming import Incoming, parse
from ws101.handshake.request import Request

_MOST = 1 << 20  # bytes of a head; nginx itself sends less
_ALLOWED = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
_REFUSED = "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\nContent-Length: {}\r\n\r\n{}"


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as an upstream got it; `mark` is the value of the field that tells by which way it came."""

    mark: str
    head: Incoming = field(repr=False)
    missing: tuple[str, ...] = ()

    @property
    def upgrades(self) -> bool:
        """Whether it is a WebSocket handshake that a server may answer 101."""
        return not self.missing


@asynccontextmanager
async def recording(
    opened: socket.socket, seen: list[Seen], mark: str = "", allowed: Container[str] = ()
) -> AsyncIterator[None]:
    """Serve on this listening socket while the block runs, and add what comes to `seen`, without the field `mark`.

    Requests with a mark that is `allowed` are answered 204, as by a service that is asked whether another may pass.
    """

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            came = parse(await reader.readuntil(b"\r\n\r\n"))
            head = came._replace(headers=came.headers.without(mark)) if mark else came
            got = Seen(came.headers.get(mark), head, _wrong(head))
            seen.append(got)
            writer.write(_ALLOWED if got.mark in allowed else _answer(got))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(meet, sock=opened, limit=_MOST)
    try:
        yield
    finally:
        server.close()
        await server.wait_closed()


def _wrong(head: Incoming) -> tuple[str, ...]:
    """Return what keeps this from being a handshake, each in a sentence's words."""
    request = Request(head.target, head.headers, head.method, head.version)
    return tuple(
        f"{breach.field}: {breach.text}" if breach.field else breach.text
        for breach in check_request(request)
        if breach.section.startswith(("RFC 6455", "RFC 9110, 7.8"))
    )


def _answer(seen: Seen) -> bytes:
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
    return f"HTTP/1.1 101 Switching Protocols\r\n{lines}{chosen}\r\n".encode("latin-1")


def _first(seen: Seen) -> str:
    return seen.head.headers.get("sec-websocket-protocol").split(",")[0].strip()
