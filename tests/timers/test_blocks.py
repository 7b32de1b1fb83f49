"""The guide's lines, to the letter."""

from ws101.timers import blocks

MOMENT = 1_764_110_000_123


def test_the_blocks_are_the_guides():
    headers = [("Authorization", "Bearer …"), ("Upgrade", "websocket"), ("Connection", "Upgrade")]
    path = "/api/v1/timers/notifications"
    assert blocks.attempted(path, "GET", path, headers) == [
        "========== WebSocket Connection Attempt ==========",
        "URI: /api/v1/timers/notifications",
        "Method: GET",
        "Path: /api/v1/timers/notifications",
        "Headers (3):",
        "  - Authorization: Bearer …",
        "  - Upgrade: websocket",
        "  - Connection: Upgrade",
    ]
    assert blocks.rejected("No authenticated user found", authorization=True) == [
        "========== WebSocket Connection REJECTED ==========",
        "Reason: No authenticated user found",
        "Authorization header present: true",
    ]
    assert blocks.accepted("123") == [
        "========== WebSocket Connection ACCEPTED ==========",
        "User ID: 123",
    ]
    assert blocks.access("GET", "/health", 200) == "GET /health -> 200"


def test_lines_have_their_moment_and_their_request():
    assert blocks.lines(MOMENT, "INFO", "a.b", ["one", "two"], "r-1") == (
        "2025-11-25T22:33:20.123Z INFO a.b - one | req=r-1\n2025-11-25T22:33:20.123Z INFO a.b - two | req=r-1\n"
    )
    assert blocks.lines(0, "WARN", "x", ["y"]) == "1970-01-01T00:00:00.000Z WARN x - y\n"


def test_nothing_in_a_line_moves_a_terminal():
    told = blocks.lines(MOMENT, "INFO", "a", ["x\x1b[2J\r\n\u202ey\x9b\x7fé"])
    assert told.endswith(r" - x\x1b[2J\r\n\u202ey\x9b\x7fé" + "\n")
    assert told.count("\n") == 1
