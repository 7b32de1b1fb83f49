"""One handshake of the lab leaves the logs of client, nginx and server, as their own programs write them."""

import asyncio
import re
from pathlib import Path

import pytest

from ws101.cli.lab import cases
from ws101.cli.lab_logs import handshake
from ws101.errors import Unavailable
from ws101.handshake.headers import Headers
from ws101.handshake.request import opening
from ws101.lab import client_log
from ws101.lab.leaving import leave_logs


def left_by(case: str, directory: Path, log_format: str = "combined") -> dict[str, str]:
    try:
        logs = asyncio.run(leave_logs(cases()[case], handshake, directory, log_format=log_format))
    except Unavailable as missing:
        pytest.skip(str(missing))
    return {path.name: path.read_text(encoding="utf-8") for path in logs}


def test_each_hop_leaves_its_log_in_the_order_of_the_way(tmp_path):
    logs = left_by("websockets-nginx", tmp_path)
    assert list(logs) == ["client.log", "nginx-1-access.log", "nginx-1-error.log", "server.log"]
    assert "✅ WebSocket connected" in logs["client.log"]
    assert re.search(r'"GET /api/v1/timers/notifications HTTP/1.1" 101 \d+ "-"', logs["nginx-1-access.log"])
    assert logs["server.log"].count("connection open") == 2  # the neighbour's, and this one


def test_the_client_says_what_it_means_and_sends_another_thing(tmp_path):
    logs = left_by("saw-400-story@websockets", tmp_path)
    assert "Connecting to wss://app.test:" in logs["client.log"]
    assert "server rejected WebSocket connection: HTTP 400" in logs["client.log"]
    assert "client sent plain HTTP request to HTTPS port" in logs["nginx-1-error.log"]


def test_the_detailed_format_has_the_fields_and_no_token(tmp_path):
    logs = left_by("proxy-bare@websockets", tmp_path, "detailed")
    line = logs["nginx-1-access.log"]
    assert 'upgrade="websocket" connection="Upgrade" version="13" key="' in line
    assert 'authorization="Bearer, 3 parts"' in line
    assert "eyJ" not in line


def test_what_the_library_adds_is_not_what_the_app_logs():
    request = opening(
        "app.test", "/ws", "AAAAAAAAAAAAAAAAAAAAAA==", Headers.of([("Origin", "https://app.test")])
    )
    lines = list(client_log.meant("wss://app.test/ws", request))
    assert lines[1] == "🔌 [WebSocket] Host: app.test, Port: 443, Path: /ws"
    assert lines[-1] == "  - Origin: https://app.test"


def test_a_failure_is_told_with_its_class_and_on_request_with_its_causes():
    try:
        raise ConnectionError("no answer") from EOFError("0 bytes")
    except ConnectionError as raised:
        error = raised
    assert list(client_log.failed(error)) == [
        "🚫 [WebSocket] Failed to connect to WebSocket: no answer",
        "🚫 [WebSocket] Exception type: ConnectionError",
    ]
    assert list(client_log.failed(error, causes=True))[-1] == "🚫 [WebSocket] Caused by: EOFError: 0 bytes"


def test_lines_are_stamped_in_utc():
    assert client_log.stamped(iter(["x"]), 0.0) == "1970-01-01T00:00:00.000Z INFO client - x\n"
