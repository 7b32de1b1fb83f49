"""What clients' libraries print of whole requests and answers: what they sent, what they mean to send, and what came back."""

import pytest

from logs.formats.reading import RECORDED
from logs.telling import read, stories_of
from ws101.logs.concern import Concern
from ws101.logs.entry import Told
from ws101.logs.formats import FORMATS
from ws101.logs.lookout import Lookout
from ws101.logs.sift import Sieve
from ws101.signature import Says
from ws101.terms import Hop

REQUEST = (
    "--> GET https://app.example.com/ws",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    "--> END GET",
)
ANSWER = ("<-- 400 Bad Request https://app.example.com/ws (100ms)", "Server: nginx", "<-- END HTTP")


def _text(*lines, before=""):
    return "".join(f"{before}{line}\n" for line in lines)


def test_websocket_client_shows_what_it_sent():
    name = "websocket-client-1.9.2.trace.log"
    entries = read((RECORDED / name).read_bytes(), name)
    heads = [entry for entry in entries if entry.format == "websocket-client"]
    assert [(e.told, e.status, e.path, e.host, e.port, e.whole) for e in heads] == [
        (Told.ANSWERED, 401, "/ws", "127.0.0.1", 8765, True)
    ] * 2
    assert heads[0].headers["upgrade"] == "websocket"
    assert "server" not in heads[0].headers  # the answer's
    assert all(entry.identity["key"] for entry in heads)
    assert len(stories_of(entries)) == 2


def test_curl_is_told_by_its_name():
    name = "curl-7.88.1.verbose.log"
    (entry,) = read((RECORDED / name).read_bytes(), name)
    assert (entry.software, entry.hop, entry.status, entry.version) == ("curl", Hop.CLIENT, 401, "HTTP/1.1")
    assert entry.headers["sec-websocket-version"] == "13"


def test_curl_over_http_2():
    (entry,) = read(
        "> GET /ws HTTP/2\n> Host: app.example.com\n> User-Agent: curl/8.5.0\n> \n< HTTP/2 400 \n< server: nginx\n"
    )
    assert (entry.software, entry.status, entry.version) == ("curl", 400, "HTTP/2")


@pytest.mark.parametrize(
    "before",
    [
        "",
        "11-26 01:02:03.456  1234  5678 I okhttp.OkHttpClient: ",
        "I/okhttp.OkHttpClient: ",
        "D/OkHttp  ( 1234): ",
    ],
)
def test_okhttp_tells_what_it_means_to_send(before):
    meant, answered = sorted(
        read(_text(*REQUEST, *ANSWER, before=before)), key=lambda entry: entry.place.line
    )
    assert (meant.told, meant.scheme, meant.host, meant.path) == (Told.MEANT, "wss", "app.example.com", "/ws")
    assert meant.headers["upgrade"] == "websocket"
    assert (answered.told, answered.status, answered.took) == (Told.ANSWERED, 400, 0.1)


def test_okhttp_tells_of_other_requests_too():
    assert read(_text("--> GET https://app.example.com/api/list", "Accept: */*", "--> END GET")) == []
    assert (
        read(
            _text(
                "<-- 200 OK https://app.example.com/api/list (188ms)", "Date: Wed, 03 Aug 2016 11:33:43 GMT"
            )
        )
        == []
    )


def test_a_program_and_its_library_tell_of_one_handshake():
    refused = "java.net.ProtocolException: Expected HTTP 101 response but was '400 Bad Request'"
    entries = read(_text("connecting to wss://app.example.com/ws", *REQUEST, *ANSWER, refused))
    (story,) = stories_of(entries)
    assert len(story.entries) == 4
    assert story.status == 400


def test_two_clients_that_say_so_at_one_time_are_two():
    said = "2026-11-26T01:02:03.456Z INFO connecting to wss://app.example.com/ws"
    assert len(stories_of(read(_text(said, said)))) == 2


@pytest.mark.parametrize("method", ["METHOD: HttpMethod(value=GET)", "METHOD: GET"])
def test_ktor_s_logging(method):
    text = _text(
        "2026-11-26 01:02:03.456 [main] INFO  io.ktor.client.HttpClient - REQUEST: wss://app.example.com:8443/ws",
        method,
        "COMMON HEADERS",
        "-> Accept: */*",
        "-> Origin: https://app.example.com",
        "2026-11-26 01:02:03.556 [main] INFO  io.ktor.client.HttpClient - RESPONSE: 400 Bad Request",
        method,
        "FROM: wss://app.example.com:8443/ws",
    )
    meant, answered = sorted(read(text), key=lambda entry: entry.place.line)
    assert (meant.told, meant.method, meant.scheme, meant.port, meant.path) == (
        Told.MEANT,
        "GET",
        "wss",
        8443,
        "/ws",
    )
    assert meant.headers["origin"] == "https://app.example.com"
    assert (answered.told, answered.status, answered.software) == (Told.ANSWERED, 400, "ktor")
    assert len(stories_of([meant, answered])) == 1


def test_ktor_s_exception():
    (entry,) = read(
        "REQUEST wss://app.example.com/ws failed with exception: java.net.ConnectException: Connection refused\n"
    )
    assert (entry.told, entry.says, entry.path) == (Told.WRONG, Says.REFUSED, "/ws")


def test_ktor_tells_of_other_requests_too():
    assert read(_text("REQUEST: https://app.example.com/api", "METHOD: GET")) == []
    assert read(_text("RESPONSE: 400 Bad Request", "METHOD: GET", "FROM: https://app.example.com/api")) == []


NOISE = b"2026-11-26 01:02:03.456 [main] INFO  c.e.App - nothing of interest\n" * 100
TRACE = (
    "--- request header ---",
    "GET /live HTTP/1.1",
    "Upgrade: websocket",
    "Host: h",
    "-" * 23,
    "--- response header ---",
    "HTTP/1.1 401 x",
    "-" * 23,
)
LIVE = tuple(line.replace("/ws", "/live") for line in (*REQUEST, *ANSWER))


@pytest.mark.parametrize(
    "lines",
    [
        LIVE,
        TRACE,
        ("REQUEST: wss://h/live", "METHOD: GET", "-> Accept: */*"),
        ("connecting to wss://h/live",),
    ],
    ids=["okhttp", "websocket-client", "ktor", "an application"],
)
def test_a_record_is_found_in_a_big_log_by_its_signs(lines):
    lookout = Lookout(FORMATS, Concern())
    lookout.sample(NOISE.splitlines()[:9])
    data = NOISE + _text(*lines).encode() + NOISE
    kept = b"".join(
        cut.text for cut in Sieve(lookout.signs, lookout.wide, lookout.weak).cuts(data, 0, 0, len(data))
    )
    found = [(entry.format, entry.told, entry.status) for entry in read(kept)]
    assert found == [(entry.format, entry.told, entry.status) for entry in read(data)]
    assert found
