"""A client's whole handshake as one table of states and events (RFC 6455, 4.1); bytes in, events out, nothing sent."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from ws101.handshake import grammar
from ws101.handshake.answer import Answer, Breach, Kind
from ws101.handshake.checks import check_answer, fatal
from ws101.handshake.frames import Frame, FrameReader, Opcode
from ws101.handshake.reader import AnswerReader
from ws101.handshake.request import Request, build


class State(StrEnum):
    """How far a handshake has come."""

    CONNECTING = "the request has not been sent"
    ANSWERING = "the answer has not come in full"
    OPEN = "a 101 came that a client keeps"
    REFUSED = "an answer came that is no 101"
    CLOSED = "it was open, and the peer ended it"
    FAILED = "the client must fail the connection"


class What(StrEnum):
    """What can happen to a handshake."""

    SENT = "the request was taken to be sent"
    SWITCHED = "a 101 came that breaks no rule of RFC 6455"
    BROKEN_SWITCH = "a 101 came that breaks a rule of RFC 6455"
    ANSWERED = "an HTTP answer came that is no 101"
    STRANGE = "something came that is no HTTP answer"
    VANISHED = "the peer closed before its answer was whole"
    FRAME = "a frame came"
    CLOSE = "a close frame came"
    BROKEN_FRAMES = "the frames break a rule of RFC 6455"
    ENDED = "the peer closed"


# A peer may answer before it was asked: a banner, a proxy that refuses the connection.
_ANSWERS = {
    What.SWITCHED: State.OPEN,
    What.BROKEN_SWITCH: State.FAILED,
    What.ANSWERED: State.REFUSED,
    What.STRANGE: State.FAILED,
    What.VANISHED: State.FAILED,
}

TABLE: Mapping[State, Mapping[What, State]] = {
    State.CONNECTING: {What.SENT: State.ANSWERING, **_ANSWERS},
    State.ANSWERING: _ANSWERS,
    State.OPEN: {
        What.FRAME: State.OPEN,
        What.CLOSE: State.CLOSED,
        What.BROKEN_FRAMES: State.FAILED,
        What.ENDED: State.CLOSED,
    },
    State.REFUSED: {},
    State.CLOSED: {},
    State.FAILED: {},
}


class Event(Struct, frozen=True):
    """One thing that happened and the bytes that it came from, cut at the readers' limits."""

    what: What
    raw: bytes = b""
    frame: Frame | None = None
    breaches: tuple[Breach, ...] = ()


class Handshake:
    """One handshake; `breaches` are the rules that the answer and the frames after it broke."""

    def __init__(self, request: Request, head_limit: int = 65536, body_limit: int = 65536) -> None:
        self.state = State.CONNECTING
        self._request = request
        self._reader = AnswerReader(request, head_limit, body_limit)
        self._checked: tuple[Breach, ...] = ()
        self._frames = FrameReader()
        self._switched = False
        self._received = 0

    @property
    def answer(self) -> Answer:
        return self._reader.answer()

    @property
    def breaches(self) -> tuple[Breach, ...]:
        return (*self._checked, *self._frames.breaches)

    def data_to_send(self) -> bytes:
        """Return the request's bytes the first time, and nothing thereafter."""
        if self.state is not State.CONNECTING:
            return b""
        self._happen(Event(What.SENT))
        return build(self._request)

    def receive(self, data: bytes) -> list[Event]:
        """Take the bytes that came next and return what they made happen."""
        if self._switched:
            return self._receive_frames(data)
        if not TABLE[self.state]:
            return []
        self._received += len(data)
        self._reader.feed(data)
        if not self._reader.done:
            return []
        answer = self.answer
        event = self._end_answer(answer)
        if not self._switched:
            return [event]
        after_head = len(data) - (self._received - len(answer.raw))
        return [event, *self._receive_frames(data[after_head:])]

    def receive_eof(self) -> list[Event]:
        """Take note that the peer has closed, and return what that made happen."""
        if self.state is State.OPEN:
            return [self._happen(Event(What.ENDED))]
        if not TABLE[self.state]:
            return []
        self._reader.feed_eof()
        return [self._end_answer(self.answer)]

    def _happen(self, event: Event) -> Event:
        self.state = TABLE[self.state][event.what]
        return event

    def _end_answer(self, answer: Answer) -> Event:
        self._checked = check_answer(self._request, answer)
        event = self._happen(Event(_what(answer, self._checked), answer.raw, breaches=self._checked))
        if self.state is State.OPEN:
            self._switched = True
            self._frames = FrameReader(accepted_extensions(answer))
        return event

    def _receive_frames(self, data: bytes) -> list[Event]:
        events = []
        for frame in self._frames.feed(data):
            if self.state is not State.OPEN:
                break
            events.append(self._happen(self._frame_event(frame)))
        if self.state is State.OPEN and self._frames.breaches:
            events.append(self._happen(Event(What.BROKEN_FRAMES, data, breaches=self._frames.breaches)))
        return events

    def _frame_event(self, frame: Frame) -> Event:
        if frame.broken:
            return Event(What.BROKEN_FRAMES, frame.raw, frame, self._frames.breaches)
        return Event(What.CLOSE if frame.opcode == Opcode.CLOSE else What.FRAME, frame.raw, frame)


def accepted_extensions(answer: Answer) -> tuple[str, ...]:
    """Return the names of the extensions that a 101 accepts, in lower case; of a malformed value none."""
    values = answer.headers.get_all("sec-websocket-extensions")
    return tuple(member.name.lower() for value in values for member in grammar.extensions(value) or ())


def _what(answer: Answer, breaches: tuple[Breach, ...]) -> What:
    if answer.kind is Kind.NOTHING:
        return What.VANISHED
    if answer.kind is not Kind.HTTP or answer.status is None:
        return What.STRANGE
    if answer.status == 101:
        if not answer.complete:
            return What.VANISHED
        return What.BROKEN_SWITCH if fatal(breaches) else What.SWITCHED
    return What.ANSWERED
