import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.handshake.accept import accept_value
from ws101.handshake.answer import Answer, Kind
from ws101.handshake.checks import check_answer, check_request, fatal
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request, opening

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
GOOD = opening("h.example:8080", "/chat?x=1", KEY)
OFFERING = GOOD.with_headers(GOOD.headers.added(
    ("Sec-WebSocket-Protocol", "chat, superChat"), ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
))  # fmt: skip
SWITCH = Answer(
    Kind.HTTP,
    version="HTTP/1.1",
    status=101,
    headers=Headers((("Upgrade", "WebSocket"), ("Connection", "keep-alive, UPGRADE"), ("Sec-WebSocket-Accept", accept_value(KEY)))),
)  # fmt: skip


def asked(*fields: tuple[str, str], without: str = "") -> Request:
    return GOOD.with_headers(GOOD.headers.without(without).added(*fields))


def switched(*fields: tuple[str, str], without: str = "", version: str = "HTTP/1.1") -> Answer:
    return Answer(
        Kind.HTTP, version=version, status=101, headers=SWITCH.headers.without(without).added(*fields)
    )


def refused(status: int, *fields: tuple[str, str]) -> Answer:
    return Answer(Kind.HTTP, version="HTTP/1.1", status=status, headers=Headers(fields))


@pytest.mark.parametrize("request_", [
    GOOD,
    OFFERING,
    GOOD.with_target("http://h.example:8080/chat"),
    GOOD.with_target("/%20?a=b&c[]=d"),
    asked(("X_Underscore", "1"), ("Cookie", "a=1"), ("Cookie", "b=2"), ("X-Text", "\xe9")),
    asked(("Authorization", "Bearer x"), ("Origin", "http://o")),
    asked(("Connection", "keep-alive, Upgrade"), without="Connection"),
    asked(("Connection", "keep-alive"), ("Upgrade", "h2c")),
    asked(("Host", "[::1]:80"), without="Host"),
])  # fmt: skip
def test_a_legal_handshake_breaks_nothing(request_: Request) -> None:
    assert check_request(request_) == ()


