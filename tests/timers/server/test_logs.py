"""What is written: blocks in a terminal, JSON elsewhere; batches; what a slow reader costs."""

import asyncio
import io
import json
import logging
import os
import threading

import pytest

from timers.server.test_traces import Hand, attempt
from ws101.timers.server import logs as logs_module
from ws101.timers.server.logs import Logs
from ws101.timers.server.metrics import Metrics
from ws101.timers.server.seat import Seat
from ws101.timers.settings import ServiceSettings


class Terminal(io.StringIO):
    def isatty(self):
        return True


def told(say, stream=None, log="auto"):
    """Return what is written when `say` is called with the logs."""
    stream = stream or io.StringIO()
    logs = Logs(ServiceSettings(log=log), Hand(), Metrics(), stream)

    async def run():
        say(logs)

    asyncio.run(run())
    logs.close()
    return stream.getvalue()


def lines(*args, **named):
    return [json.loads(line) for line in told(*args, **named).splitlines()]


def test_a_refused_handshake_is_the_guides_blocks_in_a_terminal():
    text = told(lambda logs: logs.handshake(attempt(cause="token-expired")), Terminal())
    bare = [line.partition(" - ")[2] for line in text.splitlines()]
    assert bare == [
        f"{line} | req=t-1234567"
        for line in (
            "========== WebSocket Connection Attempt ==========",
            "URI: /a?ticket=[token, 1 part, 3 characters]",
            "Method: GET",
            "Path: /a",
            "Headers (2):",
            "  - HOST: h",
            "  - Authorization: Bearer [token, 3 parts, 5 characters]",
            "========== WebSocket Connection REJECTED ==========",
            "Reason: The token has expired (token-expired): It is so.",
            "Authorization header present: true",
        )
    ]
    assert text.startswith("1970-01-01T00:16:40.000Z INFO ws101.timers.WebSocket - ")
    assert "WARN ws101.timers.WebSocket - Reason" in text


def test_an_accepted_handshake_is_the_guides_blocks_in_a_terminal():
    text = told(lambda logs: logs.handshake(attempt()), log="text")
    assert text.splitlines()[-2].endswith(
        "========== WebSocket Connection ACCEPTED ========== | req=t-1234567"
    )
    assert text.splitlines()[-1].endswith("INFO ws101.timers.WebSocket - User ID: ann | req=t-1234567")


def test_json_has_the_same_fields():
    (line,) = lines(lambda logs: logs.handshake(attempt(cause="token-expired")))
    assert line == {
        "time": "1970-01-01T00:16:40.000Z",
        "level": "WARN",
        "logger": "ws101.timers.WebSocket",
        "message": "WebSocket Connection REJECTED",
        "traceId": "t-1234567",
        "uri": "/a?ticket=[token, 1 part, 3 characters]",
        "method": "GET",
        "path": "/a",
        "headers": [
            {"name": "HOST", "value": "h"},
            {"name": "Authorization", "value": "Bearer [token, 3 parts, 5 characters]"},
        ],
        "authorizationHeaderPresent": True,
        "userId": "ann",
        "reason": "The token has expired (token-expired): It is so.",
        "cause": "token-expired",
        "status": 401,
        "peer": "10.0.0.1",
        "clientAddress": "10.0.0.2",
        "tls": True,
    }


def test_requests_events_and_closes():
    def say(logs):
        logs.access("GET", "/api/v1/timers/lists?token=abc", 200, "r-1234567")
        logs.event("The service is up", port=8080)
        logs.closed(Seat("ann", "s", "h", "t-1", None, None, None), 4101, "silent")

    access, event, closed = lines(say)
    assert access["message"] == "GET /api/v1/timers/lists?token=[token, 1 part, 3 characters] -> 200"
    assert (access["status"], access["traceId"]) == (200, "r-1234567")
    assert (event["message"], event["port"]) == ("The service is up", 8080)
    assert (closed["code"], closed["reason"], closed["userId"]) == (4101, "silent", "ann")
    assert told(say, Terminal()).splitlines()[1].endswith("ws101.timers - The service is up port=8080")


