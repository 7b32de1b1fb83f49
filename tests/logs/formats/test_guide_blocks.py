"""What the service and its client write, the reader reads back; and the blocks of the guide in all their variants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logs.telling import read
from ws101.logs.entry import Level, Told
from ws101.signature import Says
from ws101.terms import Hop
from ws101.timers import blocks
from ws101.timers.client import lines as client_lines
from ws101.timers.problem import REFUSALS
from ws101.timers.server.attempt import Attempt
from ws101.timers.server.logs import _Json, _Text

AT = 1_795_654_923_456  # ms: 2026-11-26 01:02:03.456 UTC
PATH = "/api/v1/timers/notifications"
HEAD = (
    f"GET {PATH} HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nUser-Agent: ws101/0.5.0 (probe 7f3a9c01-03)\r\n\r\n"
).encode()
PREFIXES = (
    "",
    "2026-11-26T01:02:03.456Z INFO com.example.WebSocket - ",
    "2026-11-26 01:02:03.456 [eventLoopGroupProxy-4-1] INFO  Application - ",
    "01:02:03.456 [DefaultDispatcher-worker-1] INFO ktor.application - ",
    "INFO:app.sockets:",
)
ATTEMPT = (
    "========== WebSocket Connection Attempt ==========",
    f"URI: {PATH}",
    "Method: GET",
    f"Path: {PATH}",
    "Headers (3):",
    "  - Host: example.com",
    "  - Upgrade: websocket",
    "  - Connection: Upgrade",
)

token = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_", min_size=1, max_size=20)
value = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)
fields = st.lists(
    st.tuples(token.map(lambda t: f"X-{t}"), value), max_size=6, unique_by=lambda row: row[0].lower()
)


@pytest.mark.parametrize("suffix", ["", " | req=4bf92f3577b34da6", " | req=abc user=1"])
@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_attempt_is_read_with_any_prefix_and_suffix(prefix, suffix):
    (entry,) = read("".join(f"{prefix}{line}{suffix}\n" for line in ATTEMPT))
    assert (entry.told, entry.hop, entry.method, entry.path) == (Told.SEEN, Hop.SERVER, "GET", PATH)
    assert entry.headers == {"host": "example.com", "upgrade": "websocket", "connection": "Upgrade"}
    assert entry.whole
    assert entry.identity.get("request-id", "") == suffix.removeprefix(" | req=").partition(" ")[0]


@given(headers=fields, trace=st.sampled_from(["", "4bf92f3577b34da6a3ce929d0e0e4736"]))
def test_the_attempt_that_the_service_writes_is_read_back(headers, trace):
    texts = blocks.attempted(PATH, "GET", PATH, headers)
    (entry,) = read(blocks.lines(AT, "INFO", "ws101.timers.WebSocket", texts, trace))
    assert entry.headers.keys() == {name.lower() for name, _ in headers}
    assert entry.whole
    assert (entry.time, entry.zoned, entry.level) == (AT / 1000, True, Level.INFO)
    assert entry.identity.get("request-id", "") == trace


@given(orders=st.permutations([0] * 8 + [1] * 8))
def test_interleaved_attempts_are_untangled_by_their_request(orders):
    texts = [list(ATTEMPT), [line.replace("example.com", "example.org") for line in ATTEMPT]]
    written = "".join(
        blocks.lines(AT, "INFO", "a.b", [texts[which].pop(0)], f"request-{which}") for which in orders
    )
    entries = read(written)
    assert sorted(e.headers["host"] for e in entries) == ["example.com", "example.org"]
    assert {e.identity["request-id"]: e.headers["host"] for e in entries} == {
        "request-0": "example.com",
        "request-1": "example.org",
    }


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("style", [_Text, _Json], ids=["text", "json"])
def test_each_refusal_that_the_service_writes_is_read_back(refusal, style):
    attempt = Attempt(
        AT,
        "4bf92f35",
        "192.0.2.7",
        "203.0.113.9",
        True,
        HEAD,
        refusal.status,
        refusal.cause,
        "a detail",
        None,
    )
    entries = read(style.handshake(attempt))
    answered = entries[-1]
    assert answered.told is Told.ANSWERED
    assert answered.status == refusal.status
    assert answered.says is not Says.NOTHING
    assert refusal.cause in answered.words
    assert answered.identity["request-id"] == "4bf92f35"
    seen = entries[0]
    assert seen.path == PATH
    assert seen.headers["upgrade"] == "websocket"
    assert seen.whole
    assert (seen.identity["key"], seen.identity["probe"]) == ("dGhlIHNhbXBsZSBub25jZQ==", "7f3a9c01-03")


def test_what_the_json_alone_tells_is_read():
    attempt = Attempt(AT, "4bf92f35", "192.0.2.7", "203.0.113.9", True, HEAD, 101, "", "", "17")
    (entry,) = read(_Json.handshake(attempt))
    assert (entry.client, entry.forwarded, entry.scheme, entry.status, entry.user) == (
        "192.0.2.7",
        "203.0.113.9",
        "wss",
        101,
        "17",
    )
    (text,) = (e for e in read(_Text.handshake(attempt)) if e.told is Told.ANSWERED)
    assert (text.status, text.user) == (101, "17")


@pytest.mark.parametrize("style", [_Text, _Json], ids=["text", "json"])
def test_a_socket_that_the_service_closed_is_read(style):
    said = style.event(
        AT,
        "INFO",
        "ws101.timers.WebSocket",
        "WebSocket closed",
        "4bf92f35",
        {"code": 4401, "reason": "token-expired", "userId": "17"},
    )
    (entry,) = read(said)
    assert (entry.told, entry.close_code) == (Told.ENDED, 4401)


@pytest.mark.parametrize("status", [101, 400, 404])
def test_access_lines_of_the_service_are_read(status):
    (entry,) = read(_Text.access(AT, "GET", PATH + "/ws", status, "4bf92f35"))
    assert (entry.method, entry.path, entry.status, entry.told) == (
        "GET",
        PATH + "/ws",
        status,
        Told.ANSWERED,
    )


@pytest.mark.parametrize("tls", [True, False])
def test_what_the_client_writes_is_read_back(tls):
    port = 443 if tls else 8080
    (entry,) = read("\n".join(client_lines.attempted(HEAD, host="example.com", port=port, tls=tls)) + "\n")
    assert (entry.told, entry.hop) == (Told.MEANT, Hop.CLIENT)
    assert (entry.scheme, entry.host, entry.port, entry.path) == (
        "wss" if tls else "ws",
        "example.com",
        port,
        PATH,
    )
    assert entry.whole
    assert entry.identity["key"] == "dGhlIHNhbXBsZSBub25jZQ=="


def test_what_the_client_writes_of_the_end_is_read_back():
    (refused,) = read(
        "\n".join(client_lines.refused(400, "The plain HTTP request was sent to HTTPS port")) + "\n"
    )
    assert (refused.status, refused.told, refused.hop) == (400, Told.ANSWERED, Hop.CLIENT)
    (opened,) = read("\n".join(client_lines.connected()) + "\n")
    assert (opened.status, opened.told) == (101, Told.ANSWERED)
    (unreached,) = read(
        "\n".join(client_lines.unreachable("example.com refused the connection: Connection refused")) + "\n"
    )
    assert (unreached.status, unreached.says) == (None, Says.REFUSED)


GUIDE = """\
🔌 [WebSocket] Connecting to wss://api.example.com:443/api/v1/timers/notifications
🔌 [WebSocket] Host: api.example.com, Port: 443, Path: /api/v1/timers/notifications
🔌 [WebSocket] Token present: true, Token length: 291
🔌 [WebSocket] Token preview: Bearer eyJhbGciOiJIUzI1...
🔌 [WebSocket] Request headers:
  - Authorization: Bearer eyJhbGciOiJIUzI1...
  - Connection: Keep-Alive
