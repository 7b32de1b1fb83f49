"""Traefik's logs, as Traefik 3.7.15 wrote them of known faults."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logs.formats.reading import entries_of
from ws101.logs.detect import Detector
from ws101.logs.entry import Told
from ws101.logs.formats import FORMATS, nginx_access, traefik
from ws101.logs.line import Line, Place
from ws101.signature import Says

CLF, JSON, OWN = traefik.FORMATS
STATUS = {
    "/ws": 101,
    "/u/close": 502,
    "/u/garbage": 500,
    "/u/401": 401,
    "/refused": 502,
    "/ctimeout": 504,
    "/deny": 403,
    "/basic": 401,
    "/nothing": 404,
    "/idle": 101,
}
SAID = [
    Says.UPSTREAM_CLOSED,
    Says.UPSTREAM_INVALID,
    Says.UPSTREAM_REFUSED,
    Says.UPSTREAM_TIMEOUT,
    Says.UPSTREAM_NAME,
    Says.UPSTREAM_TLS,
    Says.ADDRESS,
    Says.BASIC,
    Says.SUBREQUEST,
    Says.TLS_VERSION,
    Says.TLS_SERVER_NAME,
]


def test_the_first_line_of_a_log_is_traefik_s_though_it_bears_a_sign_of_a_later_format():
    line = '127.0.0.1 - - [27/Nov/2026:01:54:20 +0000] "GET /chat HTTP/1.1" 400 34 "-" "-" 1 "r@file" "http://10.0.0.2:80" 2ms'
    assert Detector(FORMATS).form_of(line) is CLF


@pytest.mark.parametrize(("name", "kind"), [("clf", CLF), ("json", JSON)])
def test_what_became_of_each(name, kind):
    found = entries_of(f"traefik-3.7.15.{name}.log", kind)
    # The last is asked for again at an entry point that has no such router.
    assert {e.path: e.status for e in found if e.path in STATUS and (e.path, e.status) != ("/ws", 404)} | {
        "/ws": 101
    } == STATUS
    by_path = {e.path: e for e in found}
    assert (by_path["/u/401"].upstream_status, by_path["/refused"].upstream_status) == (401, None)
    assert by_path["/deny"].upstream == ""
    assert by_path["/refused"].upstream
    assert by_path["/nothing"].says is Says.NO_ROUTE
    assert [e.told for e in found if e.status == 499] == [Told.WRONG, Told.WRONG]


def test_every_part_of_a_line_of_json():
    first = entries_of("traefik-3.7.15.json.log", JSON)[0]
    assert (first.client, first.method, first.host, first.path, first.scheme) == (
        "127.0.0.1",
        "GET",
        "localhost",
        "/ws",
        "http",
    )
    assert (first.headers["upgrade"], first.headers["connection"]) == ("websocket", "Upgrade")
    assert first.identity == {
        "client-port": "41510",
        "key": "dGhlIHNhbXBsZSBub25jZQ==",
        "probe": "7f3a9c01-03",
    }
    assert first.took == 0.104763127
    assert first.time == pytest.approx(1795657580.082487807 + 0.104763127, abs=1e-6)


def test_a_line_of_the_common_format_is_traefik_s_alone():
    text = '10.0.0.9 - u [26/Nov/2026:01:09:19 +0000] "GET /ws HTTP/1.1" 0 0 "-" "-" 1 "r@file" "http://app:80" 1500ms'
    assert not any(kind.opens(text) for kind in nginx_access.FORMATS)
    entry = CLF.read([Line(text, Place("a", 1))])
    assert (entry.status, entry.upstream, entry.took, entry.user) == (101, "app:80", 1.5, "u")
    assert entry.time == 1795655360.5


@pytest.mark.parametrize("name", ["own", "ownjson"])
def test_what_it_says_itself(name):
    found = entries_of(f"traefik-3.7.15.{name}.log", OWN)
    assert {says for says in SAID if says not in {e.says for e in found}} == set()
    refused = next(e for e in found if e.says is Says.UPSTREAM_REFUSED)
    assert (refused.status, refused.told) == (502, Told.WRONG)


@given(st.text(max_size=100), st.integers(0, 160))
def test_no_text_raises(text, cut):
    lines = (
        '127.0.0.1 - - [26/Nov/2026:01:45:57 +0000] "GET /ws HTTP/1.1" 0 0 "-" "-" 1 "r@file" "http://127.0.0.1:1" 102ms',
        '{"DownstreamStatus":0,"Duration":1,"StartUTC":"2026-11-26T01:46:20.0Z","RequestPath":"/ws"}',
        '2026-11-26T01:45:57Z DBG pkg/proxy/httputil/proxy.go:199 > 502 Bad Gateway error="EOF"',
        '{"level":"debug","error":"EOF","caller":"traefik/proxy.go:199","message":"502 Bad Gateway"}',
    )
    for line in lines:
        whole = line[:cut] + text + line[cut:]
        for kind in traefik.FORMATS:
            if kind.opens(whole):
                kind.read([Line(whole, Place("x", 1))])
