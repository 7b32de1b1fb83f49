"""What applications print before they connect is what they mean to send; what failed without a reason is no more than that."""

import pytest

from logs.telling import read
from ws101.logs.entry import Told
from ws101.terms import Hop

URL = "wss://app.example.com:8443/ws"

# As programs of this kind print it: Go's and coder's examples, Spring, python-engineio, tungstenite, Node's ws, reconnecting-websocket,
# Pusher, chisel, slog and pino, and what applications write of their own.
MEANT = [
    f"2026/11/26 01:02:03 connecting to {URL}",
    f"2025/08/09 12:04:40 client: Connecting to {URL}",
    f"2022/04/11 15:04:52 Connecting to {URL}...",
    f"2026-11-26 01:02:03.456  INFO 1 --- [main] o.s.w.s.c.WebSocketConnectionManager     : Connecting to WebSocket at {URL}",
    f"2026-11-26T01:02:03.456Z DEBUG [main] o.s.w.s.c.s.StandardWebSocketClient - Connecting to {URL}",
    f"INFO:engineio.client:Attempting WebSocket connection to {URL}?transport=websocket&EIO=4",
    f"2026-11-26T01:02:03.456789Z DEBUG tungstenite::client: Trying to contact {URL} at 203.0.113.7:443...",
    f"Opening WebSocket to {URL}",
    f"Opening websocket connection to `{URL}`",
    f"[React Background] Connecting to WebSocket at {URL}...",
    f"Connecting to WebSocket at: {URL}",
    f"WebSocket connecting to {URL}",
    f"🔌 WebSocket: Connecting to {URL}",
    f"Creating WebSocket connection: {URL}",
    f"RWS> connect {{url: '{URL}', protocols: Array(0)}}",
    f'Pusher :  : ["Connecting",{{"transport":"ws","url":"{URL}?protocol=7"}}]',
    f'{{"level":30,"time":1795654923456,"msg":"connecting to {URL}"}}',
    f"time=2026-11-26T01:02:03.456Z level=INFO msg=dialing url={URL}",
    f"Reconnecting to {URL}.",
    f"Connect to {URL}",
    f"Attempting to reconnect to {URL} (attempt 2)",
]
FAILED = [
    f"Failed to connect to {URL}: the reason is not told",
    f"error connecting to {URL}",
    f"Could not connect to {URL}",
    f"Unable to open connection to {URL}",
    f"Connection to {URL} failed",
    f"connecting to {URL} failed",
]
NEITHER = [
    "WebSocket server listening on ws://0.0.0.0:8080",
    f"Reconnecting to {URL} in 5 seconds",
    f"INFO ws: reconnecting to {URL} in 1.5s",
    f"listening for connections, clients connect to {URL}",
    f"Usage: client connect {URL}",
    f"WebSocket URL: {URL}",
    "connecting to https://app.example.com/ws",
    "connecting to database",
    "the client disconnected from ws",
]


@pytest.mark.parametrize("line", MEANT)
def test_what_a_client_means_to_send(line):
    (entry,) = read(line + "\n")
    assert (entry.told, entry.hop) == (Told.MEANT, Hop.CLIENT)
    assert (entry.scheme, entry.host, entry.port) == ("wss", "app.example.com", 8443)
    assert entry.path.partition("?")[0] == "/ws"
    assert entry.status is None


@pytest.mark.parametrize("line", FAILED)
def test_what_failed_for_no_reason_that_is_told(line):
    (entry,) = read(line + "\n")
    assert (entry.told, entry.status, entry.says.name) == (Told.WRONG, None, "NOTHING")
    assert (entry.scheme, entry.path) == ("wss", "/ws")


@pytest.mark.parametrize("line", NEITHER)
def test_what_is_neither_is_not_read(line):
    assert read(line + "\n") == []


@pytest.mark.parametrize(
    "line",
    [
        f"Connecting to {URL} failed with status 403",
        f"failed to connect {URL}: Http(Response {{ status: 403, version: HTTP/1.1, headers: {{}} }})",
        f"error connecting to {URL}: bad status code: 403",
    ],
)
def test_a_status_that_is_told_of_a_failure(line):
    (entry,) = read(line + "\n")
    assert (entry.told, entry.status, entry.scheme, entry.path) == (Told.ANSWERED, 403, "wss", "/ws")


def test_a_reason_that_is_told_comes_first():
    (entry,) = read(f"Error connecting to {URL}: Unexpected server response: 400\n")
    assert (entry.software, entry.status, entry.scheme) == ("ws", 400, "wss")


def test_an_address_of_ipv6_and_a_token_in_the_query():
    (entry,) = read("connecting to wss://[::1]:8443/ws?token=abcdefgh12345, wait\n")
    assert (entry.host, entry.port) == ("::1", 8443)
    assert entry.path.startswith("/ws?token=[token ")


def test_signalr_tells_that_it_is_connected():
    (entry,) = read(
        "[2026-11-26T01:02:03.456Z] Information: WebSocket connected to wss://example.com/hub?id=a1.\n"
    )
    assert (entry.told, entry.status, entry.path) == (Told.ANSWERED, 101, "/hub?id=a1")
