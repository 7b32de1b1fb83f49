import pytest

from ws101.handshake.headers import Headers
from ws101.handshake.request import build, opening
from ws101.timers.client import lines

TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLW9mLWFkYQ"
SENT = build(
    opening(
        "timers.test", "/api/v1/timers/notifications?since=3", "dGhlIHNhbXBsZSBub25jZQ==",
        Headers.of([("Authorization", f"Bearer {TOKEN}")]),
    )
)  # fmt: skip


def test_the_lines_are_the_guides():
    assert lines.attempted(SENT, host="timers.test", port=443, tls=True) == [
        "🔌 [WebSocket] Connecting to wss://timers.test:443/api/v1/timers/notifications?since=3",
        "🔌 [WebSocket] Host: timers.test, Port: 443, Path: /api/v1/timers/notifications",
        f"🔌 [WebSocket] Token present: true, Token length: {len(TOKEN)}",
        "🔌 [WebSocket] Token preview: Bearer eyJhbGciOiJFZERTQSJ9...",
        "🔌 [WebSocket] Request headers:",
        "  - Host: timers.test",
        "  - Upgrade: websocket",
        "  - Connection: Upgrade",
        "  - Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "  - Sec-WebSocket-Version: 13",
        "  - Authorization: Bearer eyJhbGciOiJFZERTQSJ9...",
    ]
    assert lines.connected() == ["✅ WebSocket connected"]
    assert lines.refused(400, "why")[0] == (
        "🚫 [WebSocket] Failed to connect to WebSocket: Handshake exception, expected status code 101 but was 400"
    )


def test_the_scheme_is_what_was_spoken_and_not_what_the_port_suggests():
    """The log of the story said wss:// for port 443, over which plain HTTP had been sent."""
    said = lines.attempted(SENT, host="timers.test", port=443, tls=False)
    assert said[0].startswith("🔌 [WebSocket] Connecting to ws://timers.test:443/")


@pytest.mark.parametrize(
    ("value", "present", "shown"),
    [
        ("Bearer null", "true, Token length: 4", "Bearer null"),
        ("opaque-secret-of-ada", "true, Token length: 20", "[token, 1 part, 20 characters]"),
        (f"Token {TOKEN}", f"true, Token length: {len(TOKEN)}", "Token eyJhbGciOiJFZERTQSJ9..."),
        ("", "false, Token length: 0", "[none]"),
    ],
)
def test_a_token_is_shown_as_it_was_sent_by_its_first_segment_at_most(value, present, shown):
    request = opening("h.test", "/", "k", Headers.of([("Authorization", value)] if value else []))
    said = lines.attempted(build(request), host="h.test", port=80, tls=False)
    assert said[2] == f"🔌 [WebSocket] Token present: {present}"
    assert said[3] == f"🔌 [WebSocket] Token preview: {shown}"
    assert "c2lnbmF0dXJl" not in "".join(said)
    assert "opaque" not in "".join(said)


def test_nothing_in_a_request_writes_to_the_terminal():
    sent = b"GET /\x1b[2J HTTP/1.1\r\nHost: h\r\nX-Evil: \x1b]0;x\x07\r\n\r\n"
    assert all(line.isprintable() for line in lines.attempted(sent, host="h", port=80, tls=False))
