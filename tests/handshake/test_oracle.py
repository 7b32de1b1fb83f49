"""h11 and wsproto read and judge alike, wherever they and ws101 both take what came."""

import h11
import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st
from msgspec import Struct
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection
from wsproto.events import Request as WsprotoRequest
from wsproto.extensions import PerMessageDeflate
from wsproto.utilities import RemoteProtocolError

from ws101.handshake.accept import accept_value, new_key
from ws101.handshake.answer import Answer, Kind
from ws101.handshake.checks import check_answer, check_request, fatal
from ws101.handshake.headers import Headers
from ws101.handshake.reader import AnswerReader
from ws101.handshake.request import Request, build, opening

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
REQUEST = opening("h.example", "/chat", KEY)


class Reading(Struct):
    """What a reader says of an answer; names are in lower case, as h11 gives them."""

    status: int
    reason: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes
    rest: bytes


def by_h11(data: bytes) -> Reading | None:
    """Return h11's reading of a whole answer, or None when it refuses it or waits for more."""
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method=REQUEST.method, target=REQUEST.target, headers=list(REQUEST.headers)))
    client.send(h11.EndOfMessage())
    head: h11.Response | h11.InformationalResponse | None = None
    body = b""
    try:
        client.receive_data(data)
        client.receive_data(b"")
        while True:
            came = client.next_event()
            match came:
                case h11.Response() | h11.InformationalResponse():
                    head = came
                case h11.Data():
                    body += came.data
                case h11.EndOfMessage() | h11.PAUSED:
                    break
                case _:
                    return None
    except h11.RemoteProtocolError:
        return None
    assert head is not None
    rest = client.trailing_data[0] if head.status_code == 101 else b""
    return Reading(head.status_code, head.reason, list(head.headers), body, rest)


def by_ws101(data: bytes) -> Reading | None:
    reader = AnswerReader(REQUEST)
    reader.feed(data)
    reader.feed_eof()
    answer = reader.answer()
    if answer.kind is not Kind.HTTP or answer.status is None or not answer.complete:
        return None
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    return Reading(
        answer.status, answer.reason.encode("latin-1"), _one_length(headers), answer.body, answer.rest
    )


