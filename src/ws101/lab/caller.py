"""A client of the field: the `websockets` library, made to send exactly this handshake. What it says of the end is its own.

Knows nothing of the doctor; what HTTP/2 answers is put into the library's words, for it speaks HTTP/1.1 alone.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from ws101.attempt import ForwardProxy, Sending, TlsSettings, Verify
from ws101.errors import Unavailable
from ws101.handshake.request import build
from ws101.probe.exchange import attempt
from ws101.terms import Family

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection
    from websockets.client import ClientProtocol

_OPEN_SECONDS = 4.0  # more than any stack of the lab lets a client wait that it answers
_WORD_SECONDS = 1.0
_LATE_SECONDS = 0.3  # in which a server that accepts first and refuses then has closed


class Outcome(Struct, frozen=True):
    """How it ended for the client: when the socket opened, in seconds since the epoch, and the exception, if there was one."""

    opened: float | None
    error: Exception | None = None


async def call(url: str, sending: Sending, addresses: Sequence[str], hold: float = 0.0) -> Outcome:
    """Send this handshake to the first address that takes it; hold the open socket so long, in seconds.

    Raise Unavailable where the library is missing.
    """
    try:
        import websockets.asyncio.client  # noqa: F401 - an extra
    except ImportError:
        raise Unavailable("the websockets library", "Install it with: pip install 'ws101[lab]'.") from None
    if sending.http2:
        return await _over_http2(sending, addresses)
    try:
        connection = await _connect(url, sending, addresses)
    except Exception as error:  # noqa: BLE001 - whatever the library raises is what its user's log shows
        return Outcome(opened=None, error=error)
    return await _use(connection, hold)


async def _connect(url: str, sending: Sending, addresses: Sequence[str]) -> "ClientConnection":
    from websockets.asyncio.client import ClientConnection, connect

    class Exact(ClientConnection):
        def __init__(self, protocol: "ClientProtocol", **settings: Any) -> None:
            super().__init__(_exactly(protocol, sending), **settings)

    class AsMost(connect):
        def process_redirect(self, exc: Exception) -> Exception:
            return exc  # most clients do not follow

    way = await _way(sending, addresses)
    if sending.tls:
        way |= {"ssl": _tls(sending.tls), "server_hostname": sending.tls.check_name}
    return await AsMost(
        f"{sending.scheme}://{url.partition('://')[2]}",
        proxy=_proxy(sending.forward_proxy),
        create_connection=Exact,
        open_timeout=_OPEN_SECONDS,
        close_timeout=_WORD_SECONDS,
        user_agent_header=None,
        **way,
    )


def _exactly(protocol: "ClientProtocol", sending: Sending) -> "ClientProtocol":
    """Let the library send these bytes as they are, and hold the answer against their key."""
    from websockets.http11 import Request
    from websockets.typing import Subprotocol

    class Same(Request):
        def serialize(self) -> bytes:
            return build(sending.request)

    protocol.key = sending.request.headers.get("sec-websocket-key")
    offered = sending.request.headers.tokens("sec-websocket-protocol")
    protocol.available_subprotocols = [Subprotocol(name) for name in offered] or None
    connect = protocol.connect

    def request() -> Request:
        usual = connect()
        return Same(usual.path, usual.headers)

    protocol.connect = request  # type: ignore[method-assign]
    protocol.available_extensions = None
    return protocol


async def _way(sending: Sending, addresses: Sequence[str]) -> dict[str, Any]:
    """Return where to connect: a socket to the first address that answers, one address, or the name itself."""
    if sending.forward_proxy or not addresses:
        return {}
    if len(addresses) == 1:
        return {"host": addresses[0], "port": sending.port}
    return {"sock": await _first(addresses, sending.port)}


async def _first(addresses: Sequence[str], port: int) -> socket.socket:
    """Connect to these in turn, as the library does with what a name resolves to."""
    failure: OSError = OSError("no address")
    for address in addresses:
        opened = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        opened.settimeout(0)
        try:
            await asyncio.get_running_loop().sock_connect(opened, (address, port))
        except OSError as error:
            opened.close()
            failure = error
        else:
            return opened
    raise failure


def _proxy(proxy: ForwardProxy | None) -> str | None:
    return f"{'https' if proxy.tls else 'http'}://{proxy.host}:{proxy.port}" if proxy else None


def _tls(settings: TlsSettings) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.ca_file)
    if settings.verify is Verify.NOTHING:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if settings.cert_file:
        context.load_cert_chain(settings.cert_file, settings.key_file)
    return context


async def _use(connection: "ClientConnection", hold: float) -> Outcome:
    """Ping, or be silent for so long; then close."""
    opened = time.time()
    try:
        if hold:
            await asyncio.wait_for(connection.recv(), hold)
        else:
            await asyncio.wait_for(await connection.ping(), _WORD_SECONDS)
            await asyncio.wait_for(connection.recv(), _LATE_SECONDS)
    except TimeoutError:
        pass  # no word is no failure
    except Exception as error:  # noqa: BLE001 - as above
        return Outcome(opened=opened, error=error)
    finally:
        await connection.close()
    return Outcome(opened=opened)


async def _over_http2(sending: Sending, addresses: Sequence[str]) -> Outcome:
    from websockets.datastructures import Headers
    from websockets.exceptions import InvalidStatus
    from websockets.http11 import Response

    met = await attempt("call", Family.BASELINE, "", sending, addresses=addresses)
    status = met.answer.status
    if status is None:
        return Outcome(opened=None, error=ConnectionError(met.detail or met.ending.value))
    return Outcome(opened=None, error=InvalidStatus(Response(status, met.answer.reason, Headers())))