@pytest.mark.parametrize(("request_", "field", "section"), [
    (Request("/", GOOD.headers, method="POST"), "", "RFC 6455, 4.2.1"),
    (Request("/", GOOD.headers, method="get"), "", "RFC 6455, 4.2.1"),
    (Request("/", GOOD.headers, version="HTTP/1.0"), "", "RFC 6455, 4.2.1"),
    (Request("/", GOOD.headers, version="HTTP/2.0"), "", "RFC 9112, 2.3"),
    (Request("/", GOOD.headers, version=""), "", "RFC 9112, 2.3"),
    (Request("/", GOOD.headers, version="HTTP/x"), "", "RFC 9112, 2.3"),
    (GOOD.with_target("/a#b"), "", "RFC 6455, 3"),
    (GOOD.with_target("/a b"), "", "RFC 9112, 3.2"),
    (GOOD.with_target(""), "", "RFC 9112, 3.2"),
    (GOOD.with_target("/é"), "", "RFC 9112, 3.2"),
    (GOOD.with_target("chat"), "", "RFC 6455, 4.2.1"),
    (asked(without="Host"), "Host", "RFC 9112, 3.2"),
    (asked(("Host", "h")), "Host", "RFC 9112, 3.2"),
    (asked(("Host", "http://h/"), without="Host"), "Host", "RFC 9112, 3.2"),
    (asked(("Host", ""), without="Host"), "Host", "RFC 9112, 3.2"),
    (asked(without="Upgrade"), "Upgrade", "RFC 6455, 4.2.1"),
    (asked(("Upgrade", "upgrade"), without="Upgrade"), "Upgrade", "RFC 6455, 4.2.1"),
    (asked(without="Connection"), "Connection", "RFC 6455, 4.2.1"),
    (asked(("Connection", "close"), without="Connection"), "Connection", "RFC 6455, 4.2.1"),
    (asked(without="Sec-WebSocket-Key"), "Sec-WebSocket-Key", "RFC 6455, 4.2.1"),
    (asked(("Sec-WebSocket-Key", "abc"), without="Sec-WebSocket-Key"), "Sec-WebSocket-Key", "RFC 6455, 4.2.1"),
    (asked(("sec-websocket-key", KEY)), "Sec-WebSocket-Key", "RFC 6455, 11.3.1"),
    (asked(without="Sec-WebSocket-Version"), "Sec-WebSocket-Version", "RFC 6455, 4.2.1"),
    (asked(("Sec-WebSocket-Version", "8"), without="Sec-WebSocket-Version"), "Sec-WebSocket-Version", "RFC 6455, 4.2.1"),
    (asked(("Sec-WebSocket-Version", "13")), "Sec-WebSocket-Version", "RFC 9110, 5.3"),
    (asked(("Sec-WebSocket-Extensions", "")), "Sec-WebSocket-Extensions", "RFC 6455, 9.1"),
    (asked(("Sec-WebSocket-Extensions", "a b")), "Sec-WebSocket-Extensions", "RFC 6455, 9.1"),
    (asked(("Sec-WebSocket-Protocol", "")), "Sec-WebSocket-Protocol", "RFC 6455, 4.3"),
    (asked(("Sec-WebSocket-Protocol", "a b")), "Sec-WebSocket-Protocol", "RFC 6455, 4.3"),
    (asked(("Sec-WebSocket-Protocol", "a, b"), ("Sec-WebSocket-Protocol", "a")), "Sec-WebSocket-Protocol", "RFC 6455, 4.1"),
    (asked(("Authorization", "Bearer x"), ("authorization", "Bearer x")), "Authorization", "RFC 9110, 5.3"),
    (asked(("Authorization", "Bearer x\r\n y")), "Authorization", "RFC 9112, 5.2"),
    (asked(("Authorization", "Bearer x\r\nX: y")), "Authorization", "RFC 9110, 5.5"),
    (asked(("Authorization", "Bearer x\n")), "Authorization", "RFC 9110, 5.5"),
    (asked(("X", "a\x00")), "X", "RFC 9110, 5.5"),
    (asked(("X", "→")), "X", "RFC 9110, 5.5"),
    (asked(("a b", "1")), "a b", "RFC 9110, 5.1"),
    (asked((":authority", "h")), ":authority", "RFC 9110, 5.1"),
    (asked(("Content-Length", "0")), "Content-Length", "RFC 9110, 8.6"),
    (asked(("Content-Length", "5")), "", "RFC 9110, 9.3.1"),
    (asked(("Transfer-Encoding", "chunked")), "", "RFC 9110, 9.3.1"),
])  # fmt: skip
def test_one_damage_breaks_one_rule(request_: Request, field: str, section: str) -> None:
    assert [(breach.field, breach.section) for breach in check_request(request_)] == [(field, section)]


def test_a_body_that_no_header_announces() -> None:
    found = check_request(Request("/", GOOD.headers, body=b"x"))
    assert [breach.section for breach in found] == ["RFC 9110, 9.3.1", "RFC 9112, 6.3"]


def test_a_breach_never_quotes_a_value() -> None:
    secret = "s3cr3t"
    request = asked(("Authorization", f"Bearer {secret}\x00"), ("Authorization", secret), ("Sec-WebSocket-Key", secret),
                    ("Sec-WebSocket-Protocol", f"bearer, {secret} x"), ("Content-Length", secret))  # fmt: skip
    request = request.with_target(f"/?token={secret}#")
    found = check_request(request)
    assert len(found) >= 5
    assert not any(secret in str(breach) for breach in found)


@pytest.mark.parametrize(("request_", "answer"), [
    (GOOD, SWITCH),
    (OFFERING, SWITCH),  # no subprotocol chosen, no extension accepted: both are legal
    (OFFERING, switched(("Sec-WebSocket-Protocol", "superChat"))),
    (OFFERING, switched(("Sec-WebSocket-Extensions", "Permessage-Deflate; server_no_context_takeover"))),
    (GOOD, refused(426, ("Upgrade", "websocket"))),
    (GOOD, refused(401, ("WWW-Authenticate", "Bearer"))),
    (GOOD, refused(400, ("Content-Length", "2"), ("Content-Length", "2"))),
    (GOOD, refused(403)),
    (GOOD, Answer(Kind.BANNER, service="SSH")),
])  # fmt: skip
def test_a_legal_answer_breaks_nothing(request_: Request, answer: Answer) -> None:
    assert check_answer(request_, answer) == ()


