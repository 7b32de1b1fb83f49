"""HAProxy's logs, as HAProxy 2.6.12 sent them to syslog of known faults."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logs.formats.reading import unwrapped
from ws101.logs.entry import Told
from ws101.logs.formats import haproxy
from ws101.logs.line import Line, Place
from ws101.signature import Says

HTTP, TCP, ERROR = haproxy.FORMATS
AT = {
    "/u/close": (502, Says.UPSTREAM_CLOSED),
    "/u/rst": (502, Says.UPSTREAM_CLOSED),
    "/u/garbage": (502, Says.UPSTREAM_INVALID),
    "/u/badheader": (502, Says.UPSTREAM_INVALID),
    "/u/big": (502, Says.UPSTREAM_INVALID),
    "/u/401": (401, Says.NOTHING),
    "/refused": (503, Says.UPSTREAM_DOWN),
    "/u/hang": (504, Says.UPSTREAM_TIMEOUT),
    "/u/rstafter": (101, Says.CLOSED),
    "/ctimeout": (503, Says.UPSTREAM_TIMEOUT),
    "/name": (503, Says.UPSTREAM_DOWN),
    "/tlsverify": (503, Says.UPSTREAM_DOWN),
    "/deny": (403, Says.FORBIDDEN),
    "/basic": (401, Says.BASIC),
    "/nothing": (503, Says.UNAVAILABLE),
    "/limit": (429, Says.RATE),
    "/idle": (101, Says.IDLE),
}


@pytest.fixture(scope="module")
def recorded():
    """Return what each of the three formats reads of the recorded lines, syslog's head taken off."""
    lines = unwrapped("haproxy-2.6.12.syslog.log")
    return {
        kind.name: [kind.read([line]) for line in lines if kind.opens(line.text)] for kind in haproxy.FORMATS
    }


def test_each_line_is_of_one_format_or_none_of_a_session():
    for line in unwrapped("haproxy-2.6.12.syslog.log"):
        opened = [kind.name for kind in haproxy.FORMATS if kind.opens(line.text)]
        assert len(opened) == 1 or "server available" in line.text or "is DOWN" in line.text, line


def test_what_became_of_each(recorded):
    found = {entry.path: (entry.status, entry.says) for entry in recorded["haproxy-http"]}
    assert {path: found[path] for path in AT} == AT


def test_every_part_of_a_line(recorded):
    first = recorded["haproxy-http"][0]
    assert (first.client, first.method, first.path, first.version) == ("127.0.0.1", "GET", "/ws", "HTTP/1.1")
    assert (first.status, first.upstream, first.upstream_status, first.scheme) == (101, "u/s1", 101, "http")
    assert first.identity == {"client-port": "39258", "probe": "7f3a9c01-03"}
    assert (first.took, first.zoned) == (0.112, False)
    assert first.time == pytest.approx(1795657556.743 + 0.112)


def test_who_answered(recorded):
    by_path = {entry.path: entry for entry in recorded["haproxy-http"]}
    assert (by_path["/u/401"].upstream, by_path["/u/401"].upstream_status) == ("u/s1", 401)
    assert (by_path["/deny"].upstream, by_path["/deny"].upstream_status) == ("", None)
    assert (by_path["/refused"].upstream, by_path["/refused"].upstream_status) == ("dead/s1", None)


def test_a_frontend_s_name_tells_of_tls(recorded):
    assert {e.scheme for e in recorded["haproxy-http"] if e.text.split()[2].startswith(("sec", "mtls"))} == {
        "https"
    }


def test_where_no_request_came(recorded):
    said = [entry.says for entry in recorded["haproxy-error"]]
    assert said.count(Says.CLIENT_CERTIFICATE_BAD) == 1
    assert said.count(Says.PROXY_PROTOCOL) == 2
    assert all(entry.told is Told.WRONG for entry in recorded["haproxy-error"])


def test_tcp_tells_of_a_server_that_refuses_or_is_silent(recorded):
    said = [entry.says for entry in recorded["haproxy-tcp"] if entry]
    assert said == [Says.IDLE, Says.UPSTREAM_DOWN]


def read(kind, text):
    assert kind.opens(text)
    return kind.read([Line(text, Place("h", 1))])


def test_the_reason_of_tls_that_later_versions_add():
    entry = read(
        ERROR,
        "127.0.0.1:4711 [26/Nov/2026:01:09:19.000] https~/1: SSL handshake failure (error:0A00009C:SSL routines::http request)",
    )
    assert (entry.says, entry.scheme) == (Says.PLAIN_HTTP_TO_TLS, "http")


def test_httpslog_and_no_captures():
    entry = read(
        HTTP,
        "::ffff:10.0.0.9:4711 [26/Nov/2026:01:09:19.000] https~ app/a1 0/0/1/2/+3 101 +120 - - --VN 1/1/0/0/0 0/0 "
        '"GET /ws?x=1 HTTP/1.1" 0/0000000000000000/0/0/0 a.test/TLSv1.3/TLS_AES_256_GCM_SHA384',
    )
    assert (entry.client, entry.path, entry.scheme, entry.status) == (
        "::ffff:10.0.0.9",
        "/ws?x=1",
        "https",
        101,
    )


@given(st.text(max_size=120), st.integers(0, 200))
def test_no_text_raises(text, cut):
    whole = '127.0.0.1:39258 [26/Nov/2026:01:45:56.743] web u/s1 0/0/0/10/112 101 132 - - ---- 1/1/0/0/0 0/0 {a|b} "GET /ws HTTP/1.1"'
    for one in (text, whole[:cut] + text, whole[:cut] + text + whole[cut:]):
        for kind in haproxy.FORMATS:
            if kind.opens(one):
                kind.read([Line(one, Place("x", 1))])
