"""nginx's error log at the level debug, as nginx 1.22.1 and 1.31.3 wrote it of two requests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logs.formats.reading import RECORDED
from ws101.logs.concern import Concern
from ws101.logs.entry import Level, Told
from ws101.logs.formats import nginx_debug, nginx_error
from ws101.logs.line import Line, Place
from ws101.logs.reader import Reader
from ws101.redact import Redactor

FORMATS = (nginx_debug.FORMAT, nginx_error.FORMAT)


@pytest.mark.parametrize("version", ["1.22.1", "1.31.3"])
def test_all_fields_of_a_request_are_one_record(version):
    reader = Reader("debug.log", FORMATS, Redactor((), b"salt"), Concern(), 2026)
    entries = reader.feed((RECORDED / f"nginx-{version}.debug.log").read_bytes()) + reader.finish()
    seen = [entry for entry in entries if entry.format == "nginx-debug"]
    assert [(e.method, e.path, e.host, e.told, e.level) for e in seen] == [
        ("GET", "/ws", "localhost", Told.SEEN, Level.DEBUG),
        ("GET", "/up", "localhost", Told.SEEN, Level.DEBUG),
    ]
    assert all(entry.whole and entry.headers["upgrade"] == "websocket" for entry in seen)
    assert seen[0].identity == {"connection": "2", "key": "dGhlIHNhbXBsZSBub25jZQ==", "probe": "7f3a9c01-03"}


def test_requests_of_two_connections_are_told_apart():
    reader = Reader("debug.log", FORMATS, Redactor((), b"salt"), Concern(), 2026)
    start = "2026/11/26 01:09:19 [debug] 7#7: *"
    written = [
        '1 http request line: "GET /ws HTTP/1.1"',
        '2 http request line: "GET /chat/ws HTTP/1.1"',
        '1 http header: "Upgrade: websocket"',
        '2 http header: "Host: b.test"',
        "2 http header done",
        '1 http header: "Authorization: Bearer abcdefgh1234"',
    ]
    entries = reader.feed("".join(f"{start}{line}\n" for line in written).encode()) + reader.finish()
    told = {entry.path: dict(entry.headers) for entry in entries}
    assert told["/chat/ws"] == {"host": "b.test"}
    assert set(told["/ws"]) == {"upgrade", "authorization"}
    assert "abcdefgh1234" not in told["/ws"]["authorization"]


@given(st.text(max_size=200))
def test_no_text_raises(text):
    for whole in (text, f'2026/11/26 01:09:19 [debug] 1#1: *2 http request line: "{text}"'):
        nginx_debug.FORMAT.continues(whole)
        nginx_debug.FORMAT.key(whole)
        if nginx_debug.FORMAT.opens(whole):
            nginx_debug.FORMAT.read([Line(whole, Place("e", 1))])
