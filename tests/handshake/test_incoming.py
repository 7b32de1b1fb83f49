"""Every head is read whole, byte by byte, and with bytes after it."""

import h11
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import Struct

from ws101.handshake.headers import Headers
from ws101.handshake.incoming import HeadReader, Incoming, ends_at, parse
from ws101.handshake.request import Request, build, opening

SOUND = build(
    opening("h.test", "/path?a=b", "dGhlIHNhbXBsZSBub25jZQ==", Headers.of([("X-One", "1"), ("x-one", "2")]))
)


def read(*chunks: bytes, limit: int = 4096) -> HeadReader:
    reader = HeadReader(limit)
    for chunk in chunks:
        reader.feed(chunk)
    return reader


def single_bytes(data: bytes) -> list[bytes]:
    return [data[i : i + 1] for i in range(len(data))]


class Case(Struct):
    name: str
    data: bytes
    line: tuple[str, str, str]
    fields: tuple[tuple[str, str], ...] = ()
    breaks: tuple[str, ...] = ()


CASES = [
    Case("sound", b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n", ("GET", "/a", "HTTP/1.1"), (("Host", "h"),)),
    Case("no-fields", b"GET /a HTTP/1.1\r\n\r\n", ("GET", "/a", "HTTP/1.1")),
    Case("case-and-order", b"GET / HTTP/1.1\r\nb: 1\r\nA: 2\r\nB: 3\r\n\r\n", ("GET", "/", "HTTP/1.1"), (("b", "1"), ("A", "2"), ("B", "3"))),
    Case("blanks-around-value", b"GET / HTTP/1.1\r\nA: \t x y \t\r\n\r\n", ("GET", "/", "HTTP/1.1"), (("A", "x y"),)),
    Case("empty-value", b"GET / HTTP/1.1\r\nA:\r\nB: \r\n\r\n", ("GET", "/", "HTTP/1.1"), (("A", ""), ("B", ""))),
    Case("colon-in-value", b"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", ("GET", "/", "HTTP/1.1"), (("Host", "[::1]:80"),)),
    Case("obs-text", b"GET / HTTP/1.1\r\nA: \xe9\r\n\r\n", ("GET", "/", "HTTP/1.1"), (("A", "\xe9"),)),
    Case("empty-line-before", b"\r\nGET / HTTP/1.1\r\nA: 1\r\n\r\n", ("GET", "/", "HTTP/1.1"), (("A", "1"),)),
    Case("http-1.0", b"GET / HTTP/1.0\r\n\r\n", ("GET", "/", "HTTP/1.0")),
    Case("bare-lf", b"GET / HTTP/1.1\nA: 1\n\n", ("GET", "/", "HTTP/1.1"), (("A", "1"),), ("RFC 9112, 2.2",)),
    Case("bare-cr", b"GET / HTTP/1.1\r\nA: 1\r2\r\n\r\n", ("GET", "/", "HTTP/1.1"), (("A", "1\r2"),), ("RFC 9112, 2.2", "RFC 9110, 5.5")),
    Case("fold", b"GET / HTTP/1.1\r\nA: 1\r\n 2\r\n\r\n", ("GET", "/", "HTTP/1.1"), (("A", "1 2"),), ("RFC 9112, 5.2",)),
    Case("blank-before-colon", b"GET / HTTP/1.1\r\nA : 1\r\n\r\n", ("GET", "/", "HTTP/1.1"), (("A", "1"),), ("RFC 9112, 5.1",)),
    Case("no-colon", b"GET / HTTP/1.1\r\nA\r\nB: 1\r\n\r\n", ("GET", "/", "HTTP/1.1"), (("B", "1"),), ("RFC 9112, 5",)),
    Case("name-no-token", b"GET / HTTP/1.1\r\nA b: 1\r\n\r\n", ("GET", "/", "HTTP/1.1"), (("A b", "1"),), ("RFC 9110, 5.1",)),
    Case("control-in-value", b"GET / HTTP/1.1\r\nA: 1\x002\r\n\r\n", ("GET", "/", "HTTP/1.1"), (("A", "1\x002"),), ("RFC 9110, 5.5",)),
    Case("no-version", b"GET /\r\n\r\n", ("GET", "/", ""), (), ("RFC 9112, 3",)),
    Case("no-target", b"GET\r\n\r\n", ("GET", "", ""), (), ("RFC 9112, 3",)),
    Case("blank-in-target", b"GET /a b HTTP/1.1\r\n\r\n", ("GET", "/a b", "HTTP/1.1"), (), ("RFC 9112, 3",)),
    Case("two-blanks", b"GET  / HTTP/1.1\r\n\r\n", ("GET", "/", "HTTP/1.1"), (), ("RFC 9112, 3",)),
    Case("another-protocol", b"\x16\x03\x01\n\n", ("\x16\x03\x01", "", ""), (), ("RFC 9112, 2.2", "RFC 9112, 3")),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("rest", [b"", b"\x81\x80abcd", b"GET / HTTP/1.1\r\n\r\n"])
@pytest.mark.parametrize("split", [lambda data: [data], single_bytes], ids=["whole", "byte-by-byte"])
def test_a_head_is_read_however_it_is_split(case, rest, split):
    reader = read(*split(case.data + rest))
    assert reader.whole
    assert not reader.too_long
    assert reader.rest == rest
    head = reader.head()
    assert (head.method, head.target, head.version) == case.line
    assert head.headers.fields == case.fields
    assert head.raw == case.data
    assert tuple(breach.section for breach in head.breaches) == case.breaks


def test_a_head_that_has_not_ended_is_told_as_far_as_it_came():
    reader = read(b"GET /a HTTP/1.1\r\nHost: h\r\n")
    assert not reader.whole
    assert reader.head().headers.fields == (("Host", "h"),)


@pytest.mark.parametrize("split", [lambda data: [data], single_bytes], ids=["whole", "byte-by-byte"])
def test_a_head_beyond_the_limit_is_cut_and_says_so(split):
    reader = read(*split(SOUND), limit=len(SOUND) - 1)
    assert reader.too_long
    assert not reader.whole
    assert len(reader.head().raw) == len(SOUND) - 1
    assert reader.head().breaches[-1].section == "RFC 6585, 5"


def test_a_head_as_long_as_the_limit_is_taken():
    assert read(SOUND, limit=len(SOUND)).whole


def test_the_last_value_is_found_by_its_name_in_lower_case():
    assert parse(SOUND).last["x-one"] == "2"
    assert parse(SOUND).path == "/path"


def test_what_is_printed_of_a_head_holds_no_value():
    assert "secret" not in repr(parse(b"GET /?t=secret HTTP/1.1\r\nAuthorization: secret\r\n\r\n"))


# ---- properties

_names = st.text(st.sampled_from("ABCxyz-_!09"), min_size=1, max_size=12)
_values = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=40
)
_requests = st.builds(
    Request,
    target=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40),
    headers=st.lists(st.tuples(_names, _values), max_size=8).map(Headers.of),
    method=_names,
    version=st.sampled_from(["HTTP/1.1", "HTTP/1.0"]),
)


