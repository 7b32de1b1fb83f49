import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logs.telling import SMALL, read, reader
from ws101.logs.concern import Concern
from ws101.logs.entry import Level, Told
from ws101.logs.formats import FORMATS
from ws101.terms import Hop

CLIENT = """🔌 [WebSocket] Connecting to wss://api.example.test:443/api/v1/timers/notifications
🔌 [WebSocket] Host: api.example.test, Port: 443, Path: /api/v1/timers/notifications
🔌 [WebSocket] Token present: true, Token length: 123
🔌 [WebSocket] Token preview: Bearer eyJhbGciOiJIUzI1NiJ9...
🔌 [WebSocket] Request headers:
  - Authorization: Bearer eyJhbGciOiJIUzI1NiJ9...
  - Connection: Keep-Alive
🚫 [WebSocket] Failed to connect to WebSocket: Handshake exception, expected status code 101 but was 400
🚫 [WebSocket] Exception type: WebSocketException
🔄 Retry connection in 5 seconds...
"""
SERVER = """2026-11-26T01:02:03.100Z INFO app.Sockets - ========== WebSocket Connection Attempt ========== | req={0}
2026-11-26T01:02:03.100Z INFO app.Sockets - URI: {1} | req={0}
2026-11-26T01:02:03.100Z INFO app.Sockets - Method: GET | req={0}
2026-11-26T01:02:03.101Z INFO app.Sockets - ========== WebSocket Connection REJECTED ========== | req={0}
2026-11-26T01:02:03.101Z INFO app.Sockets - Reason: {2} | req={0}
"""


def told(entries):
    return [(e.place, e.format, e.told, e.text, e.path, e.status, e.time, dict(e.headers)) for e in entries]


def test_blocks_of_the_guide_are_kept_together():
    meant, failed = read(CLIENT, "client.log")
    assert (meant.told, meant.scheme, meant.port) == (Told.MEANT, "wss", 443)
    assert str(meant.place) == "client.log:1"
    assert meant.place.lines == 7
    assert (failed.told, failed.status, failed.place.line) == (Told.ANSWERED, 400, 8)
    assert "eyJ" not in meant.text + str(meant.headers)


def test_interleaved_blocks_are_untangled_by_their_requests_id():
    one = SERVER.format("aa11", "/ws/1", "first").splitlines()
    two = SERVER.format("bb22", "/ws/2", "second").splitlines()
    tangled = "\n".join(line for pair in zip(one, two, strict=True) for line in pair)
    entries = read(tangled, "server.log")
    seen = {(e.identity["request-id"], e.told, e.path or e.words) for e in entries}
    assert seen == {
        ("aa11", Told.SEEN, "/ws/1"), ("aa11", Told.ANSWERED, "first"),
        ("bb22", Told.SEEN, "/ws/2"), ("bb22", Told.ANSWERED, "second"),
    }  # fmt: skip


BARE = """========== WebSocket Connection Attempt ==========
URI: {0}
Method: GET
  - Host: a.test
========== WebSocket Connection REJECTED ==========
Reason: {1}
"""


def test_blocks_without_an_id_one_after_the_other_are_whole():
    entries = read(BARE.format("/ws/1", "first") + BARE.format("/ws/2", "second"))
    assert [e.path or e.words for e in entries] == ["/ws/1", "first", "/ws/2", "second"]


def test_interleaved_blocks_without_an_id_are_not_mixed():
    one, two = BARE.format("/ws/1", "first").splitlines(), BARE.format("/ws/2", "second").splitlines()
    tangled = reader()
    data = "\n".join(line for pair in zip(one, two, strict=True) for line in pair)
    entries = tangled.feed(data.encode()) + tangled.finish()
    assert [e.told for e in entries] == [Told.SEEN, Told.SEEN, Told.ANSWERED, Told.ANSWERED]
    assert {e.path for e in entries} == {""}
    assert {e.words for e in entries} <= {""}
    assert tangled.unknown == 8


