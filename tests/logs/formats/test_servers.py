"""What real servers wrote while they answered known requests: the order of the requests is that of the answers."""

import pytest

from logs.formats.reading import RECORDED
from logs.telling import reader
from ws101.logs.concern import Concern
from ws101.logs.entry import Told
from ws101.signature import Says
from ws101.terms import Hop

# The requests, in their order: good, without Upgrade, plain, Connection: keep-alive, /wrong, without a key, a key of 13
# bytes, version 8, a foreign Origin, /deny, /boom, /close, HTTP/1.0, TLS, a head of 70 kB, a PROXY line.
PATHS = ("/ws", "/wrong", "/deny", "/boom", "/close", "/ws/")


def entries_of(name):
    one = reader(name, concern=Concern(paths=PATHS))
    found = one.feed((RECORDED / name).read_bytes()) + one.finish()
    return sorted(found, key=lambda entry: entry.place.line)


def told(entries):
    return [(e.status, e.path, e.says) for e in entries if e.told in {Told.ANSWERED, Told.WRONG}]


N = Says.NOTHING
EXPECTED = {
    "uvicorn-0.54.0.websockets-17.4.log": [
        (101, "/ws", N), (404, "/ws", N), (404, "/ws", N), (404, "/ws", N), (403, "/wrong", N), (400, "", N), (400, "", N),
        (400, "", N), (101, "/ws", N), (403, "/deny", N), (500, "", Says.ERROR), (101, "/close", N), (101, "/ws", N),
        (400, "", Says.MALFORMED), (431, "", Says.HEADER_TOO_LARGE), (400, "", Says.MALFORMED),
    ],
    "uvicorn-0.54.0.wsproto-1.3.2.log": [  # what wsproto refuses itself, uvicorn does not log
        (101, "/ws", N), (404, "/ws", N), (404, "/ws", N), (404, "/ws", N), (403, "/wrong", N), (101, "/ws", N),
        (101, "/ws", N), (403, "/deny", N), (None, "", Says.ERROR), (101, "/close", N), (101, "/ws", N),
        (400, "", Says.MALFORMED), (101, "/ws", N), (400, "", Says.MALFORMED),
    ],
    "hypercorn-0.18.0.log": [
        (101, "/ws", N), (404, "/ws", N), (404, "/ws", N), (404, "/ws", N), (403, "/wrong", N), (400, "/ws", N),
        (101, "/ws", N), (400, "/ws", N), (101, "/ws", N), (403, "/deny", N), (500, "/boom", N), (500, "/boom", N),
        (101, "/close", N), (400, "/ws", N),
    ],
    "aiohttp-3.14.5.log": [
        (101, "/ws", N), (400, "/ws", N), (400, "/ws", N), (400, "/ws", N), (404, "/wrong", N), (400, "/ws", N),
        (400, "/ws", N), (101, "/ws", N), (101, "/ws", N), (401, "/deny", N), (500, "/boom", N), (101, "/close", N),
        (101, "/ws", N),
    ],
    "tornado-6.6.1.log": [
        (101, "/ws", N), (400, "/ws", Says.NO_UPGRADE), (400, "/ws", Says.NO_UPGRADE), (400, "/ws", Says.NO_CONNECTION),
        (404, "/wrong", N), (400, "/ws", N), (101, "/ws", N), (426, "/ws", N), (403, "/ws", Says.ORIGIN), (403, "/deny", N),
        (500, "/boom", N), (101, "/close", N), (101, "/ws", N),
    ],
    "tornado-6.6.1.basicconfig.log": [(400, "/chat", N), (400, "/chat", N), (101, "/chat", N)],
    "websockets-17.4.info.log": [
        (426, "", Says.NO_UPGRADE), (426, "", Says.NO_UPGRADE), (426, "", Says.NO_UPGRADE), (401, "", N), (400, "", N), (400, "", N), (400, "", N), (403, "", N),
        (401, "", N), (500, "", Says.ERROR), (505, "", N), (431, "", N),
    ],
    "gunicorn-27.0.1.uvicorn.log": [
        (101, "/ws", N), (404, "/ws", N), (404, "/ws", N), (404, "/ws", N), (403, "/wrong", N), (400, "", N), (400, "", N),
        (400, "", N), (101, "/ws", N), (403, "/deny", N), (500, "", Says.ERROR), (101, "/close", N), (101, "/ws", N),
        (400, "", Says.MALFORMED), (431, "", Says.HEADER_TOO_LARGE), (400, "", Says.MALFORMED),
    ],
    "gorilla-1.5.0.log": [
        (None, "", Says.NO_UPGRADE), (None, "", Says.NO_CONNECTION), (None, "", Says.NO_CONNECTION),
        (None, "", Says.KEY_MISSING), (None, "", Says.VERSION), (None, "", Says.ORIGIN),
    ],
    "engine.io-6.debug.log": [
        (None, "", Says.ENGINEIO_BAD_REQUEST), (None, "", Says.ENGINEIO_BAD_REQUEST), (None, "", Says.ENGINEIO_BAD_REQUEST),
        (None, "", Says.ENGINEIO_VERSION), (None, "", Says.ENGINEIO_SESSION), (None, "", Says.ENGINEIO_TRANSPORT),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_log_tells_what_was_answered(name):
    assert told(entries_of(name)) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_servers_tell_as_servers(name):
    assert {entry.hop for entry in entries_of(name)} == {Hop.SERVER}


def test_uvicorn_without_a_library_says_so_once_for_each_handshake():
    found = [e for e in entries_of("uvicorn-0.54.0.no-library.log") if e.says is Says.NO_LIBRARY]
    assert len(found) == 11, "of sixteen requests three asked for no upgrade, and two were no HTTP"
    assert {e.place.lines for e in found} == {2}


def test_whole_heads_are_read_from_a_debug_log():
    heads = [e for e in entries_of("websockets-17.4.debug.log") if e.format == "websockets"]
    assert [(e.status, e.says) for e in heads] == [
        (101, N), (426, Says.NO_UPGRADE), (426, Says.NO_UPGRADE), (426, Says.NO_UPGRADE), (401, N), (400, Says.KEY_MISSING),
        (400, Says.KEY_INVALID), (400, Says.VERSION), (403, Says.ORIGIN), (401, N), (500, N), (101, N), (505, Says.HTTP_VERSION),
    ]  # fmt: skip
    assert all(e.whole and e.hop is Hop.SERVER and e.agent == "probe/1" for e in heads)
    assert "upgrade" not in heads[1].headers
    assert heads[8].headers["origin"] == "http://evil.test"


def test_a_head_that_a_client_sent_is_its_own():
    one = reader("client.log")
    text = (
        "DEBUG:websockets.client:> GET /ws HTTP/1.1\nDEBUG:websockets.client:> Host: example.com:8443\n"
        "DEBUG:websockets.client:> Upgrade: websocket\nDEBUG:websockets.client:> Connection: Upgrade\n"
        "DEBUG:websockets.client:< HTTP/1.1 400 Bad Request\nDEBUG:websockets.client:< Connection: close\n"
    )
    (entry,) = one.feed(text.encode()) + one.finish()
    assert (entry.hop, entry.status, entry.host, entry.port) == (Hop.CLIENT, 400, "example.com", 8443)
    assert entry.headers["connection"] == "Upgrade"


def test_daphne_and_channels_tell_each_step():
    daphne = [(e.told, e.status, e.path) for e in entries_of("daphne-4.2.3.log") if e.format == "daphne"]
    assert daphne[:2] == [(Told.SEEN, None, "/ws"), (Told.ANSWERED, 101, "/ws")]
    assert (Told.ANSWERED, 403, "/deny") in daphne
    channels = entries_of("channels-4.3.2.runserver.log")
    assert {(e.status, e.path) for e in channels if e.told is Told.ANSWERED} >= {
        (403, "/ws"),
        (403, "/deny"),
        (200, "/ws"),
    }


@pytest.mark.parametrize("style", ["dev", "tiny", "short"])
def test_morgan_is_read(style):
    found = entries_of(f"node-20.morgan-{style}.log")
    assert [(e.status, e.path, e.method, e.size) for e in found] == [(404, "/ws", "GET", 141)] * 3
    assert all(e.took is not None and 0 < e.took < 1 for e in found)


def test_lines_of_json_from_pino_and_winston_are_read():
    found = [e for e in entries_of("node-20.morgan-combined.pino.winston.log") if e.format == "json"]
    seen = [e for e in found if e.told is Told.SEEN]
    assert len(seen) == 10
    assert all(e.whole and e.method == "GET" for e in seen)
    assert [e.headers.get("sec-websocket-key") is None for e in seen] == [False, False, True, *[False] * 7]
    assert [e.says for e in found if e.told is Told.WRONG] == [Says.KEY_INVALID] * 4
    assert {e.software for e in found if e.told is Told.WRONG} == {"ws"}


LINES = {
    '[GIN] 2026/11/26 - 01:02:03 | 101 |   12.345678ms |       192.0.2.7 | GET      "/ws"': ("go net/http", 101, "/ws", "192.0.2.7"),
    '2026/11/26 01:02:03 [h/ab-000001] "GET http://example.com/ws HTTP/1.1" from 192.0.2.7:5000 - 400 12B in 42.1µs': (
        "go net/http", 400, "/ws", "192.0.2.7"),
    "2026-11-26 01:02:03.456 [eventLoop-4-1] INFO  ktor.application - 401 Unauthorized: GET - /ws in 3ms": ("ktor", 401, "/ws", ""),
    "2026-11-26 01:02:03.456 [main] INFO  ktor.application - 101 Switching Protocols: GET - /ws": ("ktor", 101, "/ws", ""),
    'Started GET "/cable" [WebSocket] for 192.0.2.7 at 2026-11-26 01:02:03 +0000': ("action cable", None, "/cable", "192.0.2.7"),
    'I, [2026-11-26T01:02:03.123456 #42]  INFO -- : Started GET "/cable"[non-WebSocket] for 192.0.2.7 at 2026-11-26 01:02:03 +0000': (
        "action cable", None, "/cable", "192.0.2.7"),
    "01:02:03.456 [info] REFUSED CONNECTION TO MyAppWeb.UserSocket in 1ms": ("phoenix", 403, "", ""),
    "01:02:03.456 [info] CONNECTED TO MyAppWeb.UserSocket in 5ms": ("phoenix", 101, "", ""),
    "2026-11-26T01:02:03.456+01:00 ERROR 1 --- [nio-8080-exec-1] o.s.w.s.s.s.DefaultHandshakeHandler : Handshake failed due to invalid Upgrade header: null": (
        "spring", None, "", ""),
    "E, [2026-11-26T01:02:03.123456 #42] ERROR -- : Failed to upgrade to WebSocket (REQUEST_METHOD: GET, HTTP_CONNECTION: close, HTTP_UPGRADE: )": (
        "action cable", None, "", ""),
    "2026/11/26 01:02:03 http: TLS handshake error from 192.0.2.7:5000: client sent an HTTP request to an HTTPS server": (
        "go net/http", None, "", "192.0.2.7"),
    'time="2026-11-26T01:02:03Z" level=error msg="dial failed" error="websocket: bad handshake"': ("gorilla/websocket", None, "", ""),
}  # fmt: skip


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:40])
def test_a_line_as_its_software_documents_it_is_read(line):
    software, status, path, client = LINES[line]
    one = reader(concern=Concern(paths=PATHS))
    (entry,) = one.feed(line.encode() + b"\n") + one.finish()
    assert (entry.software, entry.status, entry.path, entry.client) == (software, status, path, client)
    assert entry.hop is (Hop.CLIENT if "bad handshake" in line else Hop.SERVER)