@given(_requests)
def test_what_is_built_is_read(request):
    head = parse(build(request))
    assert (head.method, head.target, head.version, head.headers) == (
        request.method,
        request.target,
        request.version,
        request.headers,
    )
    assert head.breaches == ()


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40), st.sampled_from([b"\r\n", b"\n", b"GET / HTTP/1.1\r\n", b"A: b\r\n"])
        )
    )
)
@example([b""])
@example([b"\r\n\r\n\r\n"])
def test_nothing_that_comes_raises(chunks):
    reader = read(*chunks, limit=60)
    assert isinstance(reader.head(), Incoming)
    whole = read(b"".join(chunks), limit=60)
    assert (whole.whole, whole.too_long, whole.head()) == (reader.whole, reader.too_long, reader.head())


@given(_requests, st.binary(max_size=20), st.data())
def test_where_a_head_ends_does_not_depend_on_what_was_searched_before(request, rest, data):
    raw = build(request)
    searched = data.draw(st.integers(0, len(raw) - 1))
    assert ends_at(raw + rest, searched) == len(raw)


def _as_h11(raw: bytes) -> tuple[str, str, list[tuple[str, str]]] | None:
    connection = h11.Connection(h11.SERVER)
    try:
        connection.receive_data(raw)
        event = connection.next_event()
    except h11.RemoteProtocolError:
        return None
    if not isinstance(event, h11.Request):
        return None
    fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items()]
    return event.method.decode(), event.target.decode(), fields


@given(
    _requests,
    st.integers(0, 200),
    st.sampled_from([b"", b" ", b"\t", b":", b"\r", b"\n", b"\x00", b"\xff", b"A"]),
)
def test_h11_reads_the_same_from_what_both_take(request, at, damage):
    raw = build(Request(request.target, Headers.of([("Host", "h"), *request.headers]), "GET"))
    damaged = raw[: at % len(raw)] + damage + raw[at % len(raw) :]
    theirs, ours = _as_h11(damaged), parse(damaged[: max(ends_at(damaged), 0)])
    if theirs is not None and not ours.breaches:
        assert theirs == (ours.method, ours.target, list(ours.headers))
