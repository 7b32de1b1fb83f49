"""An answer from its bytes, however they are split: finds its kind, head and body; raises on nothing, keeps within limits."""

from enum import Enum, auto

from ws101.handshake.answer import Answer, Kind
from ws101.handshake.body import Body, SizedBody, body_of, decode
from ws101.handshake.head import Head
from ws101.handshake.request import Request
from ws101.handshake.sniff import SNIFFED, settled, sniff

_HTTP = b"HTTP/"
_MOST_BREACHES = 50


class _Stage(Enum):
    FIRST = auto()
    STRAY = auto()
    HEAD = auto()
    BODY = auto()
    REST = auto()
    OVER = auto()


class AnswerReader:
    """Reads the answer to one request; limits are in bytes. Interim answers (1xx) stay in `raw` and are passed over.

    `head_is_whole` tells that the final answer's head has come. `done` tells that no further byte
    can change what the answer is, or that a limit was reached; of a greeting or of what follows a 101 more may still be
    fed, and is kept up to the limits (`rest` up to `body_limit`).
    """

    def __init__(self, request: Request, head_limit: int = 65536, body_limit: int = 65536) -> None:
        self._method = request.method
        self._head_limit = head_limit
        self._body_limit = body_limit
        self._stage = _Stage.FIRST
        self._raw = bytearray()
        self._head_size = 0
        self._line = bytearray()
        self._head = Head()
        self._interim: Head | None = None
        self._body: Body = SizedBody(0)
        self._body_size = 0
        self._rest = bytearray()
        self._complete = False
        self._settled = False
        self.head_is_whole = False

    @property
    def done(self) -> bool:
        return self._stage in {_Stage.REST, _Stage.OVER} or self._settled

    def feed(self, data: bytes) -> None:
        """Take the bytes that came next."""
        at = 0
        while at < len(data) and self._stage is not _Stage.OVER:
            at = self._take(data, at)

    def feed_eof(self) -> None:
        """Take note that the peer has closed."""
        if self._stage in {_Stage.FIRST, _Stage.STRAY}:
            self._complete = bool(self._raw)
        elif self._stage is _Stage.HEAD and self._line and not self._head.begun:
            self._head.take(bytes(self._line) + b"\r\n")
        elif self._stage is _Stage.BODY:
            self._body.feed_eof()
            self._complete = self._body.over
        if self._stage is not _Stage.REST:
            self._stage = _Stage.OVER

    def answer(self) -> Answer:
        """Return the answer as far as it has come."""
        raw = bytes(self._raw)
        if not raw.startswith(_HTTP):
            kind, service = sniff(raw)
            body = raw[: self._body_limit] if kind is Kind.UNKNOWN else b""
            return Answer(kind, raw, body=body, complete=self._complete or self._settled, service=service)
        head = self._head if self._head.begun or self._interim is None else self._interim
        headers = head.headers
        codings = headers.tokens("content-encoding")
        body, cut, coding_breaches = decode(bytes(self._body.data), codings, self._body_limit)
        return Answer(
            Kind.HTTP,
            raw,
            version=head.version,
            status=head.status,
            reason=head.reason,
            headers=headers,
            body=body,
            rest=bytes(self._rest),
            complete=self._complete and not cut,
            breaches=(*head.breaches, *self._body.breaches, *coding_breaches)[:_MOST_BREACHES],
        )

    def _take(self, data: bytes, at: int) -> int:
        """Take bytes from `at` on and return where they end; every call takes some or ends the reading."""
        match self._stage:
            case _Stage.FIRST:
                return self._take_first(data, at)
            case _Stage.HEAD:
                return self._take_head(data, at)
            case _Stage.BODY:
                return self._take_body(data, at)
            case _Stage.REST:
                self._rest += data[at : at + self._body_limit - len(self._rest)]
            case _:
                self._take_stray(data, at)
        return len(data)

    def _take_first(self, data: bytes, at: int) -> int:
        self._raw.append(data[at])
        if self._raw == _HTTP:
            self._stage, self._line, self._head_size = _Stage.HEAD, bytearray(_HTTP), len(_HTTP)
        elif not _HTTP.startswith(self._raw):
            self._stage = _Stage.STRAY
            self._settled = settled(bytes(self._raw[:SNIFFED]))
        return at + 1

    def _take_stray(self, data: bytes, at: int) -> None:
        limit = self._head_limit + self._body_limit
        unsettled = len(self._raw) < SNIFFED
        self._raw += data[at : at + max(limit - len(self._raw), 0)]
        if unsettled and not self._settled:
            self._settled = settled(bytes(self._raw[:SNIFFED]))
        if len(self._raw) >= limit:
            self._stage = _Stage.OVER

    def _take_head(self, data: bytes, at: int) -> int:
        found = data.find(b"\n", at)
        end = min(len(data) if found < 0 else found + 1, at + max(self._head_limit - self._head_size, 0))
        self._raw += data[at:end]
        self._line += data[at:end]
        self._head_size += end - at
        if self._line.endswith(b"\n"):
            line = bytes(self._line)
            self._line.clear()
            if self._head.take(line):
                self._end_head()
        if self._stage is _Stage.HEAD and self._head_size >= self._head_limit:
            self._stage = _Stage.OVER
        return end

    def _end_head(self) -> None:
        status = self._head.status or 0
        if status == 101 or (self._method == "CONNECT" and 200 <= status < 300):
            self.head_is_whole = True
            self._stage, self._complete = _Stage.REST, True
        elif 100 <= status < 200:
            self._interim = self._head
            self._head = Head()
        else:
            self.head_is_whole = True
            self._body = body_of(self._method, self._head.status, self._head.headers)
            self._complete = self._body.over
            self._stage = _Stage.OVER if self._body.over else _Stage.BODY

    def _take_body(self, data: bytes, at: int) -> int:
        used = self._body.feed(data[at : at + self._body_limit - self._body_size])
        self._raw += data[at : at + used]
        self._body_size += used
        self._complete = self._body.over
        if self._body.over or self._body.broken or self._body_size >= self._body_limit:
            self._stage = _Stage.OVER
        return at + used
