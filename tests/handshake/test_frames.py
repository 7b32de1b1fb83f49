import tracemalloc
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.frame_protocol import FrameProtocol
from wsproto.frame_protocol import Opcode as WsprotoOpcode

from ws101.handshake.frames import KEPT, Close, Frame, FrameReader, Opcode, build_frame, parse_close

MASK = b"\x01\x02\x03\x04"
SERVER = b""


def read(*chunks: bytes, extensions: tuple[str, ...] = ()) -> tuple[list[Frame], tuple[str, ...]]:
    reader = FrameReader(extensions)
    frames = [frame for chunk in chunks for frame in reader.feed(chunk)]
    return frames, tuple(breach.section for breach in reader.breaches)


def each_byte(data: bytes) -> list[bytes]:
    return [data[i : i + 1] for i in range(len(data))]


def message(*parts: bytes, opcode: int = 1) -> bytes:
    """Return a message in fragments, a server's."""
    first, last = 0, len(parts) - 1
    frames = [build_frame(opcode if n == first else 0, part, SERVER) for n, part in enumerate(parts)]
    return b"".join(bytes([f[0] if n == last else f[0] & 0x7F]) + f[1:] for n, f in enumerate(frames))


def close(payload: bytes) -> bytes:
    return build_frame(Opcode.CLOSE, payload, SERVER)


TEXT = build_frame(Opcode.TEXT, b"hi", SERVER)
PING = build_frame(Opcode.PING, b"p", SERVER)
BYE = close(b"\x03\xe8")


@pytest.mark.parametrize("data", [
    TEXT, PING, TEXT + PING + TEXT, b"\x81\x00", message(b"a", b"b", b"c"), message("é".encode()[:1], "é".encode()[1:]),
    message(b"a", b"b")[:3] + PING + message(b"a", b"b")[3:], message(b"\xff", opcode=2), TEXT + BYE, close(b""),
    close(b"\x0f\xa0caf\xc3\xa9"), build_frame(2, b"x" * 126, SERVER), build_frame(2, b"x" * 65536, SERVER), b"",
])  # fmt: skip
def test_legal_frames_break_nothing(data: bytes) -> None:
    frames, breaches = read(data)
    assert breaches == ()
    assert read(*each_byte(data)) == (frames, breaches)


@pytest.mark.parametrize(("data", "section"), [
    (build_frame(Opcode.TEXT, b"hi", MASK), "RFC 6455, 5.1"),
    (b"\xc1\x02hi", "RFC 6455, 5.2"),
    (b"\xa1\x02hi", "RFC 6455, 5.2"),
    (b"\x83\x02hi", "RFC 6455, 5.2"),
    (b"\x8b\x00", "RFC 6455, 5.2"),
    (b"\x81\x7e\x00\x02hi", "RFC 6455, 5.2"),
    (b"\x81\x7f" + (2).to_bytes(8, "big") + b"hi", "RFC 6455, 5.2"),
    (b"\x82\x7f" + b"\xff" * 8 + b"hi", "RFC 6455, 5.2"),
    (b"HTTP/1.1 200 OK\r\n\r\n", "RFC 6455, 5.2"),
    (TEXT + b"HTTP/1.0 400 Bad Request\r\n\r\n", "RFC 6455, 5.2"),
    (b"HTTx", "RFC 6455, 5.5"),
    (b"<html>", "RFC 6455, 5.2"),
    (build_frame(Opcode.PING, b"x" * 126, SERVER), "RFC 6455, 5.5"),
    (b"\x09\x00", "RFC 6455, 5.5"),
    (b"\x80\x00", "RFC 6455, 5.4"),
    (b"\x01\x00" + TEXT, "RFC 6455, 5.4"),
    (BYE + TEXT, "RFC 6455, 5.5.1"),
    (close(b"\x03"), "RFC 6455, 5.5.1"),
    (close(b"\x03\xe8\xff"), "RFC 6455, 5.5.1"),
    (build_frame(Opcode.TEXT, b"\xff", SERVER), "RFC 6455, 8.1"),
    (build_frame(Opcode.TEXT, b"\xc3", SERVER), "RFC 6455, 8.1"),
    (message(b"a", b"\xff"), "RFC 6455, 8.1"),
    *((close(code.to_bytes(2, "big")), "RFC 6455, 7.4") for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535)),
])  # fmt: skip
def test_one_damage_breaks_one_rule(data: bytes, section: str) -> None:
    frames, breaches = read(data)
    assert breaches == (section,)
    assert read(*each_byte(data)) == (frames, breaches)
    assert read(data + data)[1][:1] == breaches


@pytest.mark.parametrize(
    "code", [1000, 1001, 1002, 1003, 1007, 1008, 1011, 1012, 1013, 1014, 3000, 4000, 4999]
)
def test_close_codes_that_may_be_sent(code: int) -> None:
    frames, breaches = read(close(code.to_bytes(2, "big") + b"why"))
    assert [(f.close_code, f.close_reason, f.close) for f in frames] == [(code, "why", Close(code, "why"))]
    assert breaches == ()