def test_a_crash_says_where_and_holds_no_secret():
    def say(logs):
        try:
            raise ValueError("bad ?ticket=s3cr3tt1ck3t")
        except ValueError as error:
            logs.crashed(error, "t-1")

    (line,) = lines(say)
    assert line["level"] == "ERROR"
    assert line["error"].startswith("ValueError: bad ?ticket=[token")
    assert line["where"].startswith("say (test_logs.py:")
    assert "s3cr3t" not in str(line)


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_what_a_client_sends_cannot_move_the_terminal(stream):
    head = b"GET /\x9b2J HTTP/1.1\r\nX-A: \x1b[2J\x9b1m\x7f\r\nX-B: caf\xe9 \xad\r\n\r\n"
    text = told(lambda logs: logs.handshake(attempt(head=head)), stream())
    assert all(character.isprintable() or character == "\n" for character in text)
    assert "\x1b" not in text


def test_what_libraries_log_comes_in():
    def say(logs):
        record = logging.LogRecord("uvicorn.error", logging.WARNING, "", 0, "Invalid %s", ("request",), None)
        logs.handler().handle(record)

    (line,) = lines(say)
    assert (line["message"], line["level"], line["logger"]) == ("Invalid request", "WARNING", "uvicorn.error")


def test_what_other_threads_say_is_written_too():
    def say(logs):
        thread = threading.Thread(target=logs.event, args=("from a thread",))
        thread.start()
        thread.join()

    assert lines(say)[0]["message"] == "from a thread"


def test_it_needs_no_loop():
    stream = io.StringIO()
    logs = Logs(ServiceSettings(), Hand(), Metrics(), stream)
    logs.event("before the loop")
    logs.close()
    assert json.loads(stream.getvalue())["message"] == "before the loop"


def test_a_reader_that_does_not_read_costs_lines_and_not_the_loop(monkeypatch):
    monkeypatch.setattr(logs_module, "_MOST_BYTES", 100_000)
    reading, writing = os.pipe()
    metrics = Metrics()

    async def run(logs):
        while not metrics.lines_dropped:
            logs.event("x" * 10_000)
            await asyncio.sleep(0.001)
        collected = []
        reader = threading.Thread(target=_read_all, args=(reading, collected))
        reader.start()
        while logs._pen.waiting:  # noqa: ASYNC110 - a thread writes
            await asyncio.sleep(0.001)
        logs.event("and on")
        return reader, collected

    with os.fdopen(writing, "w") as stream:
        logs = Logs(ServiceSettings(), Hand(), metrics, stream)
        reader, collected = asyncio.run(run(logs))
        logs.close()
    reader.join()
    text = b"".join(collected).decode()
    assert "entries of the log were dropped: its reader is too slow" in text
    assert "and on" in text.splitlines()[-1]
    assert (
        sum(int(json.loads(line)["message"].split()[0]) for line in text.splitlines() if "dropped" in line)
        == metrics.lines_dropped
    )


def _read_all(fd, collected):
    with os.fdopen(fd, "rb", buffering=0) as stream:
        while piece := stream.read(65_536):
            collected.append(piece)


def test_too_much_to_say_at_once_is_dropped_and_counted(monkeypatch):
    monkeypatch.setattr(logs_module, "_MOST_QUEUED", 10)
    text = told(lambda logs: [logs.event(f"n{number}") for number in range(25)])
    assert "15 entries of the log were dropped" in text.splitlines()[0]
    assert "n9" in text
    assert "n10" not in text


def test_a_reader_that_is_gone_ends_nothing():
    reading, writing = os.pipe()
    os.close(reading)
    metrics = Metrics()

    async def run(logs):
        while not logs._pen.broken:
            logs.event("nobody hears")
            await asyncio.sleep(0.001)
        logs.event("at all")

    stream = os.fdopen(writing, "w")
    logs = Logs(ServiceSettings(), Hand(), metrics, stream)
    asyncio.run(run(logs))
    logs.close()
    assert metrics.lines_dropped
    with pytest.raises(BrokenPipeError):
        stream.close()
