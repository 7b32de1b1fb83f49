"""Browsers' consoles, HAR files, lines of JSON, and a library's words behind whatever a logger puts before them."""

import base64
import json

import pytest

from logs.telling import read, stories_of
from ws101.logs.entry import Level, Told
from ws101.signature import Says
from ws101.terms import Hop


def _har(*requests):
    return json.dumps(
        {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": list(requests)}},
        indent=2,
    )


def _request(url, status, *, headers=(), **more):
    return {
        "startedDateTime": "2026-11-26T01:02:03.456Z",
        "time": 12.5,
        "request": {
            "method": "GET",
            "url": url,
            "httpVersion": "http/1.1",
            "headers": [{"name": n, "value": v} for n, v in headers],
        },
        "response": {
            "status": status,
            "statusText": "",
            "headers": [],
            "content": {"size": 0, "mimeType": ""},
        },
        **more,
    }


FIELDS = (
    ("Host", "example.com"), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Origin", "https://example.com"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Version", "13"), ("User-Agent", "Mozilla/5.0"),
)  # fmt: skip


def test_a_har_file_tells_of_its_handshakes_alone():
    text = _har(
        _request("https://example.com/", 200),
        _request("wss://example.com/ws?room=1", 101, headers=FIELDS, _resourceType="websocket"),
        _request("wss://example.com/ws", 400, headers=FIELDS, _resourceType="websocket"),
    )
    opened, refused = read(text, "page.har")
    assert (opened.status, opened.scheme, opened.host, opened.path, opened.hop) == (
        101,
        "wss",
        "example.com",
        "/ws?room=1",
        Hop.CLIENT,
    )
    assert (opened.time, opened.zoned, opened.whole) == (1_795_654_923.456, True, True)
    assert opened.identity == {"key": "dGhlIHNhbXBsZSBub25jZQ=="}
    assert opened.took == 0.0125
    assert (refused.status, refused.told, refused.headers["origin"]) == (
        400,
        Told.ANSWERED,
        "https://example.com",
    )
    assert [entry.status for entry in read(text, "page.har")] == [101, 400]


NGINX_S_PAGE = (
    "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1>"
    "</center>\r\n<center>The plain HTTP request was sent to HTTPS port</center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"
)
PROBLEM = '{"type":"urn:ws101:cause:token-expired","title":"The token has expired","status":401,"detail":"It expired at noon"}'


def _refused(status, body, *, encoded=False, **fields):
    request = _request("wss://example.com/ws", status, headers=FIELDS, _resourceType="websocket")
    text = base64.b64encode(body.encode()).decode() if encoded else body
    content = {"mimeType": "text/html", "text": text} | ({"encoding": "base64"} if encoded else {})
    named = [{"name": name.replace("_", "-"), "value": value} for name, value in fields.items()]
    request["response"] |= {"content": content, "headers": named}
    return _har(request)


@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize(
    ("status", "body", "fields", "says", "words"),
    [
        (
            400,
            NGINX_S_PAGE,
            {"Server": "nginx/1.22.1"},
            Says.PLAIN_HTTP_TO_TLS,
            "plain HTTP request was sent",
        ),
        (
            401,
            PROBLEM,
            {"Content_Type": "application/problem+json"},
            Says.TOKEN_EXPIRED,
            "The token has expired. It expired at noon",
        ),
        (
            400,
            'Can "Upgrade" only to "WebSocket".',
            {"Server": "TornadoServer/6.4"},
            Says.NO_UPGRADE,
            "Upgrade",
        ),
        (418, "a teapot", {}, Says.NOTHING, "a teapot"),
        (400, "", {}, Says.NOTHING, ""),
    ],
)
def test_a_refusal_s_body_is_read_as_that_of_an_answer(status, body, fields, says, words, encoded):
    (entry,) = read(_refused(status, body, encoded=encoded, **fields), "page.har")
    assert (entry.status, entry.told, entry.says) == (status, Told.ANSWERED, says)
    assert words in entry.words
    assert "<" not in entry.words


def test_a_secret_in_a_body_in_base64_is_taken_out():
    (entry,) = read(_refused(401, "no user has token=s3cr3t-0ne here", encoded=True), "page.har")
    assert entry.words == "no user has token=[token " + entry.words.partition("[token ")[2]
    assert "s3cr3t" not in f"{entry!r}"


def test_a_body_that_is_no_base64_does_no_harm():
    text = _refused(400, "x", encoded=True).replace('"text": "eA=="', '"text": "!\u00e9*"')
    assert [entry.status for entry in read(text, "page.har")] == [400]


def test_a_log_of_json_whose_first_member_is_called_log_is_no_har_file():
    line = {"log": {"level": "error"}, "message": "Error: Unexpected server response: 400"}
    (entry,) = read(json.dumps(line) + "\n")
    assert (entry.format, entry.status) == ("json", 400)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("net::ERR_CONNECTION_REFUSED", Says.REFUSED),
        ("net::ERR_CERT_AUTHORITY_INVALID", Says.TLS_UNTRUSTED),
        ("net::ERR_FAILED", Says.NOTHING),
    ],
)
def test_a_handshake_without_an_answer_is_told_by_its_error(error, says):
    request = _request("wss://example.com/ws", 0, headers=FIELDS, _resourceType="websocket")
    request["response"]["_error"] = error
    (entry,) = read(_har(request))
    assert (entry.status, entry.told, entry.says, entry.words) == (None, Told.WRONG, says, error)


