"""Envoy's logs, as Envoy 1.40.0 wrote them of known faults."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logs.formats.reading import entries_of, lines_of
from ws101.logs.entry import Told
from ws101.logs.formats import envoy
from ws101.logs.line import Line, Place
from ws101.logs.wording import recognise
from ws101.signature import Says

TEXT, JSON, OWN = envoy.FORMATS
BY_FLAGS = {
    "/u/close": (503, Says.UPSTREAM_CLOSED),
    "/u/garbage": (502, Says.UPSTREAM_INVALID),
    "/u/401": (401, Says.NOTHING),
    "/refused": (503, Says.UPSTREAM_DOWN),
    "/u/rstafter": (101, Says.CLOSED),
    "/ctimeout": (503, Says.UPSTREAM_DOWN),
    "/name": (503, Says.UPSTREAM_DOWN),
    "/tlsup": (504, Says.UPSTREAM_TIMEOUT),
    "/tlsverify": (503, Says.UPSTREAM_DOWN),
    "/nothing": (404, Says.NO_ROUTE),
    "/idle": (101, Says.IDLE),
}
BY_DETAILS = BY_FLAGS | {
    "/refused": (503, Says.UPSTREAM_REFUSED),
    "/ctimeout": (503, Says.UPSTREAM_TIMEOUT),
    "/tlsverify": (503, Says.UPSTREAM_TLS),
}
OF_BAD_REQUESTS = {
    400: {Says.MALFORMED},
    408: {Says.SILENT},
    426: {Says.HTTP_VERSION},
    431: {Says.HEADER_TOO_LARGE},
    None: {Says.NOTHING},
}


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [("access", TEXT, BY_FLAGS), ("istio", TEXT, BY_DETAILS), ("json", JSON, BY_DETAILS)],
)
def test_what_became_of_each(name, kind, expected):
    found = {e.path: e for e in entries_of(f"envoy-1.40.0.{name}.log", kind)}
    assert {path: (found[path].status, found[path].says) for path in expected} == expected
    assert (found["/u/401"].upstream_status, found["/refused"].upstream_status) == (401, None)
    assert (found["/deny"].upstream, found["/deny"].status) == ("", 403)


@pytest.mark.parametrize(("name", "kind"), [("istio", TEXT), ("json", JSON)])
def test_what_is_no_request_has_its_reason(name, kind):
    found = [e for e in entries_of(f"envoy-1.40.0.{name}.log", kind) if not e.path]
    said = {status: {e.says for e in found if e.status == status} for status in OF_BAD_REQUESTS}
    assert said == OF_BAD_REQUESTS


def test_an_upgrade_that_is_not_configured():
    found = [e for e in entries_of("envoy-1.40.0.istio.log", TEXT) if "upgrade_failed" in e.words]
    assert [(e.status, e.says, e.upstream) for e in found] == [(403, Says.NOT_A_HANDSHAKE, "")]


def test_a_client_that_went_away_was_not_answered():
    gone = [e for e in entries_of("envoy-1.40.0.access.log", TEXT) if e.path == "/u/hang" and "DC" in e.words]
    assert [(e.status, e.told) for e in gone] == [(None, Told.WRONG)]


def test_every_part_of_a_line():
    for name, kind in (("istio", TEXT), ("json", JSON)):
        first = entries_of(f"envoy-1.40.0.{name}.log", kind)[0]
        assert (first.client, first.method, first.path, first.version) == (
            "127.0.0.1",
            "GET",
            "/ws",
            "HTTP/1.1",
        )
        assert (first.host, first.upstream, first.upstream_status) == ("localhost", "127.0.0.1:42643", 101)
        assert first.identity == {
            "request-id": "c8864d92-2786-44d2-8740-6358037b943e",
            "client-port": "41712",
            "probe": "7f3a9c01-03",
        }
        assert first.time == pytest.approx(1795658211.552 + 0.101)


def test_tls_at_the_level_debug():
    read = [OWN.read([line]) for line in lines_of("envoy-1.40.0.own.log") if OWN.opens(line.text)]
    assert [e.says for e in read if e] == [
        Says.PLAIN_HTTP_TO_TLS,
        Says.TLS_VERSION,
        Says.CLIENT_CERTIFICATE_MISSING,
    ]


def test_no_detail_is_hidden_behind_another():
    for wording in envoy.DETAILS:
        said = recognise("{".join(wording.marks), envoy.DETAILS)
        assert said is not None
        assert said.says is wording.says, wording


@given(st.text(max_size=100), st.integers(0, 200))
def test_no_text_raises(text, cut):
    lines = (
        '[2026-11-26T01:56:51.552Z] "GET /ws HTTP/1.1" 101 DC 0 0 101 - "-" "ws101/0.5.0" "c8864d92" "localhost" "127.0.0.1:1"',
        '{"response_code":101,"response_flags":"DC","start_time":"2026-11-26T01:56:51.552Z","duration":101,"path":"/ws"}',
        '[2026-11-26 01:57:03.724][3434][debug][connection] [a.cc:322] [Tags: "C":"58"] remote address:127.0.0.1:1,TLS_error:|x',
    )
    for line in lines:
        whole = line[:cut] + text + line[cut:]
        for kind in envoy.FORMATS:
            if kind.opens(whole):
                kind.read([Line(whole, Place("x", 1))])
