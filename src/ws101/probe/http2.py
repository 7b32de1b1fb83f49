"""The same request as a plain GET in HTTP/2 frames (RFC 9113), which have no Upgrade; the answer as any other."""

import asyncio
import ssl
from collections.abc import Callable

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import ConnectionTerminated, DataReceived, Event, ResponseReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError
from msgspec.structs import replace

from ws101.attempt import Ending
from ws101.handshake.answer import Answer, Kind
from ws101.handshake.body import decode
from ws101.handshake.headers import Headers
from ws101.handshake.reader import AnswerReader
from ws101.handshake.request import Request
from ws101.probe.limits import Limits
from ws101.probe.reading import Reading, hasten
from ws101.probe.secure import failure
from ws101.probe.stream import Stream, ending_of, words_of

# RFC 9113, 8.2.2; Host becomes :authority.
_CONNECTION_SPECIFIC = ("Host", "Connection", "Upgrade", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "TE",
                        "Content-Length", "HTTP2-Settings")  # fmt: skip


def fields(request: Request, scheme: str) -> list[tuple[bytes, bytes]]:
    """Return the header list of the request: what HTTP/2 cannot carry left out, names in lower case."""
    pseudo = (
        (":method", "GET"),
        (":scheme", scheme),
        (":authority", request.headers.get("host")),
        (":path", request.target),
    )
    kept = request.headers.without(*_CONNECTION_SPECIFIC)
    return [
        (name.lower().encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, value in (*pseudo, *kept)
    ]


class Http2Exchange:
    """One GET over a stream; `sent` holds the bytes that went out up to the request's end."""

    def __init__(self, stream: Stream, limits: Limits) -> None:
        self._stream, self._limits = stream, limits
        config = H2Configuration(client_side=True, header_encoding=None, validate_outbound_headers=False)
        self._connection = H2Connection(config)
        self._status: int | None = None
        self._headers = Headers()
        self._raw, self._body = bytearray(), bytearray()
        self._whole = False
        self._detail = ""
        self.sent = b""

    async def get(self, request: Request, scheme: str, first_byte: Callable[[], None]) -> Reading:
        """Send the request and read until the answer is whole, the peer ends or a limit is reached."""
        ending = Ending.ANSWERED
        try:
            async with asyncio.timeout(self._limits.answer) as deadline:
                self._connection.initiate_connection()
                self._connection.send_headers(1, fields(request, scheme), end_stream=True)
                self.sent = self._connection.data_to_send()
                await self._stream.send(self.sent)
                ending = await self._read(first_byte, deadline)
        except TimeoutError:
            ending, self._detail = Ending.SILENT, f"waited {self._limits.answer:g} s"
        except ssl.SSLError as error:
            raise failure(error) from None
        except OSError as error:
            ending, self._detail = ending_of(error), words_of(error)
        except ProtocolError as error:
            ending, self._detail = Ending.CLOSED, f"the peer breaks HTTP/2: {type(error).__name__}"
        answer = self._answer(request)
        if answer.status is not None:
            return Reading(answer, Ending.ANSWERED, head_is_whole=True)
        return Reading(answer, ending, head_is_whole=False, detail=self._detail)

    async def _read(self, first_byte: Callable[[], None], deadline: asyncio.Timeout) -> Ending:
        while not self._whole and len(self._raw) < self._limits.head_bytes + self._limits.body_bytes:
            data = await self._stream.receive()
            if not data:
                return Ending.CLOSED
            if not self._raw:
                first_byte()
            self._raw += data
            if self._raw.startswith(b"HTTP/"):
                return Ending.CLOSED
            answered = self._status is not None
            for event in self._connection.receive_data(data):
                ending = self._take(event)
                if ending is not None:
                    return ending
            if self._status is not None and not answered:
                hasten(deadline, self._limits.body)
            await self._stream.send(self._connection.data_to_send())
        return Ending.ANSWERED

    def _take(self, event: Event) -> Ending | None:
        """Note what one event says; return how the exchange ended when it did."""
        match event:
            case ResponseReceived(headers=headers):
                pairs = [
                    (bytes(name).decode("latin-1"), bytes(value).decode("latin-1"))
                    for name, value in headers or ()
                ]
                self._status = next(
                    (int(value) for name, value in pairs if name == ":status" and value.isdigit()), None
                )
                self._headers = Headers.of(pair for pair in pairs if not pair[0].startswith(":"))
            case DataReceived(data=data, flow_controlled_length=length):
                self._body += (data or b"")[: self._limits.body_bytes - len(self._body)]
                self._connection.acknowledge_received_data(length or 0, 1)
            case StreamEnded():
                self._whole = True
            case StreamReset(error_code=code):
                self._detail = f"RST_STREAM {_name(code)}"
                return Ending.RESET
            case ConnectionTerminated(error_code=code) if code:
                self._detail = f"GOAWAY {_name(code)}"
                return Ending.CLOSED
        return None

    def _answer(self, request: Request) -> Answer:
        if self._status is None:
            reader = AnswerReader(request)  # it knows what the bytes are when they are no HTTP/2
            reader.feed(bytes(self._raw))
            return replace(reader.answer(), complete=False)
        limit = self._limits.body_bytes
        body, cut, breaches = decode(bytes(self._body), self._headers.tokens("content-encoding"), limit)
        return Answer(
            Kind.HTTP,
            bytes(self._raw),
            version="HTTP/2",
            status=self._status,
            headers=self._headers,
            body=body,
            complete=self._whole and not cut,
            breaches=breaches,
        )


def _name(code: ErrorCodes | int | None) -> str:
    return code.name if isinstance(code, ErrorCodes) else str(code)
