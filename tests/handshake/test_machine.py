from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.handshake.accept import accept_value
from ws101.handshake.answer import Answer, Kind
from ws101.handshake.frames import Opcode, build_frame
from ws101.handshake.headers import Headers
from ws101.handshake.machine import TABLE, Event, Handshake, State, What, accepted_extensions
from ws101.handshake.request import build, opening

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
REQUEST = opening("h", "/", KEY, Headers((("Sec-WebSocket-Extensions", "permessage-deflate"),)))
SWITCH = f"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept_value(KEY)}\r\n".encode()
OPEN = SWITCH + b"\r\n"
TEXT = build_frame(Opcode.TEXT, b"hi", b"")
BYE = build_frame(Opcode.CLOSE, b"\x03\xf0no", b"")

CONVERSATIONS = [
    ("open", OPEN, False, [What.SWITCHED], State.OPEN),
    ("open-and-cut", OPEN, True, [What.SWITCHED, What.ENDED], State.CLOSED),
    ("frames", OPEN + TEXT + TEXT, False, [What.SWITCHED, What.FRAME, What.FRAME], State.OPEN),
    ("closed", OPEN + TEXT + BYE, True, [What.SWITCHED, What.FRAME, What.CLOSE], State.CLOSED),
    ("frame-after-close", OPEN + BYE + TEXT, False, [What.SWITCHED, What.CLOSE], State.CLOSED),
    ("masked", OPEN + TEXT + build_frame(1, b"x", b"abcd"), False, [What.SWITCHED, What.FRAME, What.BROKEN_FRAMES], State.FAILED),
    ("http-in-the-stream", OPEN + b"HTTP/1.1 200 OK\r\n\r\n", True, [What.SWITCHED, What.BROKEN_FRAMES], State.FAILED),
    ("compressed", SWITCH + b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n\xc1\x01\xff", False, [What.SWITCHED, What.FRAME], State.OPEN),
    ("reserved-bit", OPEN + b"\xc1\x01a", False, [What.SWITCHED, What.BROKEN_FRAMES], State.FAILED),
    ("content-length", SWITCH + b"Content-Length: 0\r\n\r\n", False, [What.SWITCHED], State.OPEN),
    ("wrong-accept", OPEN.replace(b"Accept: ", b"Accept: x"), False, [What.BROKEN_SWITCH], State.FAILED),
    ("half-a-101", SWITCH, True, [What.VANISHED], State.FAILED),
    ("refused", b"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno" + OPEN, True, [What.ANSWERED], State.REFUSED),
    ("refused-till-close", b"HTTP/1.1 403 No\r\n\r\nno", True, [What.ANSWERED], State.REFUSED),
    ("refusing-still", b"HTTP/1.1 403 No\r\n\r\nno", False, [], State.ANSWERING),
    ("interim", b"HTTP/1.1 103 Early Hints\r\n\r\n" + OPEN, False, [What.SWITCHED], State.OPEN),
    ("greeting", b"SSH-2.0-x\r\n", False, [What.STRANGE], State.FAILED),
    ("no-status", b"HTTP/1.1 abc\r\n\r\n", True, [What.STRANGE], State.FAILED),
    ("nothing", b"", True, [What.VANISHED], State.FAILED),
]  # fmt: skip


def converse(*chunks: bytes, eof: bool) -> tuple[Handshake, list[Event]]:
    handshake = Handshake(REQUEST)
    handshake.data_to_send()
    events = [event for chunk in chunks for event in handshake.receive(chunk)]
    return handshake, events + (handshake.receive_eof() if eof else [])


@pytest.mark.parametrize(
    ("data", "eof", "whats", "state"), [c[1:] for c in CONVERSATIONS], ids=[c[0] for c in CONVERSATIONS]
)
def test_a_conversation_goes_alike_whole_and_in_bytes(
    data: bytes, eof: bool, whats: list[What], state: State
) -> None:
    whole, events = converse(data, eof=eof)
    single, in_bytes = converse(*(data[i : i + 1] for i in range(len(data))), eof=eof)
    assert [event.what for event in events] == [event.what for event in in_bytes] == whats
    assert whole.state == single.state == state
    assert (whole.answer.status, whole.breaches) == (single.answer.status, single.breaches)


def test_the_request_is_sent_once() -> None:
    handshake = Handshake(REQUEST)
    assert handshake.state is State.CONNECTING
    assert handshake.data_to_send() == build(REQUEST)
    assert handshake.state is State.ANSWERING
    assert handshake.data_to_send() == b""


def test_a_peer_may_speak_first() -> None:
    handshake = Handshake(REQUEST)
    assert [event.what for event in handshake.receive(b"220 mail ESMTP\r\n")] == [What.STRANGE]
    assert (handshake.state, handshake.answer.kind) == (State.FAILED, Kind.BANNER)
    assert handshake.data_to_send() == b""


def test_events_keep_the_bytes_that_they_came_from() -> None:
    _, events = converse(OPEN + TEXT + BYE, eof=False)
    assert [event.raw for event in events] == [OPEN, TEXT, BYE]
    assert events[-1].frame is not None
    assert (events[-1].frame.close_code, events[-1].frame.close_reason) == (1008, "no")


def test_a_great_first_chunk_loses_no_frame() -> None:
    great = build_frame(Opcode.BINARY, bytes(200_000), b"")
    _, events = converse(OPEN + great + TEXT, eof=False)
    assert [event.what for event in events] == [What.SWITCHED, What.FRAME, What.FRAME]


def test_breaches_are_those_of_the_answer_and_of_the_frames() -> None:
    handshake, _ = converse(SWITCH + b"Content-Length: 0\r\n\r\n" + build_frame(1, b"x", b"abcd"), eof=False)
    assert [breach.section for breach in handshake.breaches] == ["RFC 9110, 8.6", "RFC 6455, 5.1"]


def test_what_is_over_stays_over() -> None:
    for state in (State.REFUSED, State.CLOSED, State.FAILED):
        assert TABLE[state] == {}
    handshake, _ = converse(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", eof=True)
    assert handshake.receive(OPEN) == handshake.receive_eof() == []


def test_every_state_has_a_row_and_every_event_and_state_is_reached() -> None:
    assert set(TABLE) == set(State)
    assert {what for row in TABLE.values() for what in row} == set(What)
    assert {state for row in TABLE.values() for state in row.values()} == set(State) - {State.CONNECTING}


@pytest.mark.parametrize(("value", "names"), [
    ("permessage-deflate; server_no_context_takeover", ("permessage-deflate",)), ("A, b", ("a", "b")), ("a b", ()), ("", ()),
])  # fmt: skip
def test_accepted_extensions(value: str, names: tuple[str, ...]) -> None:
    assert (
        accepted_extensions(Answer(Kind.HTTP, headers=Headers((("Sec-WebSocket-Extensions", value),))))
        == names
    )


@given(
    st.sampled_from([b"", SWITCH, OPEN]),
    st.binary(max_size=200),
    st.lists(st.integers(0, 400)),
    st.booleans(),
)
def test_no_bytes_raise_and_splitting_changes_nothing(
    head: bytes, tail: bytes, cuts: list[int], eof: bool
) -> None:
    data = head + tail
    edges = [0, *sorted(cuts), len(data)]
    whole, events = converse(data, eof=eof)
    split, in_pieces = converse(*(data[a:b] for a, b in pairwise(edges)), eof=eof)
    assert [event.what for event in events] == [event.what for event in in_pieces]
    assert (whole.state, whole.breaches) == (split.state, split.breaches)
