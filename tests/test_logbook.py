"""Composition of what is read: which sources are open beside which."""

import io
from collections.abc import Iterator

import pytest

from ws101.logbook import Desk, Inquiry
from ws101.report import NAMELESS, Report
from ws101.sources import open_sources
from ws101.sources.source import Source
from ws101.terms import Certainty

LINE = b'10.0.0.1 - - [26/Nov/2026:%02d:00:00 +0000] "GET /ws HTTP/1.1" 400 157 "-" "x"\n'


def test_parts_of_one_log_are_read_one_after_another_and_other_logs_beside_them():
    opened: list[str] = []
    ended: list[str] = []

    def source(name: str, hour: int, part_of: str = "") -> Source:
        def chunks() -> Iterator[bytes]:
            opened.append(name)
            yield LINE % hour
            yield LINE % (hour + 1)
            ended.append(name)

        return Source(name, chunks, part_of=part_of, written=hour * 3600.0)

    desk = Desk(Inquiry(("a",)))
    desk.take([source("a.log.1", 1, "a.log"), source("a.log", 3, "a.log"), source("b.log", 10, "b.log")])
    assert opened == ["a.log.1", "b.log", "a.log"]
    assert ended[0] == "a.log.1"
    (group,) = desk.report().chronicle.groups
    assert (group.status, group.count) == (400, 6)
    assert [log.source for log in desk.report().chronicle.sources] == ["a.log.1", "a.log", "b.log"]


def told(*lines: bytes, name: str = "access.log", **asked: str) -> Report:
    desk = Desk(Inquiry((name,), **asked))
    desk.take([Source(name, lambda: iter(lines))])
    return desk.report()


OURS = LINE.replace(b'"x"', b'"ws101/0.1.0 (probe 7f3a9c01-03)"') % 9


def test_handshakes_of_an_earlier_check_are_nobodys_trouble() -> None:
    report = told(OURS, LINE % 10)
    (group,), (log,) = report.chronicle.groups, report.chronicle.sources
    assert (group.count, log.entries, log.ours) == (1, 1, 1)
    report = told(OURS)
    assert report.chronicle.groups == ()
    assert report.summary == "The handshakes in these logs are those that ws101 itself has sent"


def test_handshakes_of_the_check_that_asks_are_what_it_asks_for() -> None:
    (group,) = told(OURS, mark="7f3a9c01").chronicle.groups
    assert (group.count, group.status) == (1, 400)


def test_a_line_of_a_configuration_that_holds_in_several_servers_says_what_it_says_once(tmp_path) -> None:
    config = tmp_path / "nginx.conf"
    config.write_text(
        "events {}\nhttp {\nlog_format own '$remote_addr $status';\naccess_log a.log own;\nerror_log e.log info;\n"
        "server { listen 80; }\nserver { listen 81; }\n}\n"
    )
    said = Desk(Inquiry(("a.log",), nginx_configs=(str(config),))).statements
    assert [one.file for one in said] == ["a.log", "e.log"]


SCANNERS = (
    b'203.0.113.5 - - [26/Nov/2026:01:00:01 +0000] "SSH-2.0-Go" 400 150 "-" "-"\n',
    *2 * (b'203.0.113.6 - - [26/Nov/2026:01:00:02 +0000] "\\x16\\x03\\x01\\x00\\xEE" 400 150 "-" "-"\n',),
    b'203.0.113.7 - - [26/Nov/2026:01:00:04 +0000] "-" 400 0 "-" "-"\n',
)


def test_connections_that_name_no_request_come_behind_handshakes() -> None:
    report = told(*SCANNERS, LINE % 2)
    assert report.target.path == "/ws"
    first, *others = report.chronicle.groups
    assert first.paths == (("/ws", 1),)
    assert {group.outcome for group in others} == {NAMELESS}
    assert sum(group.count for group in others) == len(SCANNERS)


def test_a_log_whose_handshakes_work_is_sound_whatever_scanners_send() -> None:
    report = told(*SCANNERS, (LINE % 2).replace(b" 400 ", b" 101 "))
    assert (report.exit_status, report.status) == (0, 101)


def test_where_nothing_but_such_connections_is_found_the_refused_paths_are_named() -> None:
    report = told(*SCANNERS, (LINE % 2).replace(b"/ws", b"/api/live"))
    assert report.verdict.cause == "tls-to-plaintext-port"
    assert report.next_steps[0].startswith("ws101 logs … --path /api/live ")


UVICORN = (
    b'INFO:     172.18.0.3:43210 - "WebSocket /ws/timers" [accepted]\n',
    b'INFO:     172.18.0.3:43214 - "GET /ws/timers HTTP/1.1" 404 Not Found\n',
)
DAPHNE = (
    b'172.18.0.3:52590 - - [26/Nov/2026:01:30:02] "WSCONNECTING /ws/timers" - -\n',
    b'172.18.0.3:52592 - - [26/Nov/2026:01:30:02] "WSCONNECTING /ws/timers" - -\n',
    b'172.18.0.3:52592 - - [26/Nov/2026:01:30:02] "WSCONNECT /ws/timers" - -\n',
    b'172.18.0.3:52590 - - [26/Nov/2026:01:30:02] "WSCONNECT /ws/timers" - -\n',
    b'172.18.0.3:52594 - - [26/Nov/2026:01:30:03] "GET /ws/timers" 404 2113\n',
)