@pytest.mark.parametrize(("request_", "answer", "field"), [
    (GOOD, switched(without="Upgrade"), "Upgrade"),
    (GOOD, switched(("Upgrade", "h2c"), without="Upgrade"), "Upgrade"),
    (GOOD, switched(("Upgrade", "websocket, h2c"), without="Upgrade"), "Upgrade"),
    (GOOD, switched(("Upgrade", "websocket")), "Upgrade"),
    (GOOD, switched(without="Connection"), "Connection"),
    (GOOD, switched(("Connection", "close"), without="Connection"), "Connection"),
    (GOOD, switched(without="Sec-WebSocket-Accept"), "Sec-WebSocket-Accept"),
    (GOOD, switched(("Sec-WebSocket-Accept", accept_value("other")), without="Sec-WebSocket-Accept"), "Sec-WebSocket-Accept"),
    (GOOD, switched(("Sec-WebSocket-Accept", accept_value(KEY).swapcase()), without="Sec-WebSocket-Accept"), "Sec-WebSocket-Accept"),
    (GOOD, switched(("Sec-WebSocket-Accept", accept_value(KEY))), "Sec-WebSocket-Accept"),
    (GOOD, switched(("Sec-WebSocket-Protocol", "chat")), "Sec-WebSocket-Protocol"),
    (OFFERING, switched(("Sec-WebSocket-Protocol", "superchat")), "Sec-WebSocket-Protocol"),
    (OFFERING, switched(("Sec-WebSocket-Protocol", "")), "Sec-WebSocket-Protocol"),
    (OFFERING, switched(("Sec-WebSocket-Protocol", "chat, superChat")), "Sec-WebSocket-Protocol"),
    (OFFERING, switched(("Sec-WebSocket-Protocol", "chat"), ("Sec-WebSocket-Protocol", "chat")), "Sec-WebSocket-Protocol"),
    (GOOD, switched(("Sec-WebSocket-Extensions", "permessage-deflate")), "Sec-WebSocket-Extensions"),
    (OFFERING, switched(("Sec-WebSocket-Extensions", "x-webkit-deflate-frame")), "Sec-WebSocket-Extensions"),
    (OFFERING, switched(("Sec-WebSocket-Extensions", "")), "Sec-WebSocket-Extensions"),
])  # fmt: skip
def test_a_client_must_fail_a_101_that_breaks_the_rfc(request_: Request, answer: Answer, field: str) -> None:
    found = check_answer(request_, answer)
    assert [breach.field for breach in found] == [field]
    assert fatal(found) == found


@pytest.mark.parametrize(("answer", "section"), [
    (switched(("Content-Length", "0")), "RFC 9110, 8.6"),
    (switched(("Transfer-Encoding", "chunked")), "RFC 9112, 6.1"),
    (switched(version="HTTP/1.0"), "RFC 9110, 7.8"),
    (refused(426), "RFC 9110, 15.5.22"),
    (refused(401), "RFC 9110, 15.5.2"),
    (refused(405), "RFC 9110, 15.5.6"),
    (refused(407), "RFC 9110, 15.5.8"),
    (refused(400, ("Content-Length", "1"), ("Transfer-Encoding", "chunked")), "RFC 9112, 6.1"),
    (refused(400, ("Content-Length", "1"), ("Content-Length", "2")), "RFC 9110, 8.6"),
    (refused(400, ("Content-Length", "x")), "RFC 9110, 8.6"),
    (refused(400, ("Content-Length", "")), "RFC 9110, 8.6"),
])  # fmt: skip
def test_a_breach_of_plain_http_is_told_and_not_fatal(answer: Answer, section: str) -> None:
    found = check_answer(GOOD, answer)
    assert [breach.section for breach in found] == [section]
    assert fatal(found) == ()


def test_an_accept_is_not_held_against_a_key_that_was_not_sent() -> None:
    assert check_answer(asked(without="Sec-WebSocket-Key"), SWITCH) == ()
    assert check_answer(asked(("Sec-WebSocket-Key", "first"), without="none"), SWITCH) == ()


anything = st.text(max_size=20)
headers = st.lists(
    st.tuples(st.one_of(anything, st.sampled_from([name for name, _ in OFFERING.headers])), anything),
    max_size=8,
).map(Headers.of)


@given(anything, anything, anything, headers, headers, st.integers(100, 600))
def test_no_request_and_no_answer_raises(
    target: str, method: str, version: str, asked: Headers, given_: Headers, status: int
) -> None:
    request = Request(target, asked, method, version)
    check_request(request)
    fatal(check_answer(request, Answer(Kind.HTTP, status=status, headers=given_)))
