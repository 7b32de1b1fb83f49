import pytest
from msgspec.structs import replace
from reading import asked, model

from ws101.nginx.ask import Ask
from ws101.nginx.intake import host_of, size_of, take_in
from ws101.nginx.listen import Named

TWO = """
server { listen 80; server_name first.test; }
server { listen 80; server_name second.test; large_client_header_buffers 4 16k; underscores_in_headers on; }
"""


def taken(ask: Ask, text: str = TWO):
    socket = model(text).socket(ask.address, ask.port)
    return take_in(ask, socket, Named(socket.default, None))


def status(ask: Ask, text: str = TWO) -> int:
    refusal = taken(ask, text).refusal
    return refusal[0] if refusal else 0


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (asked(), 0),
        (asked(host=""), 400),
        (asked(host="", protocol="HTTP/1.0"), 0),
        (asked("/", "a.test", ("Host", "b.test")), 400),
        (asked("/", "a.test", ("Authorization", "a"), ("authorization", "b")), 400),
        (asked("/", "a.test", (" folded", "x")), 400),
        (asked("/", "a.test", ("", "x")), 400),
        (asked("/", "a.test", ("X", "a\0")), 400),
        (asked("/", "a/b"), 400),
        (asked("/a b"), 400),
        (asked("*", method="OPTIONS"), 400),
        (asked("http://a.test/x"), 0),
        (asked("/", method="get"), 400),
        (asked("/", method="TRACE"), 405),
        (asked("/", protocol="HTTP/2.0"), 505),
        (asked("/", protocol="HTTP/1"), 400),
        (asked("/", "a.test", ("Content-Length", "x")), 400),
        (asked("/", "a.test", ("Transfer-Encoding", "gzip")), 501),
        (asked("/", "a.test", ("Transfer-Encoding", "chunked"), ("Content-Length", "1")), 400),
        (asked("/" + "x" * 9000), 414),
        (asked("ws://a.test/" + "x" * 9000), 414),
        (asked("w" * 9000), 414),
        (asked("ws://a_b/" + "x" * 9000), 400),  # nginx reads so far before it knows the length
        (asked("/" + "x" * 9000 + "\x01"), 414),
        (asked("/\x01" + "x" * 9000), 400),
        (asked("/" + "x" * 8180), 414),  # with the line's end it is too long for 8192 bytes
        (asked("/" + "x" * 8180, protocol="http/1.1"), 400),
        (asked("/" + "x" * 8180, protocol="HTTP/2.0"), 505),
        (asked("/" + "x" * 9000, protocol="http/1.1"), 414),
        (asked("/", "a.test", ("Authorization", "x" * 9000)), 494),
        (asked("/", "second.test", ("Authorization", "x" * 9000)), 0),
    ],
)
def test_what_nginx_refuses(ask, expected):
    assert status(ask) == expected


def test_plain_http_to_a_port_that_speaks_tls():
    assert status(asked(port=443), "server { listen 443 ssl; }") == 497


def test_a_host_below_a_field_comes_too_late_for_it():
    long = ("Authorization", "x" * 9000)
    late = Ask("/", asked("/", "", long, ("Host", "second.test")).headers, address="127.0.0.1")
    assert status(late) == 494
    assert taken(late).named.server.own_name == "first.test"


def test_fields_whose_names_have_underscores_are_taken_where_the_server_wants_them():
    field = ("x_token", "1")
    assert "x_token" not in taken(asked("/", "first.test", field)).ask.headers
    assert "x_token" in taken(asked("/", "second.test", field)).ask.headers


def test_buffers_run_out():
    fields = [(f"X-{n}", "x" * 7000) for n in range(5)]
    assert status(asked("/", "first.test", *fields[:4])) == 0
    assert status(asked("/", "first.test", *fields)) == 494


@pytest.mark.parametrize(
    ("field", "host"),
    [
        ("A.Test:80", "a.test"),
        ("a.test.", "a.test"),
        ("[::1]:80", "[::1]"),
        ("a..b", None),
        ("", None),
        ("a b", None),
    ],
)
def test_hosts(field, host):
    assert host_of(field) == host
    assert host_of(field, (1, 22, 1)) == host


def test_a_newer_nginx_wants_a_port_that_is_one():
    assert host_of("a.test:x") is None
    assert host_of("a.test:x", (1, 22, 1)) == "a.test"


def test_sizes():
    assert [size_of(text) for text in ("8k", "1m", "512", "8x", "")] == [8192, 1 << 20, 512, None, None]


@pytest.mark.parametrize(
    ("version", "target", "expected"),
    [
        ((1, 29, 2), "a.test:443", 400),
        ((1, 29, 3), "a.test:443", 405),
        ((1, 29, 3), "a.test:", 405),
        ((1, 31, 0), "a.test:", 400),
        ((1, 31, 0), "a.test:443", 405),
    ],
)
def test_connect_is_read_by_the_version(version, target, expected):
    assert status(replace(asked(target, method="CONNECT"), nginx=version)) == expected


def test_a_strict_host_begins_with_its_version():
    assert host_of("a.test:x", (1, 29, 3)) == "a.test"
    assert host_of("a.test:x", (1, 29, 4)) is None
