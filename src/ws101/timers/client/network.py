"""Opens byte streams to a service, over a forward proxy where the environment names one; says in words why it could not."""

import asyncio
import base64
import contextlib
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from ws101 import __version__
from ws101.errors import UnreadableInput
from ws101.handshake.answer import Answer, Kind
from ws101.handshake.headers import Headers
from ws101.handshake.reader import AnswerReader
from ws101.handshake.request import Request, build
from ws101.timers.client.profile import Profile
from ws101.timers.client.refusal import Unreachable

USER_AGENT = f"ws101-timers/{__version__}"
CONNECT, ANSWER, CLOSE = 10.0, 20.0, 2.0  # seconds
_REFUSED = "nothing listens there (connection refused)"
_NEXT_ADDRESS = 0.25  # seconds until the next address is tried beside the one before (RFC 8305, 8)
_BODY = 16 << 20  # bytes; all lists of a user with thousands of timers


class Stream(NamedTuple):
    """An open connection; `tls` tells what is really spoken on it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    host: str
    port: int

    @property
    def tls(self) -> bool:
        return self.writer.get_extra_info("ssl_object") is not None

    async def ask(self, request: Request, *, sent: Callable[[bytes], None] = lambda _: None) -> Answer:
        """Send a request, show its bytes to `sent` once they are under way, and return the answer with its body.

        Of a 101 the answer ends with its head and what came with it. Raises Unreachable when no answer comes.
        """
        written = build(request)
        with self._told("while it was asked"):
            self.writer.write(written)
            sent(written)
            async with asyncio.timeout(ANSWER):
                await self.writer.drain()
                answer = await _read(self.reader, AnswerReader(request, body_limit=_BODY))
        if answer.kind is Kind.NOTHING:
            raise Unreachable(self.where, "it closed the connection without an answer")
        return answer

    @property
    def where(self) -> str:
        return _named(self.host, self.port)

    async def close(self) -> None:
        """Say what is left to say and close; cut the connection off where the peer does not take that."""
        self.writer.close()
        try:
            async with asyncio.timeout(CLOSE):
                await self.writer.wait_closed()
        except OSError:
            pass
        finally:
            self.writer.transport.abort()

    @contextlib.contextmanager
    def _told(self, when: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Unreachable(self.where, f"{_why(error)} {when}") from None


@contextlib.asynccontextmanager
async def opened(profile: Profile) -> AsyncIterator[Stream]:
    """Give an open stream to the profile's service, and close it afterwards; raises Unreachable."""
    stream = await dial(profile)
    try:
        yield stream
    finally:
        await stream.close()


async def dial(profile: Profile) -> Stream:
    """Return an open stream to the profile's service; raises Unreachable."""
    address = profile.address
    where = _named(address.host, address.port)
    context = _context(profile) if profile.tls else None
    proxy = _proxy(profile)
    try:
        async with asyncio.timeout(CONNECT):
            if proxy is None:
                reader, writer = await asyncio.open_connection(
                    address.host, address.port, ssl=context, happy_eyeballs_delay=_NEXT_ADDRESS
                )
                return Stream(reader, writer, address.host, address.port)
            return await _through(proxy, address.host, address.port, context)
    except (OSError, UnicodeError) as error:
        raise Unreachable(where, _why(error)) from None


async def _through(proxy: str, host: str, port: int, context: ssl.SSLContext | None) -> Stream:
    """Have a forward proxy make the connection (RFC 9110, 9.3.6), and speak TLS inside it."""
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    hop = parts.hostname or "", parts.port or 80
    reader, writer = await asyncio.open_connection(*hop)
    target = _named(host, port)
    fields = [("Host", target)]
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        fields.append(("Proxy-Authorization", f"Basic {base64.b64encode(pair).decode()}"))
    stream = Stream(reader, writer, host, port)
    try:
        answer = await stream.ask(Request(target, Headers.of(fields), method="CONNECT"))
        if answer.status is None or not 200 <= answer.status < 300:
            raise Unreachable(
                target, f"the forward proxy {_named(*hop)} answered {answer.status or answer.kind}"
            )
        if context is not None:
            await writer.start_tls(context, server_hostname=host)
    except BaseException:
        await stream.close()
        raise
    return stream


def _proxy(profile: Profile) -> str | None:
    if profile.is_here or proxy_bypass(profile.address.host):
        return None
    proxies = getproxies_environment()
    return proxies.get("https" if profile.tls else "http") or proxies.get("all")


def _context(profile: Profile) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=profile.ca_file)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it holds no certificates"
        raise UnreadableInput(
            str(profile.ca_file), why, "Name a PEM file with the authorities to trust."
        ) from None
    context.set_alpn_protocols(["http/1.1"])  # over HTTP/2 the upgrade would be lost
    return context


async def _read(reader: asyncio.StreamReader, answer: AnswerReader) -> Answer:
    while not answer.done:
        data = await reader.read(65536)
        if not data:
            answer.feed_eof()
            break
        answer.feed(data)
    return answer.answer()


def _named(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _why(error: Exception) -> str:
    """What the system says, in words that tell what to look at."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted ({error.verify_message})"
        case ssl.SSLError():
            reason = (error.reason or "no reason given").replace("_", " ").lower()
            return f"TLS failed ({reason}); if the port speaks none, the URL begins with http://"
        case socket.gaierror() | UnicodeError():
            return "its name is not known"
        case ConnectionRefusedError():
            return _REFUSED
        case TimeoutError():
            return "no answer came in time"
        case ConnectionResetError() | BrokenPipeError():
            return "the connection was reset"
    if f"[Errno {errno.ECONNREFUSED}]" in str(error):  # asyncio's text for several addresses
        return _REFUSED
    return getattr(error, "strerror", None) or "no address of it answers"
