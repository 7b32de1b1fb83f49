from ws101.handshake.headers import Headers
from ws101.handshake.request import Request, build, opening


def test_an_opening_handshake_is_that_of_the_rfc() -> None:
    assert build(opening("h:8080", "/chat?a=b", "dGhlIHNhbXBsZSBub25jZQ==")) == (
        b"GET /chat?a=b HTTP/1.1\r\n"
        b"Host: h:8080\r\n"
        b"Upgrade: websocket\r\n"
        b"Connection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Sec-WebSocket-Version: 13\r\n\r\n"
    )


def test_an_extra_field_takes_the_place_of_ours_and_host_stays_first() -> None:
    extra = Headers((("X", "1"), ("host", "other"), ("connection", "close")))
    names = [name for name, _ in opening("h", "/", "k", extra).headers]
    assert names == ["host", "Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "X", "connection"]


def test_damages_are_written_as_they_are_given() -> None:
    request = Request("/a b", Headers((("X", "\xff\r\n y"), ("Empty", ""), ("Ж", "ж"))), "PoST", "", b"body")
    assert build(request) == b"PoST /a b\r\nX: \xff\r\n y\r\nEmpty:\r\n?: ?\r\n\r\nbody"


def test_path_and_query() -> None:
    request = Request("/").with_target("/a?b?c").with_headers(Headers((("X", "1"),)))
    assert (request.path, request.query, request.headers.get("x")) == ("/a", "b?c", "1")
