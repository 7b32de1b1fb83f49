"""Caddy's logs, as Caddy 2.11.7 wrote them of known faults."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logs.formats.reading import entries_of, unwrapped
from ws101.logs.entry import Level, Told
from ws101.logs.formats import caddy
from ws101.logs.line import Line, Place
from ws101.signature import Says

STATUS = {
    "/u/close": 502,
    "/u/401": 401,
    "/refused": 502,
    "/u/hang": 499,
    "/ctimeout": 502,
    "/deny": 403,
    "/nothing": 200,
    "/u/rstafter": 101,
    "/idle": 101,
}
SAYS = {
    "/u/close": Says.UPSTREAM_CLOSED,
    "/u/rst": Says.UPSTREAM_CLOSED,
    "/u/garbage": Says.UPSTREAM_INVALID,
    "/u/badheader": Says.UPSTREAM_INVALID,
    "/refused": Says.UPSTREAM_REFUSED,
    "/u/hang": Says.UPSTREAM_TIMEOUT,
    "/ctimeout": Says.UPSTREAM_TIMEOUT,
    "/name": Says.UPSTREAM_NAME,
    "/tlsup": Says.UPSTREAM_TLS,
    "/tlsverify": Says.UPSTREAM_TLS,
    "/plaintotls": Says.UPSTREAM_CLOSED,
    "/basic": Says.BASIC,
    "/static/ws": Says.NO_FILE,
}
OF_TLS = [
    (Says.PLAIN_HTTP_TO_TLS, "http"),
    (Says.TLS_VERSION, "https"),
    (Says.TLS_SERVER_NAME, "https"),
    (Says.CLIENT_CERTIFICATE_MISSING, "https"),
    (Says.CLIENT_CERTIFICATE_BAD, "https"),
]


@pytest.fixture(scope="module")
def own():
    return entries_of("caddy-2.11.7.own.log", caddy.FORMAT)


def test_what_became_of_each():
    found = entries_of("caddy-2.11.7.access.log", caddy.FORMAT)
    assert {e.path: e.status for e in found if e.path in STATUS} == STATUS
    assert all(e.says is Says.NO_ROUTE for e in found if e.path == "/nothing")
    assert {e.told for e in found if e.status == 499} == {Told.WRONG}


def test_every_part_of_a_line():
    first = entries_of("caddy-2.11.7.access.log", caddy.FORMAT)[0]
    assert (first.client, first.method, first.host, first.path) == ("127.0.0.1", "GET", "localhost", "/ws")
    assert (first.scheme, first.version, first.status, first.upstream) == ("http", "HTTP/1.1", 101, None)
    assert (first.headers["upgrade"], first.headers["connection"]) == ("websocket", "Upgrade")
    assert first.whole
    assert first.identity == {
        "client-port": "34216",
        "key": "dGhlIHNhbXBsZSBub25jZQ==",
        "probe": "7f3a9c01-03",
    }
    assert (first.time, first.took, first.level) == (1795657556.6186159, 0.11457794, Level.INFO)


def test_the_console_tells_the_same_without_a_zone():
    lines = [line for line in unwrapped("caddy-2.11.7.console.log") if caddy.FORMAT.opens(line.text)]
    shown = [caddy.FORMAT.read([line]) for line in lines]
    written = [e for e in entries_of("caddy-2.11.7.access.log", caddy.FORMAT) if e.scheme == "http"]
    assert [(e.path, e.status, e.says, e.headers) for e in shown] == [
        (e.path, e.status, e.says, e.headers) for e in written
    ]
    assert {e.zoned for e in shown} == {False}
    assert shown[0].time == pytest.approx(written[0].time, abs=0.01)


def test_each_fault_says_what_it_is(own):
    said = {e.path: e.says for e in own if e.told is Told.WRONG and e.status}
    assert said == SAYS


def test_the_level_debug_tells_of_the_next_hop(own):
    answered = [e for e in own if e.upstream and e.told is Told.ANSWERED]
    assert {e.upstream_status for e in answered} >= {101, 400, 401}
    ended = [e for e in own if e.told is Told.ENDED]
    assert [(e.path, e.says) for e in ended] == [("/rstafter", Says.CLOSED)]


@pytest.mark.parametrize(("says", "scheme"), OF_TLS)
def test_tls_that_failed(own, says, scheme):
    found = [e for e in own if not e.path and e.says is says]
    assert [(e.client, e.scheme) for e in found] == [("127.0.0.1", scheme)]


@given(st.text(max_size=100), st.integers(0, 400))
def test_no_text_raises(text, cut):
    line = (
        '{"level":"info","ts":1795657556.6,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"::1",'
        '"method":"GET","host":"a","uri":"/ws","headers":{"Upgrade":["websocket"]}},"duration":0.1,"size":0,"status":101}'
    )
    for whole in (
        text,
        line[:cut] + text + line[cut:],
        f"2026/11/26 01:45:56.619\tINFO\thttp.log.access\tx\t{text}",
    ):
        if caddy.FORMAT.opens(whole):
            caddy.FORMAT.read([Line(whole, Place("x", 1))])


@pytest.mark.parametrize("value", ["null", "[]", "{}", '"x"', "7", "true", "[1,null]", '{"a":7}', "-1e400"])
@pytest.mark.parametrize(
    "name", ["ts", "request", "status", "duration", "size", "msg", "level", "error", "upstream"]
)
def test_members_of_any_kind_do_no_harm(name, value):
    for logger in ("http.log.access", "http.log.error", "http.handlers.reverse_proxy"):
        line = f'{{"logger":"{logger}","ts":1,"request":{{"uri":"/ws"}},"msg":"upstream roundtrip","{name}":{value}}}'
        if caddy.FORMAT.opens(line):
            caddy.FORMAT.read([Line(line, Place("x", 1))])
