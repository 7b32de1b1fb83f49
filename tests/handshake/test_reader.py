"""Every case is read whole, byte by byte, and, where the answer ends by itself, with bytes after it."""

import gzip
import tracemalloc
import zlib
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import Struct

from ws101.handshake.answer import Answer, Kind
from ws101.handshake.headers import Headers
from ws101.handshake.reader import AnswerReader
from ws101.handshake.request import Request, opening

REQUEST = opening("h", "/", "dGhlIHNhbXBsZSBub25jZQ==")
HEAD = Request("/", method="HEAD")
CONNECT = Request("h:443", method="CONNECT")
BODY = b"what was asked for"
RAW_DEFLATE = zlib.compressobj(wbits=-15)
RAW_DEFLATED = RAW_DEFLATE.compress(BODY) + RAW_DEFLATE.flush()


def read(*chunks: bytes, request: Request = REQUEST, eof: bool = False, **limits: int) -> Answer:
    reader = AnswerReader(request, **limits)
    for chunk in chunks:
        reader.feed(chunk)
    if eof:
        reader.feed_eof()
    return reader.answer()


def single_bytes(data: bytes) -> Iterable[bytes]:
    return (data[i : i + 1] for i in range(len(data)))


def coded(coding: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %b\r\nContent-Length: %d\r\n\r\n" % (coding, len(body))
    return head + body


def chunked(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body


class Case(Struct):
    """`ends` when the answer ends by itself, so that what follows it is not its; `breaks` are sections."""

    name: str
    data: bytes
    expected: dict[str, Any]
    ends: bool = True
    request: Request = REQUEST
    breaks: tuple[str, ...] = ()


OK = {"kind": Kind.HTTP, "version": "HTTP/1.1", "status": 200, "reason": "OK", "complete": True}
CUT = {**OK, "complete": False}
CASES = [
    Case("content-length", b"HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n" + BODY, {**OK, "body": BODY}),
    Case("content-length-zero", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", {**OK, "body": b""}),
    Case("content-length-list", b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nab", {**OK, "body": b"ab"}),
    Case("content-length-short", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", {**CUT, "body": b"ab"}, ends=False),
    Case("content-length-no-number", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nab", {**OK, "body": b"ab"}, ends=False),
    Case("until-close", b"HTTP/1.1 200 OK\r\n\r\n" + BODY, {**OK, "body": BODY}, ends=False),
    Case("no-reason", b"HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", {**OK, "reason": ""}),
    Case("no-reason-no-space", b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", {**OK, "reason": ""}, breaks=("RFC 9112, 4",)),
    Case("http-1.0", b"HTTP/1.0 200 OK\r\n\r\nab", {**OK, "version": "HTTP/1.0", "body": b"ab"}, ends=False),
    Case("http-2.0", b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", {**OK, "version": "HTTP/2.0"}, breaks=("RFC 9112, 2.3",)),
    Case("http-2", b"HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n", {**OK, "version": "HTTP/2"}, breaks=("RFC 9112, 4", "RFC 9112, 2.3")),
    Case("status-of-four-digits", b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n", {**OK, "status": None}, breaks=("RFC 9112, 4",) * 2),
    Case("status-of-letters", b"HTTP/1.1 abc\r\nContent-Length: 0\r\n\r\n", {"status": None, "version": "HTTP/1.1"}, breaks=("RFC 9112, 4",) * 2),
    Case("status-unheard-of", b"HTTP/1.1 799 Eh\r\nContent-Length: 0\r\n\r\n", {"status": 799}),
    Case("status-line-of-one-word", b"HTTP/1.1\r\nContent-Length: 0\r\n\r\n", {"status": None}, breaks=("RFC 9112, 4",) * 2),
    Case("status-line-with-tabs", b"HTTP/1.1\t200\tOK\r\nContent-Length: 0\r\n\r\n", OK, breaks=("RFC 9112, 4",)),
    Case("bare-lf", b"HTTP/1.1 200 OK\nContent-Length: 2\n\nab", {**OK, "body": b"ab"}, breaks=("RFC 9112, 2.2",)),
    Case(
        "fold",
        b"HTTP/1.1 200 OK\r\nX: a\r\n  b\r\n\tc \r\nContent-Length: 0\r\n\r\n",
        {**OK, "headers": Headers((("X", "a b c"), ("Content-Length", "0")))},
        breaks=("RFC 9112, 5.2",),
    ),
    Case("fold-of-nothing", b"HTTP/1.1 200 OK\r\n X: a\r\n\r\n", {**OK, "headers": Headers()}, ends=False, breaks=("RFC 9112, 2.2",)),
    Case("no-colon", b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", {**OK, "headers": Headers()}, ends=False, breaks=("RFC 9112, 5",)),
    Case(
        "space-before-colon",
        b"HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
        {**OK, "headers": Headers((("Content-Length", "0"),))},
        breaks=("RFC 9112, 5.1",),
    ),
    Case("name-no-token", b"HTTP/1.1 200 OK\r\na b: 1\r\nContent-Length: 0\r\n\r\n", OK, breaks=("RFC 9110, 5.1",)),
    Case("nul", b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n", OK, breaks=("RFC 9110, 5.5",)),
    Case("bare-cr", b"HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n", OK, breaks=("RFC 9112, 2.2", "RFC 9110, 5.5")),
    Case(
        "no-utf-8",
        b"HTTP/1.1 200 \xff\r\nX: \xfe\r\nContent-Length: 1\r\n\r\n\xfd",
        {"reason": "\xff", "headers": Headers((("X", "\xfe"), ("Content-Length", "1"))), "text": "\ufffd"},
    ),
    Case(
        "duplicates",
        b"HTTP/1.1 200 OK\r\nx: 1\r\nX: 2\r\nContent-Length: 0\r\n\r\n",
        {"headers": Headers((("x", "1"), ("X", "2"), ("Content-Length", "0")))},
    ),
    Case("no-body-204", b"HTTP/1.1 204 OK\r\nContent-Length: 5\r\n\r\n", {**OK, "status": 204, "body": b""}),
    Case("no-body-304", b"HTTP/1.1 304 OK\r\nContent-Length: 5\r\n\r\n", {**OK, "status": 304, "body": b""}),
    Case("no-body-head", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", {**OK, "body": b""}, request=HEAD),
    Case("interim", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 102 P\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
         {**OK, "headers": Headers((("Content-Length", "0"),))}),
    Case("interim-only", b"HTTP/1.1 100 Continue\r\n\r\n", {"status": 100, "complete": False}, ends=False),
    Case("interim-then-nonsense", b"HTTP/1.1 100 Continue\r\n\r\nnonsense\r\n\r\n", {"kind": Kind.HTTP, "status": None}, ends=False, breaks=("RFC 9112, 4",)),
    Case("chunked", chunked(b"5\r\nabcde\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"), {**OK, "body": b"abcde0123456789"}),
    Case("chunked-bare-lf", chunked(b"2\nab\n0\n\n"), {**OK, "body": b"ab"}, breaks=("RFC 9112, 2.2",)),
    Case("chunked-no-size", chunked(b"xyz\r\nabc"), {**CUT, "body": b""}, breaks=("RFC 9112, 7.1",)),
    Case("chunked-too-long", chunked(b"2\r\nabc\r\n0\r\n\r\n"), {**CUT, "body": b"ab"}, breaks=("RFC 9112, 7.1",)),
    Case("chunked-negative", chunked(b"-1\r\nabc"), {**CUT, "body": b""}, breaks=("RFC 9112, 7.1",)),
    Case("chunked-empty-size", chunked(b"\r\nabc"), {**CUT, "body": b""}, breaks=("RFC 9112, 7.1",)),
    Case("chunked-cut", chunked(b"9\r\nabc"), {**CUT, "body": b"abc"}, ends=False),
    Case("chunked-astronomic", chunked(b"f" * 5000 + b"\r\nabc"), {**CUT, "body": b"abc"}, ends=False),
    Case("chunked-over-length", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", {**OK, "body": b"a"}),
    Case("transfer-coding-unknown", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: other\r\n\r\nab", {**OK, "body": b"ab"}, ends=False),
    Case("gzip", coded(b"gzip", gzip.compress(BODY)), {**OK, "body": BODY}),
    Case("x-gzip", coded(b"X-GZIP", gzip.compress(BODY)), {**OK, "body": BODY}),
    Case("deflate", coded(b"deflate", zlib.compress(BODY)), {**OK, "body": BODY}),
    Case("deflate-without-zlib", coded(b"deflate", RAW_DEFLATED), {**OK, "body": BODY}),
    Case("gzip-twice", coded(b"gzip, gzip", gzip.compress(gzip.compress(BODY))), {**OK, "body": BODY}),
    Case("gzip-not", coded(b"gzip", BODY), {**OK, "body": BODY}, breaks=("RFC 9110, 8.4",)),
    Case("gzip-empty", coded(b"gzip", b""), {**OK, "body": b""}),
    Case("identity", coded(b"identity", BODY), {**OK, "body": BODY}),
    Case("coding-unknown", coded(b"br", b"\x0b"), {**OK, "body": b"\x0b"}),
    Case("head-cut", b"HTTP/1.1 404 Not Fo", {"status": 404, "reason": "Not Fo", "complete": False}, ends=False),
    Case("head-cut-in-field", b"HTTP/1.1 404 X\r\nServer: n", {"status": 404, "headers": Headers(), "complete": False}, ends=False),
    Case("a-few-letters", b"HTT", {"kind": Kind.UNKNOWN, "body": b"HTT", "complete": True}, ends=False),
    Case("http-0.9", b"<html>hi</html>", {"kind": Kind.UNKNOWN, "body": b"<html>hi</html>", "status": None}, ends=False),
    Case("lower-case", b"http/1.1 200 OK\r\n\r\n", {"kind": Kind.UNKNOWN, "status": None}, ends=False),
    Case("nothing", b"", {"kind": Kind.NOTHING, "raw": b"", "complete": False}, ends=False),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_case_reads_alike_whole_in_bytes_and_with_more_behind(case: Case) -> None:
    answer = read(case.data, request=case.request, eof=True)
    for name, value in case.expected.items():
        assert getattr(answer, name) == value, name
    assert tuple(breach.section for breach in answer.breaches) == case.breaks
    assert case.data.startswith(answer.raw)
    assert read(*single_bytes(case.data), request=case.request, eof=True) == answer
    if case.ends:
        assert not answer.complete or answer.raw == case.data
        assert read(case.data, request=case.request) == answer
        assert read(case.data + b"HTTP/1.1 500 Other\r\n\r\n", request=case.request, eof=True) == answer


@pytest.mark.parametrize("case", [case for case in CASES if case.ends], ids=lambda case: case.name)
def test_what_ends_by_itself_is_done_then_and_not_before(case: Case) -> None:
    reader = AnswerReader(case.request)
    for byte in single_bytes(read(case.data, request=case.request).raw):
        assert not reader.done
        reader.feed(byte)
    assert reader.done


SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nContent-Length: 4\r\n\r\n"


@pytest.mark.parametrize(
    ("request_", "head"), [(REQUEST, SWITCH), (CONNECT, b"HTTP/1.1 200 Connection established\r\n\r\n")]
)
def test_what_follows_a_switch_is_no_body(request_: Request, head: bytes) -> None:
    reader = AnswerReader(request_)
    reader.feed(head[:-1])
    assert (reader.done, reader.head_is_whole) == (False, False)
    reader.feed(head[-1:] + b"\x81\x01a")
    assert (reader.done, reader.head_is_whole) == (True, True)
    reader.feed(b"\x88\x00")
    answer = reader.answer()
    assert (answer.raw, answer.body, answer.rest, answer.complete) == (head, b"", b"\x81\x01a\x88\x00", True)
    assert read(*single_bytes(head + answer.rest), request=request_, eof=True) == answer


@pytest.mark.parametrize(("data", "kind", "service"), [
    (b"SSH-2.0-OpenSSH_9.2\r\n", Kind.BANNER, "SSH"),
    (b"220 mail ESMTP\r\n", Kind.BANNER, "SMTP"),
    (b"\x15\x03\x01\x00\x02\x02\x46", Kind.TLS_ALERT, "protocol_version"),
    (b"\x16\x03\x01\x00\x02", Kind.TLS, ""),
    (b"\x00\x00\x12\x04\x00\x00\x00\x00\x00", Kind.HTTP2, ""),
])  # fmt: skip
def test_another_protocol_is_done_as_soon_as_it_is_known(data: bytes, kind: Kind, service: str) -> None:
    reader = AnswerReader(REQUEST)
    for byte in single_bytes(data):
        assert not reader.done
        reader.feed(byte)
    assert reader.done
    answer = reader.answer()
    assert (answer.kind, answer.service, answer.raw, answer.complete) == (kind, service, data, True)
    assert read(data) == answer


def test_a_greeting_without_a_line_end_is_known_at_the_end() -> None:
    reader = AnswerReader(REQUEST)
    reader.feed(b"SSH-2.0-x")
    assert (reader.done, reader.answer().complete) == (False, False)
    reader.feed_eof()
    assert (reader.done, reader.answer().service, reader.answer().complete) == (True, "SSH", True)


def test_the_answer_can_be_asked_for_at_any_time() -> None:
    reader = AnswerReader(REQUEST)
    data = b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    seen = []
    for byte in single_bytes(data):
        reader.feed(byte)
        seen.append(reader.answer())
    assert [answer.raw for answer in seen] == [data[: n + 1] for n in range(len(data))]
    assert [answer.complete for answer in seen] == [False] * (len(data) - 1) + [True]
    assert sum(answer.status == 400 for answer in seen) == len(data) - data.index(b"\n")


# ---- limits


def test_endless_headers_are_cut() -> None:
    reader = AnswerReader(REQUEST, head_limit=1000)
    reader.feed(b"HTTP/1.1 200 OK\r\n")
    while not reader.done:
        reader.feed(b"X: y\r\n")
    answer = reader.answer()
    assert (len(answer.raw), answer.complete, answer.status) == (1000, False, 200)
    assert answer == read(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000, head_limit=1000)


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 " + b"a" * 5000,
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 5000,
        b"HTTP/1.1 100 C\r\n\r\n" * 300,
    ],
)
def test_an_oversized_head_is_cut(data: bytes) -> None:
    reader = AnswerReader(REQUEST, head_limit=1000)
    reader.feed(data)
    assert reader.done
    assert (reader.answer().raw, reader.answer().complete) == (data[:1000], False)
    assert read(*single_bytes(data), head_limit=1000) == reader.answer()


@pytest.mark.parametrize("length", [b"1000000000", b"9" * 5000, b"0" * 5000 + b"1000"])
def test_an_absurd_length_is_read_to_the_limit(length: bytes) -> None:
    reader = AnswerReader(REQUEST, body_limit=100)
    reader.feed(b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\n\r\n")
    reader.feed(b"a" * 99)
    assert not reader.done
    reader.feed(b"a" * 1000)
    assert reader.done
    answer = reader.answer()
    assert (answer.body, answer.complete) == (b"a" * 100, False)


def test_an_endless_body_is_cut() -> None:
    answer = read(b"HTTP/1.1 200 OK\r\n\r\n", *[b"a" * 70] * 10, body_limit=100)
    assert (len(answer.body), answer.complete) == (100, False)


def test_endless_chunk_extensions_are_cut() -> None:
    answer = read(chunked(b"1;"), *[b"a" * 70] * 10, body_limit=100)
    assert (answer.body, answer.complete) == (b"", False)


def test_an_endless_greeting_is_cut() -> None:
    answer = read(*[b"hello" * 10] * 100, head_limit=1000, body_limit=100)
    assert (answer.kind, len(answer.raw), answer.complete) == (Kind.UNKNOWN, 1100, False)


def test_what_follows_a_101_is_bounded() -> None:
    assert len(read(SWITCH, *[b"a" * 70] * 10, body_limit=100).rest) == 100


def test_a_gzip_bomb_stays_small() -> None:
    bomb = gzip.compress(bytes(64 << 20))
    assert len(bomb) < 1 << 16
    reader = AnswerReader(REQUEST)
    reader.feed(coded(b"gzip", bomb))
    tracemalloc.start()
    answer = reader.answer()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(answer.body), answer.complete) == (65536, False)
    assert peak < 1 << 20


def test_a_bomb_in_a_bomb_stays_small() -> None:
    answer = read(coded(b"gzip, gzip", gzip.compress(gzip.compress(bytes(64 << 20)))))
    assert (len(answer.body), answer.complete) == (65536, False)


def test_the_breaches_are_bounded() -> None:
    answer = read(b"HTTP/1.1 200 OK\r\n" + b"".join(b"a b%d: 1\r\n" % n for n in range(1000)) + b"\r\n")
    assert len(answer.breaches) == 50


class CountingBytes(bytes):
    """Bytes that count how much of them was copied out by slicing."""

    copied = 0

    def __getitem__(self, key: Any) -> Any:
        piece = super().__getitem__(key)
        if isinstance(key, slice):
            CountingBytes.copied += len(piece)
        return piece


def test_many_short_lines_are_each_copied_a_few_times_only() -> None:
    data = b"HTTP/1.1 200 OK\r\n" + b"a:\r\n" * 10000 + b"\r\n"
    CountingBytes.copied = 0
    read(CountingBytes(data))
    assert 0 < CountingBytes.copied < 4 * len(data)


# ---- properties

wild = st.one_of(
    st.binary(max_size=300),
    st.lists(
        st.sampled_from([
            b"HTTP/1.1 ", b"HTTP/1.0 ", b"200", b"101", b"100", b"204", b" OK", b"\r\n", b"\r\n\r\n", b"\n", b"\r", b" ", b"\t", b":",
            b"Content-Length: ", b"Transfer-Encoding: chunked", b"Content-Encoding: gzip", b"Content-Encoding: deflate", b"5", b"0",
            b"ffffffffffffffffff", b"\x00", b"\xff", b"abc", b"220 ", b"SSH-", b"\x15\x03\x01\x00\x02", b"\x00\x00\x12\x04", gzip.compress(b"hi"),
        ]),
        max_size=30,
    ).map(b"".join),
)  # fmt: skip


@example(b"\x14\x03\x00\x00\x00\x00", [5], False, 0, 6)  # known and at the limit in one step
@given(wild, st.lists(st.integers(0, 300)), st.booleans(), st.integers(0, 60), st.integers(0, 60))
def test_no_bytes_raise_and_splitting_changes_nothing(
    data: bytes, cuts: list[int], eof: bool, head: int, body: int
) -> None:
    edges = [0, *sorted(cuts), len(data)]
    pieces = [data[a:b] for a, b in pairwise(edges)]
    for limits in ({}, {"head_limit": head, "body_limit": body}):
        whole = read(data, eof=eof, **limits)
        assert read(*pieces, eof=eof, **limits) == whole
        assert read(*single_bytes(data), eof=eof, **limits) == whole
        assert data.startswith(whole.raw)


TOKENS = st.text("!#$%&'*+-.^_`|~09azAZ", min_size=1, max_size=12)
VALUES = st.text([chr(n) for n in [*range(0x20, 0x7F), *range(0x80, 0x100)]], max_size=20).map(str.strip)


@given(
    st.integers(200, 599).filter(lambda status: status not in {204, 304}),
    VALUES,
    st.lists(st.tuples(TOKENS, VALUES), max_size=6),
    st.binary(max_size=100),
)
def test_what_is_written_is_read_back(
    status: int, reason: str, fields: list[tuple[str, str]], body: bytes
) -> None:
    framing = {"content-length", "transfer-encoding", "content-encoding"}
    headers = Headers.of([f for f in fields if f[0].lower() not in framing]).added(
        ("Content-Length", str(len(body)))
    )
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers)]
    answer = read("".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1") + body)
    assert (answer.status, answer.reason, answer.headers, answer.body) == (status, reason, headers, body)
    assert (answer.complete, answer.breaches) == (True, ())
