"""One handshake through a stack, and the logs that it leaves: the client's, each nginx's two and the server's.

A neighbour asks the server itself first, so that its log is known to have lines of handshakes that arrive.
"""

import asyncio
import base64
import contextlib
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from ws101.attempt import Sending
from ws101.handshake.request import Request
from ws101.lab import client_log
from ws101.lab.caller import call
from ws101.lab.nginx import Binary
from ws101.lab.running import Logging, Running, running
from ws101.lab.stack import Stack
from ws101.lab.upstreams.policy import Policy
from ws101.lab.workers import Workers
from ws101.timers.client.lines import connected

_NEIGHBOUR_SECONDS = 2.0
_NEIGHBOURS_PATH = "/open"
_NEIGHBOURLY = frozenset({"websockets_app", "starlette_app", "aiohttp_app", "node_ws_app"})  # which serve it


class Handshake(Struct, frozen=True):
    """What the user's client says that it sends, and what it sends; `hold` is in seconds."""

    url: str
    meant: Request
    sending: Sending
    addresses: tuple[str, ...] = ()
    hold: float = 0.0


Asking = Callable[[Running], Handshake]


async def leave_logs(
    stack: Stack,
    asking: Asking,
    into: Path,
    *,
    upstreams: Workers | None = None,
    binary: Binary | None = None,
    log_format: str = "combined",
) -> tuple[Path, ...]:
    """Run the stack for one handshake, and return the logs in the order of the way, in the directory `into`.

    With the log_format "detailed" the client tells more, too: what made its library fail.
    Raise Unavailable where a program or a library is missing.
    """
    async with running(stack, upstreams, binary, logging=Logging(log_format, into)) as up:
        if stack.upstream.app in _NEIGHBOURLY and not _asks_more(stack.upstream.policy):
            await _neighbour(up.server_port)
        causes = log_format == "detailed"
        (into / "client.log").write_text(await _made(asking(up), causes=causes), encoding="utf-8")
    return (into / "client.log", *_by_hops(into, len(stack.proxies)), into / "server.log")


def _by_hops(into: Path, proxies: int) -> Sequence[Path]:
    names = ("access.log", "error.log")
    return [into / f"nginx-{number}-{name}" for number in range(1, proxies + 1) for name in names]


def _asks_more(policy: Policy) -> bool:
    """Whether this server refuses also who asks for a socket that is open to all, or serves none."""
    return bool(
        policy.certificate
        or policy.hosts
        or policy.https_only
        or policy.subprotocols
        or policy.proxies is not None
        or policy.overloaded
        or policy.variant == "none"
    )


async def _made(shake: Handshake, *, causes: bool) -> str:
    """Make the handshake; return the client's log of it."""
    before = client_log.stamped(client_log.meant(shake.url, shake.meant), time.time())
    outcome = await call(shake.url, shake.sending, shake.addresses, shake.hold)
    opened = "" if outcome.opened is None else client_log.stamped(connected(), outcome.opened)
    if outcome.error is None:
        return before + opened
    return before + opened + client_log.stamped(client_log.failed(outcome.error, causes=causes), time.time())


async def _neighbour(port: int) -> None:
    """Open a socket straight at the server, and close it by the book; a server that speaks otherwise is left alone."""
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        async with asyncio.timeout(_NEIGHBOUR_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(
                    f"GET {_NEIGHBOURS_PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
                    f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
                )
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"\x88\x82\0\0\0\0\x03\xe8")  # a masked close frame, 1000
                await reader.read()
            finally:
                writer.close()