def test_a_close_without_a_code_and_frames_that_are_no_close() -> None:
    (empty,), _ = read(close(b""))
    (text,), _ = read(TEXT)
    assert (empty.close, empty.close_code, empty.close_reason) == (Close(), None, "")
    assert (text.close, text.close_code, text.close_reason) == (None, None, "")
    assert parse_close(b"\x03") == Close()
    assert parse_close(b"\x03\xe8\xff") == Close(1000, "\ufffd")


@pytest.mark.parametrize(("extensions", "first", "broken"), [
    ((), 0xC1, True), (("permessage-deflate",), 0xC1, False), (("permessage-deflate",), 0xA1, True), (("permessage-deflate",), 0xC9, True),
    (("x-other",), 0xA1, False), (("permessage-deflate", "x-other"), 0xF1, False),
])  # fmt: skip
def test_reserved_bits_belong_to_extensions(extensions: tuple[str, ...], first: int, broken: bool) -> None:
    assert bool(read(bytes([first, 1]) + b"a", extensions=extensions)[1]) is broken


def test_compressed_text_is_not_held_to_be_utf_8() -> None:
    assert read(b"\xc1\x01\xff", extensions=("permessage-deflate",))[1] == ()


def test_a_masked_frame_is_unmasked_and_kept_as_it_came() -> None:
    data = build_frame(Opcode.TEXT, b"hello", MASK)
    (frame,), _ = read(data)
    assert (frame.payload, frame.raw, frame.broken) == (b"hello", data, True)


def test_what_follows_a_lost_frame_is_ignored() -> None:
    frames, breaches = read(TEXT, b"HTTP/1.1 200 OK\r\n\r\n", TEXT, BYE)
    assert ([frame.broken for frame in frames], breaches) == ([False], ("RFC 6455, 5.2",))


def test_a_great_payload_is_passed_over() -> None:
    size = 32 << 20
    reader = FrameReader()
    tracemalloc.start()
    assert reader.feed(b"\x82\x7f" + size.to_bytes(8, "big")) == []
    frames = [frame for _ in range(size >> 16) for frame in reader.feed(b"x" * 65536)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(f.opcode, f.payload, f.length, len(f.raw)) for f in frames] == [
        (2, b"x" * KEPT, size, KEPT + 10)
    ]
    assert peak < 1 << 20


@pytest.mark.parametrize("mask", [b"\x01", b"\x01" * 5])
def test_a_mask_of_another_size_is_refused(mask: bytes) -> None:
    with pytest.raises(ValueError, match="4 bytes"):
        build_frame(1, b"", mask)


@given(
    st.binary(max_size=300),
    st.lists(st.integers(0, 300)),
    st.sampled_from([(), ("permessage-deflate",), ("x",)]),
)
def test_no_bytes_raise_and_splitting_changes_nothing(
    data: bytes, cuts: list[int], extensions: tuple[str, ...]
) -> None:
    edges = [0, *sorted(cuts), len(data)]
    pieces = [data[a:b] for a, b in pairwise(edges)]
    assert (
        read(*pieces, extensions=extensions)
        == read(data, extensions=extensions)
        == read(*each_byte(data), extensions=extensions)
    )


payloads = st.one_of(st.binary(max_size=140), st.integers(65530, 65540).map(bytes))


@given(payloads, st.one_of(st.just(b""), st.binary(min_size=4, max_size=4)))
def test_what_is_built_is_read_back(payload: bytes, mask: bytes) -> None:
    (frame,), breaches = read(build_frame(Opcode.BINARY, payload, mask))
    assert (frame.payload, frame.length, frame.fin, frame.opcode) == (payload[:KEPT], len(payload), True, 2)
    assert breaches == (("RFC 6455, 5.1",) if mask else ())


@given(payloads, st.binary(min_size=4, max_size=4))
def test_wsproto_reads_a_clients_frame_alike(payload: bytes, mask: bytes) -> None:
    server = FrameProtocol(client=False, extensions=[])
    server.receive_bytes(build_frame(Opcode.BINARY, payload, mask))
    got = list(server.received_frames())
    assert b"".join(bytes(frame.payload) for frame in got) == payload
    assert (got[-1].opcode, got[-1].message_finished) == (WsprotoOpcode.BINARY, True)


@given(st.integers(1000, 1003) | st.integers(3000, 4999), st.text(max_size=30), st.binary(max_size=80))
def test_a_wsproto_servers_frames_break_nothing(code: int, reason: str, payload: bytes) -> None:
    server: Any = FrameProtocol(client=False, extensions=[])
    data = (
        server.ping(payload)
        + server.send_data("text ✓", fin=False)
        + server.send_data("é", fin=True)
        + server.close(code, reason)
    )
    frames, breaches = read(data)
    assert breaches == ()
    assert [frame.opcode for frame in frames] == [9, 1, 0, 8]
    assert frames[0].payload == payload
    assert frames[-1].close_code == code
    assert reason.startswith(frames[-1].close_reason)