@pytest.mark.parametrize(
    "text",
    ["", "{}", '{"log": 1}', '{"log": {"entries": [1, {"request": 5}, {"request": {"headers": [3]}}]}}', "["],
)
def test_what_is_no_har_tells_nothing(text):
    assert read(text, "page.har") == []


CONSOLE = {
    "WebSocket connection to 'wss://example.com:8443/ws' failed: Error during WebSocket handshake: Unexpected response code: 400": (
        "chromium", 400, Says.NOTHING, "wss"),
    "app.js:12 WebSocket connection to 'ws://example.com:8443/ws' failed: Error in connection establishment: net::ERR_CONNECTION_REFUSED": (
        "chromium", None, Says.REFUSED, "ws"),
    "WebSocket connection to 'wss://example.com:8443/ws' failed: ": ("a browser", None, Says.NOTHING, "wss"),
    "Firefox can’t establish a connection to the server at wss://example.com:8443/ws.": ("firefox", None, Says.NOTHING, "wss"),
    "[Error] WebSocket connection to 'wss://example.com:8443/ws' failed: There was a bad response from the server.": (
        "safari", None, Says.NOTHING, "wss"),
    "WebSocket connection to 'wss://example.com:8443/ws' failed: HTTP Authentication failed; no valid credentials available": (
        "chromium", 401, Says.CREDENTIALS, "wss"),
}  # fmt: skip


@pytest.mark.parametrize("line", CONSOLE, ids=lambda line: line[:60])
def test_a_line_of_a_console_is_read(line):
    software, status, says, scheme = CONSOLE[line]
    (entry,) = read(line + "\n")
    assert (entry.software, entry.status, entry.says) == (software, status, says)
    assert (entry.scheme, entry.host, entry.port, entry.path) == (scheme, "example.com", 8443, "/ws")
    assert entry.hop is Hop.CLIENT


WORDS = "server rejected WebSocket connection: HTTP 403"


@pytest.mark.parametrize(
    ("line", "time", "level"),
    [
        (WORDS, None, None),
        (f"2026-11-26 01:02:03,456 - app.feed - ERROR - {WORDS}", 1_795_654_923.456, Level.ERROR),
        (f"ERROR:app:{WORDS}", None, Level.ERROR),
        (f"2026-11-26T01:02:03.456Z ERROR app::feed: {WORDS}", 1_795_654_923.456, Level.ERROR),
        (f"[2026-11-26T01:02:03Z WARN  app] {WORDS}", 1_795_654_923.0, Level.WARN),
        (f"2026/11/26 01:02:03 {WORDS}", 1_795_654_923.0, None),
        (f'time=2026-11-26T01:02:03.456Z level=WARN msg="{WORDS}"', 1_795_654_923.456, Level.WARN),
        (f"E, [2026-11-26T01:02:03.456789 #42] ERROR -- : {WORDS}", 1_795_654_923.456789, Level.ERROR),
        (json.dumps({"level": 50, "time": 1_795_654_923_456, "msg": WORDS}), 1_795_654_923.456, Level.ERROR),
        (json.dumps({"level": "error", "ts": 1_795_654_923.456, "msg": "x", "error": WORDS}), 1_795_654_923.456, Level.ERROR),
        (json.dumps({"@timestamp": "2026-11-26T01:02:03.456Z", "level": "WARN", "message": WORDS}), 1_795_654_923.456, Level.WARN),
        (json.dumps({"@t": "2026-11-26T01:02:03.456Z", "@l": "Error", "@mt": WORDS}), 1_795_654_923.456, Level.ERROR),
        (json.dumps({"severity": "ERROR", "timestamp": "2026-11-26T01:02:03.456Z", "message": "x", "err": {"message": WORDS}}),
         1_795_654_923.456, Level.ERROR),
    ],
)  # fmt: skip
def test_a_library_is_heard_through_any_logger(line, time, level):
    (entry,) = read(line + "\n")
    assert (entry.software, entry.status, entry.told) == ("websockets", 403, Told.ANSWERED)
    assert entry.level is level
    assert entry.time == (None if time is None else pytest.approx(time))


