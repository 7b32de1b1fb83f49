"""One socket to the service: the handshake, whose refusal is kept whole, then text messages in and out."""

import secrets
from collections.abc import Callable
from urllib.parse import urlencode

from msgspec import field
from websockets.frames import Frame, Opcode
from websockets.protocol import CLIENT, OPEN, Protocol

from ws101.handshake.accept import new_key
from ws101.handshake.answer import Answer
from ws101.handshake.checks import check_answer, fatal
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request, opening
from ws101.private import Private
from ws101.timers.client import lines, network, refusal
from ws101.timers.client.profile import SOCKET_PATH, Profile
from ws101.timers.clock import Clock

_LARGEST = 16 << 20  # bytes; a snapshot holds all that a user has


class Closed(Exception):  # noqa: N818 - read as the fact that it is
    """The connection has ended; `code` is None when no close frame came."""

    def __init__(self, code: int | None, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code, self.reason = code, reason


class Place(Private, frozen=True):
    """Where to connect, with which query, and with which token."""

    profile: Profile
    query: dict[str, str] = field(default_factory=dict)
    token: str = ""

    @property
    def url(self) -> str:
        return f"{self.profile.socket_url}{self._question}"

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The fields beside those of RFC 6455 and the token."""
        return (("User-Agent", network.USER_AGENT),)

    def request(self, key: str, trace_id: str) -> Request:
        """Return the handshake."""
        fields = [*self.headers, ("X-Request-Id", trace_id), ("Authorization", f"Bearer {self.token}")]
        target = f"{self.profile.root}{SOCKET_PATH}{self._question}"
        return opening(self.profile.host, target, key, Headers.of(fields))

    @property
    def _question(self) -> str:
        return f"?{urlencode(self.query)}" if self.query else ""


async def connect(place: Place, clock: Clock, log: Callable[[list[str]], None]) -> "Connection":
    """Return an open connection; raise Refused or Unreachable, with the guide's lines written to `log` either way."""
    try:
        stream = await network.dial(place.profile)
        try:
            return await _shake_hands(stream, place, clock, log)
        except BaseException:
            await stream.close()
            raise
    except refusal.Unreachable as error:
        log(lines.unreachable(str(error)))
        raise


async def _shake_hands(
    stream: network.Stream, place: Place, clock: Clock, log: Callable[[list[str]], None]
) -> "Connection":
    trace_id = secrets.token_hex(16)
    request = place.request(new_key(secrets.token_bytes(16)), trace_id)

    def sent(written: bytes) -> None:
        log(lines.attempted(written, host=stream.host, port=stream.port, tls=stream.tls))

    answer = await stream.ask(request, sent=sent)
    why = _why_not(request, answer, clock, trace_id)
    if why is not None:
        log(lines.refused(why.status, why.line))
        raise refusal.Refused(why)
    log(lines.connected())
    return Connection(stream, answer.rest)


def _why_not(request: Request, answer: Answer, clock: Clock, trace_id: str) -> refusal.Refusal | None:
    if answer.status != 101:
        return refusal.read(answer, clock.now(), trace_id)
    breaches = fatal(check_answer(request, answer))
    if not breaches:
        return None
    detail = "; ".join(f"{breach.text} ({breach.section})" for breach in breaches)
    return refusal.Refusal(101, "The answer breaks the protocol", detail, trace_id=trace_id)


class Connection:
    """An open socket; nothing that is cancelled loses a message."""

    def __init__(self, stream: network.Stream, rest: bytes) -> None:
        self._stream = stream
        self._protocol = Protocol(CLIENT, state=OPEN, max_size=_LARGEST)
        self._pieces: list[bytes] = []
        self._messages: list[bytes] = []
        self._take(rest)

    async def receive(self) -> bytes:
        """Return the next message; raise Closed when there will be none."""
        while not self._messages:
            if self._protocol.close_rcvd is not None:
                raise Closed(self._protocol.close_rcvd.code, self._protocol.close_rcvd.reason)
            if self._protocol.parser_exc is not None:
                raise Closed(None, "the service's frames break RFC 6455")
            try:
                data = await self._stream.reader.read(65536)
            except OSError:
                data = b""
            if not data:
                raise Closed(None, "the connection broke")
            self._take(data)
        return self._messages.pop(0)

    def send(self, message: bytes) -> None:
        """Send a text message; one that cannot be sent any more is dropped, and `receive` tells why."""
        if self._protocol.state is OPEN:
            self._protocol.send_text(message)
            self._flush()

    async def close(self, code: int = 1000) -> None:
        """Say goodbye and close."""
        if self._protocol.state is OPEN:
            self._protocol.send_close(code)
            self._flush()
        await self._stream.close()

    def _take(self, data: bytes) -> None:
        if data:
            self._protocol.receive_data(data)
        self._flush()
        for event in self._protocol.events_received():
            assert isinstance(event, Frame)
            if event.opcode in {Opcode.TEXT, Opcode.CONT}:
                self._pieces.append(bytes(event.data))
                if event.fin:
                    self._messages.append(b"".join(self._pieces))
                    self._pieces.clear()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:  # an empty one asks for the end of writing, which TLS does not have
                self._stream.writer.write(data)
