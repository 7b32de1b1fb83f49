"""What loggers put before a message: the time, the level, and where the message begins."""

import pytest

from ws101.logs.entry import Level
from ws101.logs.preamble import split

MESSAGE = "websocket: bad handshake"
AT = 1_795_654_923  # 2026-11-26 01:02:03 UTC
E = Level.ERROR

PUT_BEFORE = [
    ("2026-11-26T02:02:03.456+01:00 ERROR 1 --- [app] [nio-8080-exec-1] c.e.App                                  : ", 0.456, True, E),
    ("2026-11-26 01:02:03,456 ERROR app.main: ", 0.456, False, E),
    ("2026-11-26 01:02:03.456 | ERROR    | app.main:connect:12 - ", 0.456, False, E),
    ("[Nest] 1234  - 11/26/2026, 1:02:03 AM   ERROR [WsGateway] ", 0.0, False, E),
    ("[server] 2026-11-26T01:02:03Z ERROR ", 0.0, True, E),
    ("2026/11/26 01:02:03 main.go:12: ", 0.0, False, None),
    ("2026-11-26 02:02:03.456789+0100 App[1234:567890] ", 0.456789, True, None),
    ("2026-11-26T01:02:03.456789Z ERROR app::ws: ", 0.456789, True, E),
    ("[2026-11-26T01:02:03Z ERROR app::ws] ", 0.0, True, E),
    ("E, [2026-11-26T01:02:03.456789 #1234] ERROR -- : ", 0.456789, False, E),
    ("2026-11-26 02:02:03.456 +01:00 [ERR] ", 0.456, True, E),
    ("[2026-11-26 01:02:03] production.ERROR: ", 0.0, False, None),
    ("ERROR 2026-11-26 01:02:03,456 ", 0.456, False, E),
    ("26.11.2026 01:02:03 ERROR ", 0.0, False, E),
    ("2026-11-26 01:02:03,456 ERROR websockets.server ", 0.456, False, E),
    ("2026-11-26 01:02:03,456 ERROR    __main__ ", 0.456, False, E),
    ("2026-11-26 01:02:03,456 websockets.server ERROR: ", 0.456, False, E),
    ("2026-11-26 01:02:03,456 ERROR MainThread websockets.server ", 0.456, False, E),
    ("2026-11-26 01:02:03,456 [MainThread] [ERROR ] [websockets.server] ", 0.456, False, E),
    ("[ERROR] 2026-11-26 01:02:03 websockets.server ", 0.0, False, E),
    ("[2026-11-26 01:02:03,456] ERROR in app: ", 0.456, False, E),
    ("2026-11-26 01:02:03,456 ERROR server.py:42 ", 0.456, False, E),
    ("2026-11-26T01:02:03.456Z\tERROR\tserver/ws.go:42\t", 0.456, True, E),
    ("ERROR 2026-11-26 01:02:03,456 consumers 1234 140234567890123 ", 0.456, False, E),
    ("2026-11-26T01:02:03.456789Z [error    ] ", 0.456789, True, E),
]  # fmt: skip
TIMELESS = [
    "ERROR:root:",
    "ERROR:    ",
    "[ERROR] ",
    "error: ",
    "01:02:03.456 [error] ",
    "DEBUG 01:02:03 ",
    "1:02AM ERR ",
    "01:02:03 ERROR app.ws ",
]


@pytest.mark.parametrize(("before", "fraction", "zoned", "level"), PUT_BEFORE)
def test_what_stands_before_a_message(before, fraction, zoned, level):
    text = before + MESSAGE
    found = split(text)
    assert text[found.at : found.end] == MESSAGE
    assert found.time == pytest.approx(AT + fraction, abs=1e-6)
    assert (found.zoned, found.level) == (zoned, level)


@pytest.mark.parametrize("before", TIMELESS)
def test_what_names_no_day_tells_no_moment(before):
    found = split(before + MESSAGE)
    assert (before + MESSAGE)[found.at :] == MESSAGE
    assert found.time is None


@pytest.mark.parametrize(
    "text",
    [
        MESSAGE,
        "app.example.com refused it",
        "server.py:42 refused it",
        "[WebSocket] Connecting to wss://h/ws",
        "[1] 2 3",
        "  - Upgrade: websocket",
        "",
    ],
)
def test_a_message_alone_stays(text):
    assert split(text).at == 0