@pytest.mark.parametrize(
    "members",
    [
        {
            "req": {"method": "GET", "url": "/ws", "headers": {"upgrade": "websocket"}},
            "res": {"statusCode": 400},
            "level": 30,
        },
        {"level": "info", "method": "GET", "path": "/ws", "status": 400, "request_id": "r-1"},
        {"RequestMethod": "GET", "RequestPath": "/ws", "StatusCode": 400, "@t": "2026-11-26T01:02:03Z"},
        {"httpRequest": {"requestMethod": "GET", "requestUrl": "https://example.com/ws", "status": 400}},
    ],
)
def test_a_request_in_a_line_of_json_is_read(members):
    (entry,) = read(json.dumps(members) + "\n")
    assert (entry.method, entry.path, entry.status, entry.told, entry.hop) == (
        "GET",
        "/ws",
        400,
        Told.ANSWERED,
        Hop.SERVER,
    )


@pytest.mark.parametrize(
    "line",
    [
        '{"level":"info","msg":"cache warmed","path":"/ws"}',
        '{"level":"error","msg":"connect ECONNREFUSED 127.0.0.1:5432"}',
        '{"broken": ',
        "INFO app - user logged in",
        "java.net.ConnectException: Connection refused",
        "HTTP error: 400 Bad Request",
        "2026-11-26 01:02:03 INFO  Database - connection closed (1006 rows)",
    ],
)
def test_what_says_nothing_of_a_handshake_is_not_read(line):
    assert read(line + "\n") == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("WebSocket connection closed with code 1008", 1008),
        ("2026/11/26 01:02:03 read: websocket: close 1006 (abnormal closure): unexpected EOF", 1006),
        (
            "websockets.exceptions.ConnectionClosedError: received 4401 (private use) token; then sent 4401 (private use) token",
            4401,
        ),
        ("WebSocket is already in CLOSING or CLOSED state.", None),
    ],
)
def test_a_close_code_is_read(line, code):
    found = read(line + "\n")
    assert [entry.close_code for entry in found] == ([code] if code else [])
    assert all(entry.told is Told.ENDED for entry in found)


def test_an_error_with_its_causes_is_one_record():
    (entry,) = read(
        "java.util.concurrent.ExecutionException: java.net.http.WebSocketHandshakeException\n"
        "\tat java.base/java.util.concurrent.CompletableFuture.reportGet(CompletableFuture.java:396)\n"
        "Caused by: java.net.http.WebSocketHandshakeException\n"
        "\t... 4 more\n"
        "Caused by: jdk.internal.net.http.websocket.CheckFailedException: Unexpected HTTP response status code 401\n"
    )
    assert (entry.status, entry.software, entry.place.lines) == (401, "java.net.http", 5)


def test_two_failures_of_one_client_are_two_handshakes():
    lines = [line for line, (_, _, says, _) in CONSOLE.items() if says in {Says.NOTHING, Says.REFUSED}][:2]
    stories = stories_of(read("\n".join(lines) + "\n"))
    assert sorted((story.status or 0, len(story.entries)) for story in stories) == [(0, 1), (400, 1)]


# ---- two lines for one failure

TO = "main.js:12 WebSocket connection to 'wss://example.com/ws' failed: "
CLOSED_BEFORE = f"{TO}WebSocket is closed before the connection is established."


@pytest.mark.parametrize(
    "lines",
    [
        (f"{TO}Error in connection establishment: net::ERR_CONNECTION_REFUSED", CLOSED_BEFORE),
        (f"{TO}Error during WebSocket handshake: Unexpected response code: 400", CLOSED_BEFORE),
        (TO, "main.js:20 WebSocket error: [object Event]", "main.js:22 WebSocket closed: 1006"),
        (TO, "doOpen @ websocket.js:118", "main.js:108 connect_error due to websocket error"),
        (
            "Firefox can’t establish a connection to the server at wss://example.com/ws. main.js:12:5",
            "The connection to wss://example.com/ws was interrupted while the page was loading. main.js:12:5",
        ),
        (
            "2026/11/26 01:02:03 error connecting to wss://h/ws",
            "2026/11/26 01:02:03 dial: websocket: bad handshake",
        ),
        ("Failed to connect to wss://h/ws", "java.net.ConnectException: Connection refused (websocket)"),
    ],
)
def test_lines_of_one_failure_are_of_one_handshake(lines):
    entries = read("\n".join(lines) + "\n")
    assert len(entries) > 1
    assert len(stories_of(entries)) == 1


def test_each_try_is_a_handshake_of_its_own():
    failed = f"{TO}Error in connection establishment: net::ERR_CONNECTION_REFUSED"
    for lines in ((failed,) * 3, (TO,) * 3, (failed, CLOSED_BEFORE) * 3):
        assert len(stories_of(read("\n".join(lines) + "\n"))) == 3
    numbered = [f"attempt {number}: failed to connect to wss://h/ws" for number in range(3)]
    assert len(stories_of(read("\n".join(numbered) + "\n"))) == 3
