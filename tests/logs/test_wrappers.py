"""What engines, journals and collectors put around a line, and what of it is told of the line inside."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.logs import wrappers
from ws101.logs.line import Line, Place
from ws101.logs.wrappers import WRAPPERS, for_year, peel

INNER = '127.0.0.1 - - [26/Nov/2026:01:09:19 +0000] "GET /ws HTTP/1.1" 101 157 "-" "-"'
MOMENT = 1795655359.0
HERE = Place("a.log", 4)

WRAPPED = [
    (
        "docker-json",
        {"log": f"{INNER}\n", "stream": "stdout", "time": "2026-11-26T01:09:19.5Z"},
        0.5,
        "stdout",
    ),
    ("fluent-bit", {"kubernetes": {}, "log": f"{INNER}\n", "stream": "stderr"}, None, "stderr"),
    ("cri", f"2026-11-26T01:09:19.500000000Z stdout F {INNER}", 0.5, "stdout"),
    (
        "journal-json",
        {
            "MESSAGE": INNER,
            "__REALTIME_TIMESTAMP": "1795655359500000",
            "_SYSTEMD_UNIT": "nginx.service",
            "_PID": "12",
        },
        0.5,
        "nginx.service[12]",
    ),
    ("journal-json bytes", {"MESSAGE": list(INNER.encode()), "SYSLOG_IDENTIFIER": "nginx"}, None, "nginx"),
    (
        "filebeat",
        {
            "@timestamp": "2026-11-26T01:09:19.5Z",
            "message": INNER,
            "agent": {"type": "filebeat"},
            "log": {"file": {"path": "/x"}},
        },
        0.5,
        "",
    ),
    (
        "filebeat's module",
        {"message": "x", "event": {"original": INNER}, "agent": {"type": "filebeat"}},
        None,
        "",
    ),
    (
        "vector",
        {
            "file": "/x",
            "message": INNER,
            "source_type": "file",
            "timestamp": "2026-11-26T01:09:19.5Z",
            "container_name": "web",
        },
        0.5,
        "web",
    ),
    (
        "logcli",
        {"labels": {"pod": "web-1"}, "line": INNER, "timestamp": "2026-11-26T01:09:19.5Z"},
        0.5,
        "web-1",
    ),
    ("cloudwatch", {"timestamp": 1795655359500, "message": INNER, "ingestionTime": 1795655360000}, 0.5, ""),
    (
        "cloud logging",
        {
            "textPayload": f"{INNER}\n",
            "timestamp": "2026-11-26T01:09:19.5Z",
            "resource": {"labels": {"container_name": "web"}},
        },
        0.5,
        "web",
    ),
    ("compose", f"server-1  | {INNER}", None, "server-1"),
    ("compose in colours", f"\x1b[36mserver-1  | \x1b[0m{INNER}", None, "server-1"),
    ("compose 1", f"proj_web_1        | {INNER}", None, "proj_web_1"),
    ("compose --timestamps", f"web-1  | 2026-11-26T01:09:19.500000000Z {INNER}", 0.5, "web-1"),
    ("docker logs -t", f"2026-11-26T01:09:19.500000000Z {INNER}", 0.5, ""),
    ("actions", f"2026-11-26T01:09:19.5000000Z {INNER}", 0.5, ""),
    ("kubectl --prefix", f"[pod/web-7d4b9c6f5-x2x4z/nginx] {INNER}", None, "web-7d4b9c6f5-x2x4z/nginx"),
    ("stern", f"web-7d4b9c6f5-x2x4z nginx {INNER}", None, "web-7d4b9c6f5-x2x4z/nginx"),
    ("stern, old", f"web-7d4b9c6f5-x2x4z › nginx │ {INNER}", None, "web-7d4b9c6f5-x2x4z/nginx"),
    ("pm2", f"0|server   | {INNER}", None, "0|server"),
    ("grep", f"/var/log/nginx/access.log:{INNER}", None, "/var/log/nginx/access.log"),
    ("grep -n", f"nginx/access.log.1:812:{INNER}", None, "nginx/access.log.1"),
    ("logcat", f"11-26 01:09:19.500  1234  5678 I okhttp.OkHttpClient: {INNER}", 0.5, "[1234]"),
    ("logcat -v time", f"11-26 01:09:19.500 I/OkHttp  ( 1234): {INNER}", 0.5, "[1234]"),
    ("logcat -v brief", f"I/OkHttp  ( 1234): {INNER}", None, "[1234]"),
    ("logcat -v tag", f"I/OkHttp: {INNER}", None, ""),
    (
        "Android Studio",
        f"2026-11-26 01:09:19.500  1234-5678  okhttp.OkHttpClient     com.example.app           I  {INNER}",
        0.5,
        "[1234]",
    ),
    (
        "Android Studio, old",
        f"2026-11-26 01:09:19.500 1234-5678/com.example.app I/OkHttp: {INNER}",
        0.5,
        "[1234]",
    ),
    ("short", f"Nov 26 01:09:19 web nginx[12]: {INNER}", 0.0, "nginx[12]"),
    ("short-precise", f"Nov 26 01:09:19.500000 web nginx[12]: {INNER}", 0.5, "nginx[12]"),
    ("short-iso", f"2026-11-26T02:09:19+0100 web nginx[12]: {INNER}", 0.0, "nginx[12]"),
    ("short-full", f"Thu 2026-11-26 01:09:19 UTC web nginx[12]: {INNER}", 0.0, "nginx[12]"),
    ("short-unix", f"1795655359.500000 web nginx[12]: {INNER}", 0.5, "nginx[12]"),
    ("rfc3164", f"<190>Nov 26 01:09:19 web nginx: {INNER}", 0.0, "nginx"),
    ("rfc5424", f"<165>1 2026-11-26T01:09:19.5Z web nginx 12 ID47 - {INNER}", 0.5, "nginx[12]"),
    (
        "rfc5424 with data",
        f'<165>1 2026-11-26T01:09:19Z web nginx - - [a@1 b="c\\]"][d] {INNER}',
        0.0,
        "nginx",
    ),
    ("rfc5424 without time", f"<165>1 - web nginx - - - \ufeff{INNER}", None, "nginx"),
    ("heroku", f"2026-11-26T01:09:19.500000+00:00 app[web.1]: {INNER}", 0.5, "app[web.1]"),
    ("rsyslog's colours", f"Nov 26 01:09:19 web nginx[12]: #033[32m{INNER}#033[0m", 0.0, "nginx[12]"),
]


def peeled(text, table=None):
    line = Line(text, HERE)
    for _ in range(5):
        inner = next(
            (found for one in table or for_year(2026) if (found := one.peel(line)) is not None), None
        )
        if inner is None:
            return line
        line = inner
    return line


@pytest.mark.parametrize(("name", "text", "fraction", "stream"), WRAPPED, ids=[row[0] for row in WRAPPED])
def test_the_line_inside(name, text, fraction, stream):
    line = peeled(json.dumps(text) if isinstance(text, dict) else text)
    assert line.text == INNER
    assert line.stream == stream
    assert line.place == HERE
    assert line.time == (None if fraction is None else pytest.approx(MOMENT + fraction, abs=1e-6))


def test_what_names_no_zone_says_so():
    assert peeled(f"Nov 26 01:09:19 web nginx[12]: {INNER}").zoned is False
    assert peeled(f"2026-11-26T01:09:19Z web nginx[12]: {INNER}").zoned is True
    assert peel(Line(f"Nov 26 01:09:19 web nginx[12]: {INNER}", HERE)) == Line(INNER, HERE, None, "nginx[12]")


def test_one_in_another():
    inner = f"web-1  | 2026-11-26T01:09:19.500000000Z {INNER}\n"
    line = peeled(json.dumps({"log": inner, "stream": "stdout", "time": "2026-11-26T01:09:20Z"}))
    assert (line.text, line.stream) == (INNER, "stdout web-1")
    assert line.time == pytest.approx(MOMENT + 0.5)


def test_lines_that_go_on():
    def partial(text):
        return any(
            one.peel(Line(text, HERE)) is not None and one.partial(Line(text, HERE)) for one in WRAPPERS
        )

    assert partial("2026-11-26T01:09:19.5Z stdout P half a")
    assert not partial("2026-11-26T01:09:19.5Z stdout F whole")
    assert partial('{"log":"half a","stream":"stdout","time":"2026-11-26T01:09:19Z"}')
    assert not partial('{"log":"whole\\n","stream":"stdout","time":"2026-11-26T01:09:19Z"}')


@pytest.mark.parametrize(
    "text",
    [
        INNER,
        "2026/11/26 01:09:19 [info] 7#7: *4 client sent plain HTTP request to HTTPS port",
        "2026-11-26 01:09:19,123 INFO main - server: started",
        "2026-11-26T01:09:19.123456Z  INFO hyper: listening",
        "2026-11-26T01:09:19Z INFO server: listening",
        "2026-11-26T01:09:19.123Z ERROR app[7]: x",
        "2026-11-26T01:09:19Z DBG github.com/traefik/traefik/v3/pkg/proxy/httputil/proxy.go:199 > 502 Bad Gateway",
        "INFO  | started",
        "2026-11-26 | INFO | started",
        "  - Upgrade: websocket",
        '{"level":"info","msg":"log","log":"x"}',
        '{"log":7,"stream":"stdout"}',
        '{"message":"x","agent":"curl/8","level":"info"}',
        '{"line":7,"labels":{}}',
        "[pod/]: x",
        "well-known thing happened",
        "Nov 26 01:09:19",
        "<190>nothing",
        "",
    ],
)
def test_what_is_not_wrapped_stays(text):
    assert peeled(text) == Line(text, HERE)


def test_an_empty_line_inside():
    assert peeled("server-1  | ").text == ""
    assert peeled("2026-11-26T01:09:19.500000000Z stdout F").text == ""


ALPHABET = st.text(st.sampled_from('<>1 -[]{}":|\\\x1b#03/Tl.ogPFstdoumNv2026Z,'), max_size=60)


@given(st.one_of(st.text(max_size=120), ALPHABET), st.sampled_from([row[1] for row in WRAPPED]))
def test_no_text_raises(text, row):
    start = json.dumps(row) if isinstance(row, dict) else row
    for whole in (text, start[: len(text)] + text, text + start):
        line = wrappers.peel(Line(whole, HERE))
        assert line.place == HERE
        for one in WRAPPERS:
            one.partial(Line(whole, HERE))