def test_kestrel_is_read():
    one = reader(concern=Concern(paths=PATHS))
    text = (
        "info: Microsoft.AspNetCore.Hosting.Diagnostics[1]\n      Request starting HTTP/1.1 GET http://localhost:5000/ws - - -\n"
        "info: Microsoft.AspNetCore.Hosting.Diagnostics[2]\n      Request finished HTTP/1.1 GET http://localhost:5000/ws - 101 - - 73.5556ms\n"
        "info: Microsoft.AspNetCore.Hosting.Diagnostics[2]\n      Request finished HTTP/1.1 GET http://localhost:5000/ws - 400 0 - 5.1ms\n"
    )
    found = one.feed(text.encode()) + one.finish()
    assert [(e.told, e.status, e.path, e.host, e.port) for e in found] == [
        (Told.SEEN, None, "/ws", "localhost", 5000),
        (Told.ANSWERED, 101, "/ws", "localhost", 5000),
        (Told.ANSWERED, 400, "/ws", "localhost", 5000),
    ]
    assert found[1].took == pytest.approx(0.0735556)


def test_a_traceback_of_an_ordinary_request_tells_of_no_handshake():
    one = reader()
    text = 'ERROR:    Exception in ASGI application\nTraceback (most recent call last):\n  File "/app/main.py", line 1, in f\n    raise ValueError("x")\nValueError: x\n'
    assert one.feed(text.encode()) + one.finish() == []