LINES = st.sampled_from(
    [
        "access 5.0 10.0.0.1 GET /ws 400", "access 6.5 10.0.0.2 GET /ws 101", "error 7.0 info 10.0.0.1 /ws plain HTTP\r",
        "", "nothing known", "é漢🔌 \x1b[31m\x00", *CLIENT.splitlines(), *SERVER.format("aa11", "/ws", "no").splitlines(),
        "x" * 70_000, "\x00" * 70_000 + "access 8.0 10.0.0.3 GET /ws 400", '{"log":{',
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(LINES, max_size=25), st.booleans(), st.lists(st.integers(0, 4000), max_size=12),
    st.binary(max_size=5), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)  # fmt: skip
def test_it_does_not_matter_where_chunks_begin(lines, ended, cuts, junk, encoding):
    data = "\n".join(lines).encode(encoding) + (junk + b"\n" if ended and encoding != "utf-16" else b"")
    whole, pieces = reader(formats=(*SMALL, *FORMATS)), reader(formats=(*SMALL, *FORMATS))
    entries = whole.feed(data) + whole.finish()
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    found = [e for a, b in pairwise(places) for e in pieces.feed(data[a:b])]
    found += pieces.finish()
    assert told(found) == told(entries)
    assert pieces.witnesses == whole.witnesses
    assert (pieces.unknown, pieces.unknown_samples) == (whole.unknown, whole.unknown_samples)


def test_a_line_that_is_too_long_is_cut_and_said():
    one = reader(formats=SMALL)
    entries = one.feed(
        b"access 5.0 10.0.0.1 GET /ws 400" + b"x" * 10_000_000 + b"\naccess 6.0 10.0.0.1 GET /ws 400\n"
    )
    assert [e.place.line for e in entries] == [1, 2]
    assert one.cut == 1
    assert len(entries[0].text) < 66_000
    assert entries[0].text.endswith("[cut after 65536 bytes]")


def test_a_long_line_in_many_chunks_takes_no_memory():
    one = reader(formats=SMALL)
    for _ in range(2000):
        assert one.feed(b"x" * 10_000) == []
    assert len(one._intake._rest) <= 65_537
    assert [e.place.line for e in one.feed(b"\naccess 6.0 10.0.0.1 GET /ws 400\n")] == [2]


def test_what_moves_a_terminal_is_made_visible():
    (entry,) = read(
        b"access 5.0 10.0.0.1 GET /ws/\x1b]0;title\x07\xff\xe2\x80\xae\x00 400\r\n", formats=SMALL
    )
    assert entry.text.isprintable()
    assert r"\xff" in entry.text


def test_a_last_line_without_its_end_is_read():
    assert [
        e.status
        for e in read("access 5.0 10.0.0.1 GET /ws 400\naccess 6.0 10.0.0.1 GET /ws 401", formats=SMALL)
    ] == [
        400,
        401,
    ]


def test_secrets_are_taken_out_before_a_format_reads():
    (entry,) = read("access 5.0 10.0.0.1 GET /ws?token=abcdefgh12345678 400\n", formats=SMALL)
    assert "abcdefgh" not in entry.path + entry.text
    one = reader(formats=SMALL, secrets=["hunter2-hunter2"])
    one.feed(b"what is this? hunter2-hunter2\n")
    assert one.unknown == 1
    assert "hunter2" not in one.unknown_samples[0].text


def test_formats_may_change_within_a_source():
    one = reader(formats=SMALL)
    entries = one.feed(
        b"error 4.0 info 10.0.0.1 /ws plain HTTP\naccess 5.0 10.0.0.1 GET /ws 400\nerror 6.0 warn 1.1.1.1 / nothing\n?\n"
    )
    assert [e.format for e in entries] == ["small-error", "small-access"]
    error, access = one.witnesses
    assert (error.format, error.level, error.lines, error.first, error.unknown) == (
        "small-error",
        Level.INFO,
        2,
        4.0,
        1,
    )
    assert (access.lines, access.hop, access.unknown) == (1, Hop.PROXY, 0)


def test_a_witness_tells_what_it_was_shown_to_log():
    one = reader(formats=SMALL)
    one.feed(
        b"access 5.0 10.0.0.1 GET /ws 101\naccess 9.0 10.0.0.1 GET / 200\naccess 3.0 10.0.0.1 GET / 200\n"
    )
    (access,) = one.witnesses
    assert (access.competent, access.every, access.paths) == (True, True, {"/ws"})
    assert (access.first, access.last, access.jumps) == (3.0, 9.0, ())


def test_a_clock_that_is_set_back_is_noticed_and_a_late_line_is_not():
    times = [100, 101, 20, 102, 103, 50, 51, 52, 53, 54]
    one = reader(formats=SMALL)
    one.feed("".join(f"access {time} 10.0.0.1 GET /ws 400\n" for time in times).encode())
    assert [(jump.line, jump.seconds) for jump in one.witnesses[0].jumps] == [(6, -53.0)]


def test_other_requests_are_no_handshakes_until_their_path_is_known():
    line = "access 5.0 10.0.0.1 GET /api/news 400\n"
    assert read(line, formats=SMALL) == []
    assert len(read(line, formats=SMALL, concern=Concern(["/api/news"]))) == 1
    learned = Concern()
    read("access 5.0 10.0.0.1 GET /api/news 101\n", formats=SMALL, concern=learned)
    assert len(read(line, formats=SMALL, concern=learned)) == 1


def test_lines_before_the_one_that_names_their_path_are_found():
    lines = [f"access {n}.0 10.0.0.1 GET /api/news 400" for n in range(300)] + [
        "access 301.0 10.0.0.1 GET /api/news 101"
    ]
    one = reader(formats=SMALL)
    entries = one.feed("\n".join(lines).encode()) + one.finish()
    assert sorted(e.place.line for e in entries) == list(range(1, 302))
    assert one.witnesses[0].jumps == ()


def test_lines_are_found_whose_path_another_source_names_later():
    concern = Concern()
    access, client = (
        reader("access.log", formats=SMALL, concern=concern),
        reader("client.log", concern=concern),
    )
    assert access.feed(b"access 5.0 10.0.0.1 GET /api/v1/timers/notifications 400\n") + access.finish() == []
    client.feed(CLIENT.encode())
    assert [e.place.line for e in access.recall()] == [1]
    assert access.recall() == []


def test_a_socket_at_the_root_makes_no_page_there_a_handshake():
    lines = "access 5.0 10.0.0.1 GET / 101\naccess 6.0 10.0.0.1 GET / 200\n"
    assert [e.status for e in read(lines, formats=SMALL)] == [101]


def test_a_piece_cut_out_of_a_file_has_its_own_numbers():
    one = reader(formats=SMALL)
    first = one.feed(b"access 5.0 10.0.0.1 GET /ws 400\n", line=41)
    then = one.feed(b"access 5.0 10.0.0.1 GET /ws 400\n", line=7041)
    assert [e.place.line for e in first + then] == [41, 7041]


HAR = {
    "log": {
        "version": "1.2",
        "pages": [{"id": "page_1", "title": "a { b [ \\" + '"'}],
        "entries": [
            {
                "request": {"url": "wss://a.test/ws", "headers": [{"name": "X", "value": 'a"}{'}]},
                "response": {"status": 400},
            },
            {"request": {"url": "https://a.test/"}, "response": {"status": 200, "content": {"text": "\\"}}},
        ],
    }
}


@pytest.mark.parametrize("indent", [None, 2])
def test_a_har_file_is_cut_into_its_requests(indent):
    from ws101.logs.document import Har

    data = json.dumps(HAR, indent=indent).encode()
    cut = Har()
    found = [item for octet in data for item in cut.feed(bytes([octet]))]
    assert cut.is_har
    assert [json.loads(text) for _, text in found] == HAR["log"]["entries"]
    assert Har().feed(data) == found


def test_of_a_har_file_no_cookie_parameter_or_message_is_kept():
    request = {
        "url": "wss://a.test/ws?token=s3cr3t-0ne-long", "method": "GET", "headers": [{"name": "Cookie", "value": "sid=s3cr3t-two"}],
        "queryString": [{"name": "token", "value": "s3cr3t-0ne-long"}], "cookies": [{"name": "sid", "value": "s3cr3t-two"}],
    }  # fmt: skip
    one = {
        "startedDateTime": "2026-11-26T01:02:03Z",
        "request": request,
        "response": {"status": 400},
        "_webSocketMessages": [{"data": "s3cr3t"}],
    }
    (entry,) = read(json.dumps({"log": {"entries": [one]}}), "a.har")
    assert (entry.status, entry.hop, entry.scheme) == (400, Hop.CLIENT, "wss")
    assert "s3cr3t" not in repr(entry)


@pytest.mark.parametrize(("line", "zoned"), [("2026-11-26 01:02:03", False), ("2026-11-26T01:02:03Z", True)])
def test_a_witness_tells_whether_its_times_name_a_zone(line, zoned):
    one = reader("a.log")
    one.feed(f"{line} INFO websocket: bad handshake\n".encode())
    one.finish()
    assert one.witnesses[0].zoned is zoned