🚫 [WebSocket] Failed to connect to WebSocket: Handshake exception, expected status code 101 but was 400
🚫 [WebSocket] Exception type: WebSocketException
🔄 Retry connection in 5 seconds...
"""


def test_the_client_of_the_story_is_read():
    meant, refused = read(GUIDE)
    assert (meant.told, meant.scheme, meant.port, meant.path) == (Told.MEANT, "wss", 443, PATH)
    assert meant.headers["connection"] == "Keep-Alive"
    assert not meant.whole, "it was printed before the library added the fields of the upgrade"
    assert meant.place.lines == 7
    assert (refused.software, refused.status, refused.told) == ("ktor", 400, Told.ANSWERED)
    assert "eyJ" not in repr(meant)


def test_later_versions_of_the_client_are_read():
    (meant,) = read(
        "🔌 [WebSocket] Connecting to wss://api.example.com:443/x\n"
        "🔌 [WebSocket] Protocol: wss\n"
        "🔌 [WebSocket] Full request URL: wss://api.example.com:443/x\n"
        "🔌 [Web Socket] Request Details:\n"
        "  Method: GET\n  URL: https://api.example.com/x\n  Protocol: WSS\n  Host: api.example.com\n  Port: 443\n  Path: /x\n"
        "  Full URL: wss://api.example.com/x\n  Headers:\n    - Connection: Upgrade\n"
    )
    assert (meant.method, meant.scheme, meant.port, meant.path, meant.place.lines) == (
        "GET",
        "wss",
        443,
        "/x",
        13,
    )
    (alone,) = read(
        "🔌 [Web Socket] Request Details:\n  Method: GET\n  URL: wss://api.example.com/x\n  Host: api.example.com\n"
    )
    assert (alone.method, alone.host, alone.path) == ("GET", "api.example.com", "/x")
    (none,) = read("❌ No token found, cannot connect to WebSocket\n")
    assert none.says is Says.TOKEN_MISSING


@pytest.mark.parametrize(
    ("lines", "headers"),
    [
        (("HEADER  Upgrade: websocket", "HEADER  Connection: Upgrade"), {"upgrade": "websocket", "connection": "Upgrade"}),
        (("Upgrade header: websocket", "Connection header: Upgrade", "Sec-WebSocket-Key: k"),
         {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-key": "k"}),
        (("Upgrade header: null", "Connection header: close"), {"connection": "close"}),
        (("Headers (1):", "  - Origin: null"), {"origin": "null"}),
    ],
)  # fmt: skip
def test_variants_of_the_attempt_are_read(lines, headers):
    (entry,) = read("\n".join((*ATTEMPT[:4], *lines)) + "\n")
    assert entry.headers == headers


@pytest.mark.parametrize(
    ("line", "says", "status", "told"),
    [
        ("WebSocket request detected - Method: GET, URI: /api/v1/ws", Says.NOTHING, None, Told.SEEN),
        (
            "JWT authentication challenge - Scheme: Bearer, Realm: example",
            Says.CREDENTIALS,
            401,
            Told.ANSWERED,
        ),
    ],
)
def test_lines_before_routing_and_of_a_challenge_are_read(line, says, status, told):
    (entry,) = read(f"2026-11-26 01:02:03.456 [main] INFO  Application - {line}\n")
    assert (entry.says, entry.status, entry.told) == (says, status, told)


@pytest.mark.parametrize(("present", "says"), [("true", Says.CREDENTIALS), ("false", Says.TOKEN_MISSING)])
def test_a_rejection_without_a_user_is_read(present, says):
    (entry,) = read(
        "========== WebSocket Connection REJECTED ==========\nReason: No authenticated user found\n"
        f"Authorization header present: {present}\n"
    )
    assert (entry.told, entry.says, entry.status) == (Told.ANSWERED, says, None)


def test_an_acceptance_is_read():
    (entry,) = read("========== WebSocket Connection ACCEPTED ==========\nUser ID: 123\n")
    assert (entry.status, entry.user) == (101, "123")