def _one_length(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Leave out repeated lengths, as h11 does."""
    first = next((n for n, (name, _) in enumerate(headers) if name == b"content-length"), None)
    return [field for n, field in enumerate(headers) if field[0] != b"content-length" or n == first]


def chunks(*parts: bytes) -> bytes:
    return b"".join(b"%x;ext=1\r\n%b\r\n" % (len(part), part) for part in (*filter(None, parts), b""))


framed = st.binary(max_size=60).flatmap(
    lambda body: st.sampled_from([
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body),
        b"Content-Length: %d\r\nContent-Length: %d\r\n\r\n%b" % (len(body), len(body), body),
        b"Transfer-Encoding: chunked\r\n\r\n" + chunks(body[:20], body[20:]),
        b"transfer-encoding: chunked\r\nContent-Length: 3\r\n\r\n" + chunks(body),
        b"\r\n" + body,
        b"\n" + body,
    ])
)  # fmt: skip
interims = st.sampled_from(
    [b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 2]
)
status_lines = st.one_of(
    st.integers(100, 700).map(lambda status: b"HTTP/1.1 %d Reason given\r\n" % status),
    st.sampled_from([
        b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 200 OK\r\n", b"HTTP/1.1 101 Switching Protocols\r\n", b"HTTP/1.1 400 \r\n",
        b"HTTP/1.1 400\r\n", b"HTTP/1.1 204 No Content\r\n", b"HTTP/1.1 304 Not Modified\r\n", b"HTTP/1.1 200 OK\n", b"HTTP/2.0 200 OK\r\n",
    ]),
)  # fmt: skip
lines = st.lists(
    st.sampled_from([
        b"Server: nginx\r\n", b"Set-Cookie: a=1\r\n", b"Set-Cookie: b=2\r\n", b"X:\r\n", b"X:  padded \t\r\n", b"X: \xc3\xa9\xff\r\n",
        b"Folded: a\r\n  b\r\n", b"Folded:\r\n\tb\r\n", b"LF: x\n", b"Upgrade: websocket\r\nConnection: Upgrade\r\n", b"Bad Name: x\r\n",
        b"Space : x\r\n", b"NoColon\r\n", b"Nul: \x00\r\n", b"Under_score: 1\r\n",
    ]),
    max_size=6,
).map(b"".join)  # fmt: skip


@given(interims, status_lines, lines, framed)
def test_h11_reads_an_answer_alike(interim: bytes, status_line: bytes, fields: bytes, rest: bytes) -> None:
    data = interim + status_line + fields + rest
    theirs, ours = by_h11(data), by_ws101(data)
    event(f"h11 takes it: {theirs is not None}, ws101 takes it: {ours is not None}")
    if theirs is None or ours is None:
        assert theirs is None, "h11 takes what ws101 does not"
        return
    assert ours == theirs


@pytest.mark.parametrize(
    "status_line", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 101 X\r\n", b"HTTP/1.1 404 Not Found\r\n"]
)
def test_plain_answers_are_taken_by_both(status_line: bytes) -> None:
    data = status_line + b"Server: x\r\nFolded: a\r\n b\r\nContent-Length: 2\r\n\r\nab"
    assert by_h11(data) == by_ws101(data) is not None


@given(st.binary(max_size=200))
def test_h11_takes_no_bytes_that_ws101_does_not(data: bytes) -> None:
    for bytes_ in (data, b"HTTP/1.1 200 OK\r\n" + data):
        theirs = by_h11(bytes_)
        if theirs is not None:
            assert by_ws101(bytes_) == theirs


# ---- our requests

tokens = st.text("abcXYZ-_019", min_size=1, max_size=10)
values = st.text([chr(n) for n in range(0x21, 0x7F)], min_size=1, max_size=20)
TAKEN = {name.lower() for name, _ in REQUEST.headers} | {"content-length", "transfer-encoding", "origin"}


@given(
    st.binary(min_size=16, max_size=16),
    st.text("abc/?&=%25.", max_size=20).map("/".__add__),
    st.lists(st.tuples(tokens.filter(lambda name: name.lower() not in TAKEN), values), max_size=4),
    st.lists(tokens, max_size=3, unique=True),
)
def test_a_built_handshake_is_taken_by_h11_and_wsproto(
    nonce: bytes, target: str, fields: list[tuple[str, str]], offers: list[str]
) -> None:
    protocol = [("Sec-WebSocket-Protocol", ", ".join(offers))] if offers else []
    request = opening("h.example", target, new_key(nonce), Headers.of([*fields, *protocol]))
    server = h11.Connection(h11.SERVER)
    server.receive_data(build(request))
    seen = server.next_event()
    assert isinstance(seen, h11.Request)
    assert (seen.method, seen.target) == (b"GET", target.encode())
    assert list(seen.headers) == [(name.lower().encode(), value.encode()) for name, value in request.headers]
    wsproto = WSConnection(ConnectionType.SERVER)
    wsproto.receive_data(build(request))
    asked = next(wsproto.events())
    assert isinstance(asked, WsprotoRequest)
    assert (asked.target, asked.host, asked.subprotocols) == (target, "h.example", offers)


@given(st.lists(tokens, max_size=3, unique=True), st.booleans(), st.booleans())
def test_what_wsproto_answers_breaks_nothing(offers: list[str], choose: bool, deflate: bool) -> None:
    assume(offers or not choose)
    fields = [("Sec-WebSocket-Protocol", ", ".join(offers))] if offers else []
    fields += [("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")] if deflate else []
    request = opening("h.example", "/", KEY, Headers.of(fields))
    server = WSConnection(ConnectionType.SERVER)
    server.receive_data(build(request))
    list(server.events())
    accepting = AcceptConnection(subprotocol=offers[-1] if choose else None, extensions=[PerMessageDeflate()])
    reader = AnswerReader(request)
    reader.feed(server.send(accepting))
    answer = reader.answer()
    assert (answer.status, answer.complete, answer.breaches) == (101, True, ())
    assert check_answer(request, answer) == ()


@pytest.mark.parametrize("damaged", [
    Request("/", REQUEST.headers.without("upgrade")),
    Request("/", REQUEST.headers.without("connection")),
    Request("/", REQUEST.headers.without("sec-websocket-key")),
    Request("/", REQUEST.headers.without("sec-websocket-version")),
    Request("/", REQUEST.headers.replaced("Sec-WebSocket-Version", "8")),
    Request("/", REQUEST.headers.without("host")),
    Request("/", REQUEST.headers.added(("Host", "other"))),
    Request("/", REQUEST.headers.added(("a b", "c"))),
    Request("/", REQUEST.headers.added(("X", "\x00"))),
    Request("/", REQUEST.headers, method="POST"),
    Request("/a b", REQUEST.headers),
])  # fmt: skip
def test_what_wsproto_refuses_is_a_breach(damaged: Request) -> None:
    server = WSConnection(ConnectionType.SERVER)
    with pytest.raises(RemoteProtocolError):
        server.receive_data(build(damaged))
    assert check_request(damaged) != ()


# ---- a client's judgement of a 101

GOOD = [("Upgrade", "websocket"), ("Connection", "Upgrade")]


def accept_of(key: str) -> list[tuple[str, str]]:
    return [("Sec-WebSocket-Accept", accept_value(key))]


@pytest.mark.parametrize(("fields", "kept"), [
    (lambda key: GOOD + accept_of(key), True),
    (lambda key: [("upgrade", "WebSocket"), ("connection", "keep-alive, upgrade"), *accept_of(key)], True),
    (lambda key: GOOD, False),
    (lambda key: GOOD + accept_of("other"), False),
    (lambda key: GOOD[:1] + accept_of(key), False),
    (lambda key: GOOD[1:] + accept_of(key), False),
    (lambda key: GOOD + accept_of(key) + [("Sec-WebSocket-Protocol", "unasked")], False),
    (lambda key: GOOD + accept_of(key) + [("Sec-WebSocket-Protocol", "chat")], True),
    (lambda key: GOOD + accept_of(key) + [("Sec-WebSocket-Extensions", "unasked")], False),
])  # fmt: skip
def test_a_wsproto_client_keeps_the_same_101s(fields: object, kept: bool) -> None:
    assert callable(fields)
    client = WSConnection(ConnectionType.CLIENT)
    head = client.send(WsprotoRequest(host="h", target="/", subprotocols=["chat"])).decode().split("\r\n")
    asked = Headers.of(
        (name, value.strip()) for name, _, value in (line.partition(":") for line in head[1:] if line)
    )
    headers = Headers.of(fields(asked.get("sec-websocket-key")))
    try:
        client.receive_data(
            ("HTTP/1.1 101 X\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers) + "\r\n").encode()
        )
        theirs = True
    except RemoteProtocolError:
        theirs = False
    found = check_answer(
        Request("/", asked), Answer(Kind.HTTP, version="HTTP/1.1", status=101, headers=headers)
    )
    assert (theirs, fatal(found) == ()) == (kept, kept)