@pytest.mark.parametrize("lines", [UVICORN, DAPHNE])
def test_where_a_server_logs_a_plain_get_the_upgrade_was_lost_and_no_path_is_wrong(lines) -> None:
    report = told(*lines)
    assert report.verdict.cause == "proxy-drops-upgrade-headers"
    assert report.verdict.certainty is Certainty.POSSIBLE
    assert {"wrong-path", "route-not-found"} <= {one.cause for one in report.ruled_out}


def test_what_daphne_writes_of_one_connection_is_of_one_handshake() -> None:
    assert [(one.status, one.count) for one in told(*DAPHNE).chronicle.groups] == [(404, 1), (101, 2)]
    behind = [line.replace(b":52590", b":443").replace(b":52592", b":443") for line in DAPHNE[:4]]
    assert [(one.status, one.count) for one in told(*behind).chronicle.groups] == [(101, 2)]


def test_the_refused_paths_of_records_of_several_lines_are_named_too() -> None:
    report = told(
        b"info: Microsoft.AspNetCore.Hosting.Diagnostics[2]\n",
        b"      Request finished HTTP/1.1 GET http://app.test/hubs/chat?id=xYz - 400 - text/plain 3.2ms\n",
    )
    assert report.next_steps[0].startswith("ws101 logs … --path /hubs/chat ")


def test_djangos_server_without_asgi_cannot_upgrade() -> None:
    report = told(
        b"Not Found: /ws/chat/lobby/\n",
        b'[26/Nov/2026 10:12:10] "GET /ws/chat/lobby/ HTTP/1.1" 404 2271\n',
    )
    assert (report.verdict.cause, report.verdict.certainty) == (
        "server-lacks-websocket-support",
        Certainty.LIKELY,
    )


def test_a_server_that_saw_http_1_0_is_asked_by_a_proxy_sooner_than_by_such_a_client() -> None:
    report = told(
        b'172.18.0.4 - - [26/Nov/2026:10:12:09 +0000] "GET /ws/chat HTTP/1.0" 404 180 "-" "-"\n',
        name="gunicorn.log",
    )
    assert [one.cause for one in report.findings] == ["proxy-speaks-http-1.0", "http-version-too-old"]


ENGINEIO = (
    b'172.18.0.1 - - [26/Nov/2026:10:12:09 +0000] "GET /socket.io/?EIO=4&transport=websocket&sid=Zk3aTq HTTP/1.1"'
    b' 400 %d "-" "Mozilla/5.0"\n'
)


@pytest.mark.parametrize(
    ("size", "cause", "certainty"),
    [
        (34, "proxy-drops-upgrade-headers", Certainty.POSSIBLE),
        (27, "proxy-drops-upgrade-headers", Certainty.POSSIBLE),
        (41, "engineio-session-unknown", Certainty.LIKELY),
        (18, "engineio-session-unknown", Certainty.LIKELY),
        (40, "engineio-parameter-missing", Certainty.LIKELY),
        (51, "engineio-version-mismatch", Certainty.LIKELY),
        (99, "engineio-session-unknown", Certainty.POSSIBLE),
    ],
)
def test_what_engine_io_answered_is_known_by_its_length(size, cause, certainty) -> None:
    verdict = told(ENGINEIO % size).verdict
    assert (verdict.cause, verdict.certainty) == (cause, certainty)


@pytest.mark.parametrize(
    ("status", "size", "causes"),
    [
        (400, 22, ["proxy-drops-upgrade-headers", "upgrade-header-missing"]),
        (404, 22, ["proxy-drops-upgrade-headers"]),
        (403, 20, ["origin-rejected", "credentials-refused"]),
        (404, 23, ["wrong-path"]),
    ],
)
def test_what_a_server_answered_fits_by_its_length_alone(status, size, causes) -> None:
    found = told((LINE % 2).replace(b"400 157", b"%d %d" % (status, size))).findings
    assert [one.cause for one in found][: len(causes)] == causes
    assert {one.certainty for one in found} == {Certainty.POSSIBLE}


def test_nginxs_error_log_is_in_the_zone_that_its_access_log_names(tmp_path) -> None:
    request = '"GET /ws HTTP/1.1"'
    pages = '10.9.9.9 - - [18/Nov/2026:21:%02d:%02d +0200] "GET /page HTTP/1.1" 200 9 "-" "-"\n'
    refused = f'10.1.1.%d - - [18/Nov/2026:21:%02d:05 +0200] {request} 502 157 "-" "-"\n'
    access = "".join(
        "".join(pages % (minute, second) for second in range(60)) + refused % (minute, minute)
        for minute in range(30)
    )
    errors = "".join(
        f"2026/11/18 21:{minute:02d}:05 [error] 31#31: *{minute} connect() failed (111: Connection refused) while connecting to"
        f' upstream, client: 10.1.1.{minute}, server: a, request: {request}, upstream: "http://127.0.0.1:1/ws", host: "a"\n'
        for minute in range(30)
    )
    paths = [tmp_path / "access.log", tmp_path / "error.log"]
    for path, text in zip(paths, (access, errors), strict=True):
        path.write_text(text)
    names = tuple(map(str, paths))
    desk = Desk(Inquiry(names))
    desk.skimmer.worth = len(access)
    sources, _ = open_sources(names, since=None, stdin=io.BytesIO(), environ={})
    desk.take(sources)
    (group,) = desk.report().chronicle.groups
    assert (group.count, group.status, group.cause, group.certainty) == (
        30,
        502,
        "upstream-refused",
        Certainty.LIKELY,
    )
