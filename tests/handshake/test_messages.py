"""A client's messages from bytes: every rule, however the bytes are cut; the library `websockets` is the oracle."""

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ws101.handshake.frames import Opcode, build_frame
from ws101.handshake.messages import INVALID_TEXT, PROTOCOL_ERROR, TOO_BIG, Message, MessageReader

MASK = b"\x01\x02\x03\x04"
LIMIT = 70_000


def frame(opcode, payload, *, fin=True, mask=MASK):
    built = build_frame(opcode, payload, mask)
    return built if fin else bytes([built[0] & 0x7F]) + built[1:]


def read(*pieces, limit=LIMIT):
    reader = MessageReader(limit)
    messages = [message for piece in pieces for message in reader.feed(piece)]
    return messages, reader.failure.code if reader.failure else None


def by_bytes(data):
    return [data[i : i + 1] for i in range(len(data))]


CONVERSATIONS = {
    "a text": (frame(1, b'{"a":1}'), [(1, b'{"a":1}')], None),
    "an empty text": (frame(1, b""), [(1, b"")], None),
    "a text of 126 bytes": (frame(1, b"x" * 126), [(1, b"x" * 126)], None),
    "a text of 65,536 bytes": (frame(1, b"x" * 65_536), [(1, b"x" * 65_536)], None),
    "binary": (frame(2, b"\xff\x00"), [(2, b"\xff\x00")], None),
    "two texts": (frame(1, b"a") + frame(1, b"b"), [(1, b"a"), (1, b"b")], None),
    "fragments, a ping between": (
        frame(1, b"a", fin=False) + frame(9, b"p") + frame(0, b"", fin=False) + frame(0, b"b"),
        [(9, b"p"), (1, b"ab")],
        None,
    ),
    "a character cut by fragments": (
        frame(1, "é".encode()[:1], fin=False) + frame(0, "é".encode()[1:]),
        [(1, "é".encode())],
        None,
    ),
    "a close": (frame(8, b"\x03\xe8bye"), [(8, b"\x03\xe8bye")], None),
    "a close without a code": (frame(8, b""), [(8, b"")], None),
    "nothing after a close": (frame(8, b"\x03\xe8") + frame(1, b"a"), [(8, b"\x03\xe8")], None),
    "not masked": (frame(1, b"a", mask=b""), [], PROTOCOL_ERROR),
    "what came before a failure": (frame(1, b"a") + frame(1, b"b", mask=b""), [(1, b"a")], PROTOCOL_ERROR),
    "reserved bits": (bytes([0xC1]) + frame(1, b"a")[1:], [], PROTOCOL_ERROR),
    "a reserved opcode": (frame(3, b"a"), [], PROTOCOL_ERROR),
    "a reserved control opcode": (frame(11, b"a"), [], PROTOCOL_ERROR),
    "a long ping": (frame(9, b"x" * 126), [], PROTOCOL_ERROR),
    "a fragmented ping": (frame(9, b"x", fin=False), [], PROTOCOL_ERROR),
    "an orphan": (frame(0, b"x"), [], PROTOCOL_ERROR),
    "a message inside another": (frame(1, b"a", fin=False) + frame(1, b"b"), [], PROTOCOL_ERROR),
    "a length of too many bytes": (b"\x81\xfe\x00\x01" + MASK + b"x", [], PROTOCOL_ERROR),
    "a longer length of too many bytes": (b"\x81\xff" + (126).to_bytes(8, "big") + MASK, [], PROTOCOL_ERROR),
    "a close of one byte": (frame(8, b"\x03"), [], PROTOCOL_ERROR),
    "a close with 1005": (frame(8, b"\x03\xed"), [], PROTOCOL_ERROR),
    "a close whose reason is no UTF-8": (frame(8, b"\x03\xe8\xff"), [], INVALID_TEXT),
    "no UTF-8": (frame(1, b"\xff"), [], INVALID_TEXT),
    "no UTF-8 over fragments": (frame(1, b"\xc3", fin=False) + frame(0, b"x"), [], INVALID_TEXT),
    "too large": (frame(1, b"x" * (LIMIT + 1)), [], TOO_BIG),
    "too large, told by its header": (b"\x81\xff\xff" + b"\xff" * 7, [], TOO_BIG),
    "too large in fragments": (frame(1, b"x" * LIMIT, fin=False) + frame(0, b"x"), [], TOO_BIG),
}


@pytest.mark.parametrize(("data", "messages", "code"), CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_a_conversation_however_it_is_cut(data, messages, code):
    expected = ([Message(*message) for message in messages], code)
    assert read(data) == expected
    assert read(*by_bytes(data)) == expected
    assert read(data[:3], data[3:]) == expected


def test_fragments_without_content_cost_nothing():
    reader = MessageReader(LIMIT)
    assert reader.feed(frame(1, b"", fin=False) + frame(0, b"", fin=False) * 1000) == []
    assert reader.feed(frame(0, b"x")) == [Message(1, b"x")]


FRAMES = st.builds(
    frame,
    st.sampled_from([*Opcode, 3, 11]) | st.sampled_from([0, 1, 1, 1, 9]),
    st.binary(max_size=140) | st.text(max_size=40).map(str.encode),
    fin=st.booleans(),
    mask=st.sampled_from([MASK, MASK, MASK, MASK, b""]),
)


def judged_by_websockets(pieces):
    protocol = pytest.importorskip("websockets.protocol", reason="websockets (pip install websockets)")
    peer = protocol.Protocol(protocol.SERVER, max_size=LIMIT)
    for piece in pieces:
        if peer.state is protocol.State.OPEN:
            peer.receive_data(piece)
    whole, parts = [], []
    for event in peer.events_received():
        if event.opcode >= 8:
            whole.append(Message(int(event.opcode), bytes(event.data)))
            continue
        parts.append(event)
        if event.fin:
            whole.append(Message(int(parts[0].opcode), b"".join(bytes(part.data) for part in parts)))
            parts = []
    # It refuses a Close between the parts of a message, where RFC 6455, 5.4 allows any control frame.
    assume("incomplete fragmented" not in str(peer.parser_exc))
    return whole, peer.parser_exc is not None


@given(st.lists(FRAMES, max_size=8), st.lists(st.integers(1, 400), max_size=4))
def test_what_websockets_reads_is_read_alike(frames, cuts):
    data = b"".join(frames)
    edges = sorted({0, *(cut for cut in cuts if cut < len(data)), len(data)})
    pieces = [data[a:b] for a, b in itertools.pairwise(edges)]
    messages, code = read(*pieces)
    theirs, failed = judged_by_websockets(pieces)
    if code == INVALID_TEXT:  # the library leaves a text's UTF-8 to its user
        assert messages == theirs[: len(messages)]
    else:
        assert (messages, code is not None) == (theirs, failed)


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_no_bytes_make_it_raise(pieces):
    messages, _ = read(*pieces, limit=40)
    assert all(len(message.payload) <= 125 for message in messages)
