"""nginx's access lines in four layouts, which nginx 1.22.1 and 1.31.3 wrote side by side: they tell the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.logs.formats import nginx_access, nginx_json
from ws101.logs.line import Line, Place
from ws101.signature import Says

UPSTREAM = nginx_access.from_log_format(
    "upstream",
    '$remote_addr [$time_iso8601] "$request" $status rt=$request_time uaddr="$upstream_addr" ustatus=$upstream_status '
    "urt=$upstream_response_time conn=$connection $scheme://$host$request_uri",
)
COMBINED, GUIDE = nginx_access.FORMATS[:2]
SAME = ("time", "zoned", "client", "method", "version", "status", "told", "says")


def same(entry):
    return tuple(getattr(entry, name) for name in SAME)


@pytest.mark.parametrize("version", ["1.22.1", "1.31.3"])
def test_every_layout_tells_the_same(entries, version):
    logs = {
        name: entries(f"nginx-{version}.{name}.log", kind)
        for name, kind in {
            "access": COMBINED,
            "guide": GUIDE,
            "json": nginx_json.FORMAT,
            "upstream": UPSTREAM,
        }.items()
    }
    assert len(logs["access"]) > 60
    for name in ("guide", "json", "upstream"):
        assert [same(e) for e in logs[name]] == [same(e) for e in logs["access"]], name
    assert [e.path for e in logs["json"]] == [e.path for e in logs["access"]]
    assert [(e.upstream, e.upstream_status) for e in logs["json"]] == [
        (e.upstream, e.upstream_status) for e in logs["upstream"]
    ]
    assert [e.took for e in logs["json"]] == [e.took for e in logs["upstream"]]
    assert [e.scheme for e in logs["json"]] == [e.scheme for e in logs["upstream"]]


@pytest.mark.parametrize("version", ["1.22.1", "1.31.3"])
def test_what_became_of_each(entries, version):
    by_path = {e.path: e for e in entries(f"nginx-{version}.json.log", nginx_json.FORMAT)}
    assert by_path["/tlsok"].status == by_path["/tlsok"].upstream_status == 101
    assert by_path["/deny"].upstream == ""
    assert (by_path["/refused"].status, by_path["/refused"].upstream_status) == (502, None)
    assert by_path["/refused"].upstream
    assert (by_path["/u/401"].status, by_path["/u/401"].upstream_status) == (401, 401)
    assert by_path["/u/garbage"].says is Says.UPSTREAM_INVALID
    assert by_path["/444"].says is Says.CLOSED
    assert by_path["/bare"].headers["upgrade"] == "websocket"
    assert by_path["/bare"].identity["probe"] == "7f3a9c01-03"
    assert len(by_path["/bare"].identity["request-id"]) == 32


@pytest.mark.parametrize("version", ["1.22.1", "1.31.3"])
def test_bytes_of_tls_on_a_plain_port(entries, version):
    said = [e.says for e in entries(f"nginx-{version}.access.log", COMBINED)]
    assert said.count(Says.TLS_TO_PLAIN) == 1
    assert said.count(Says.PROXY_PROTOCOL) == 2


def read(text):
    assert nginx_json.FORMAT.opens(text)
    return nginx_json.FORMAT.read([Line(text, Place("access.json", 3))])


def test_names_that_others_use():
    entry = read(
        '{"@timestamp":"2026-11-26T01:09:19+00:00","client":"10.0.0.9","method":"GET","request_uri":"/ws","status":"400",'
        '"request_time":"0.004","user_agent":"okhttp/4","upgrade":"-","vhost":"a.test","upstream_addr":"-"}'
    )
    assert (entry.client, entry.path, entry.status, entry.took) == ("10.0.0.9", "/ws", 400, 0.004)
    assert (entry.agent, entry.host, entry.upstream) == ("okhttp/4", "a.test", "")
    assert entry.headers == {"upgrade": ""}


def test_json_that_the_default_escape_broke():
    entry = read(
        '{"remote_addr":"::1","request":"GET /ws HTTP/1.1","status":101,"http_user_agent":"a \\x22b\\x22","msec":1795655359.5}'
    )
    assert (entry.agent, entry.time) == ('a "b"', 1795655359.5)


def test_other_software_s_json_is_not_taken_for_it():
    for text in (
        '{"level":"info","status":200,"request":{"remote_ip":"::1","method":"GET"}}',
        '{"status":200,"method":"GET","path":"/ws"}',
        '{"remote_addr":"::1"}',
        "{",
    ):
        assert not nginx_json.FORMAT.opens(text)


@given(st.text(max_size=80), st.text('{}",:\\x0_remote_addr[]1', max_size=80))
def test_no_text_opens_and_then_fails(any_text, close):
    for text in (any_text, close, f'{{"remote_addr":"{any_text}","status":{close}}}'):
        if nginx_json.FORMAT.opens(text):
            nginx_json.FORMAT.read([Line(text, Place("x", 1))])
