"""What one handshake leaves at one proxy or several: their lines are of it, however many upstreams, proxies and sockets there are."""

import io
from pathlib import Path

import pytest

from ws101.logbook import Desk, Inquiry
from ws101.sources import open_sources
from ws101.sources.source import Source

REQUEST = '"GET /ws HTTP/1.1"'


def access(client: str, status: int, clock: str = "19:06:40") -> str:
    return f'{client} - - [18/Nov/2026:{clock} +0000] {REQUEST} {status} 157 "-" "x"\n'


def error(client: str, message: str, clock: str = "19:06:40", number: int = 1) -> str:
    return (
        f"2026/11/18 {clock} [error] 31#31: *{number} {message} while connecting to upstream, client: {client}, server: a,"
        f' request: {REQUEST}, upstream: "http://10.0.0.7:8080/ws", host: "a"\n'
    )


REFUSED = "connect() failed (111: Connection refused)"


def groups(**logs: list[str]) -> list[tuple[int, int | None, str | None]]:
    """Return count, status and cause of each group in these logs."""
    desk = Desk(Inquiry(tuple(logs)))
    desk.take(
        [Source(name, lambda lines=lines: (line.encode() for line in lines)) for name, lines in logs.items()]
    )
    return [(one.count, one.status, one.cause) for one in desk.report().chronicle.groups]


def test_an_upstream_that_failed_before_the_next_one_answered_is_of_the_handshake_that_works():
    clocks = [f"19:06:{second:02d}" for second in range(0, 60, 10)]
    found = groups(
        access=[access("203.0.113.9", 101, clock) for clock in clocks],
        error=[error("203.0.113.9", REFUSED, clock, number) for number, clock in enumerate(clocks)],
    )
    assert found == [(len(clocks), 101, "")]


def test_an_inner_proxys_error_is_of_the_handshake_that_the_outer_one_knows_by_another_address():
    found = groups(
        outer=[access("203.0.113.9", 502)],
        inner=[access("10.0.0.2", 502)],
        error=[error("10.0.0.2", REFUSED)],
    )
    assert found == [(1, 502, "upstream-refused")]


@pytest.mark.parametrize("sockets", [1, 127, 130])
def test_sockets_that_close_later_keep_no_error_from_its_request(sockets):
    later = [access("203.0.113.9", 101, f"19:{10 + at // 60:02d}:{at % 60:02d}") for at in range(sockets)]
    found = groups(access=[access("203.0.113.9", 502), *later], error=[error("203.0.113.9", REFUSED)])
    assert found == [(1, 502, "upstream-refused"), (sockets, 101, "")]


def blocks(clock: str, client: str, *, ended: str = "") -> list[str]:
    """Return what a server writes of one handshake that came, and what became of it, if anything did."""
    stamp = f"2026-11-18T{clock}Z INFO  a.Sockets - "
    came = [
        "========== WebSocket Connection Attempt ==========",
        "URI: /ws",
        "Method: GET",
        "Path: /ws",
        "Headers (3):",
        "  - Upgrade: websocket",
        "  - Connection: upgrade",
    ]
    became = {
        "": [],
        "accepted": ["========== WebSocket Connection ACCEPTED ==========", "User ID: 7"],
        "rejected": ["========== WebSocket Connection REJECTED ==========", "Reason: token expired"],
    }[ended]
    return [f"{stamp}{text}\n" for text in (*came, f"  - X-Forwarded-For: {client}", *became)]


def test_an_outcome_is_of_no_handshake_that_came_after_it():
    found = groups(
        access=[access("10.1.1.2", 401, "19:06:45"), access("10.1.1.1", 504, "19:07:40"), access("10.1.1.3", 502, "19:07:56")],
        server=[
            *blocks("19:06:40.099", "10.1.1.1"),
            *blocks("19:06:45.200", "10.1.1.2", ended="rejected"),
            *blocks("19:07:56.299", "10.1.1.3"),
        ],
    )  # fmt: skip
    assert sorted(found) == [
        (1, 401, "token-expired"),
        (1, 502, "upstream-refused"),
        (1, 504, "upstream-timeout"),
    ]


def test_what_a_proxy_waited_for_in_vain_came_long_before_and_shows_no_clock_that_is_ahead():
    hours = range(5)
    late, timed_out = [], []
    for hour in hours:
        late += [
            access(f"10.1.1.{hour}", 504, f"{hour:02d}:01:00"),
            access(f"10.1.2.{hour}", 101, f"{hour:02d}:30:00"),
        ]
        message = "upstream timed out (110: Connection timed out)"
        timed_out += [error(f"10.1.1.{hour}", message, f"{hour:02d}:01:00", hour)]
    server = [
        line
        for hour in hours
        for line in (*blocks(f"{hour:02d}:00:00.200", f"10.1.1.{hour}"), *blocks(f"{hour:02d}:30:00.100", f"10.1.2.{hour}", ended="accepted"))
    ]  # fmt: skip
    assert sorted(groups(access=late, error=timed_out, server=server)) == [
        (5, 101, ""),
        (5, 504, "upstream-timeout"),
    ]


def test_the_line_that_ends_a_socket_keeps_it_from_nothing_that_was_written_when_it_opened():
    ended = "upstream timed out (110: Connection timed out)"
    found = groups(
        access=[access("203.0.113.9", 101, "19:07:40")],
        error=[
            error("203.0.113.9", ended, "19:07:40").replace(
                "connecting to upstream", "proxying upgraded connection"
            )
        ],
        server=blocks("19:06:40.200", "203.0.113.9", ended="accepted"),
    )
    assert found == [(1, 101, "idle-timeout")]


def test_each_try_of_a_client_that_tries_again_each_second_keeps_its_own_error():
    clocks = [f"19:06:{second:02d}" for second in range(40)]
    texts = [REFUSED if at < 6 else "no live upstreams" for at in range(40)]
    errors = [
        error("10.1.1.1", text, clock, at) for at, (text, clock) in enumerate(zip(texts, clocks, strict=True))
    ]
    tries = [access("10.1.1.1", 502, clock) for clock in clocks]
    every = groups(access=tries, error=errors)
    assert sum(count for count, _, _ in every) == len(tries)
    assert {(status, cause) for _, status, cause in every} == {(502, "upstream-refused")}
    but_one = groups(access=tries, error=errors[:20] + errors[21:])
    assert sum(count for count, _, _ in but_one) == len(tries)


def in_bulk(directory: Path, worth: int = 0, **logs: list[str]) -> list[tuple[int, int | None, str | None]]:
    """Return the groups of logs of which those are taken for big that have so many bytes: their rows that are alike are counted."""
    paths = [directory / name for name in logs]
    for path, lines in zip(paths, logs.values(), strict=True):
        path.write_text("".join(lines))
    names = tuple(map(str, paths))
    desk = Desk(Inquiry(names))
    desk.skimmer.worth = worth
    sources, _ = open_sources(names, since=None, stdin=io.BytesIO(), environ={})
    desk.take(sources)
    return [(one.count, one.status, one.cause) for one in desk.report().chronicle.groups]


@pytest.mark.parametrize(
    ("opened", "closed"),
    [
        (
            ["19:06:40.200", "19:06:51.200"],
            ["19:06:50", "19:07:11"],
        ),  # opened again, soon after the first was closed
        (["19:06:40.200", "19:06:43.200"], ["19:06:50", "19:07:03"]),  # two at once
    ],
)
def test_sockets_of_one_client_that_stand_near_each_other_are_counted_once(tmp_path, opened, closed):
    pages = [
        f'10.9.9.9 - - [18/Nov/2026:19:{at // 60:02d}:{at % 60:02d} +0000] "GET /page HTTP/1.1" 200 9 "-" "-"\n'
        for at in range(900)
    ]
    sockets = [access("203.0.113.9", 101, clock) for clock in closed]
    server = [
        line for clock in ["18:00:00.100", *opened] for line in blocks(clock, "203.0.113.9", ended="accepted")
    ]
    first = access("203.0.113.9", 101, "18:00:09")
    refused = access("203.0.113.9", 502, "19:06:43")
    for others, counts in (([], [(3, 101, "")]), ([refused], [(1, 502, "upstream-refused"), (3, 101, "")])):
        lines = sorted([first, *sockets, *others, *pages], key=lambda line: line.split("[")[1])
        assert in_bulk(tmp_path, access=lines, server=server) == counts


@pytest.mark.parametrize("seconds", [3, 10, 100])
def test_a_small_log_of_a_server_keeps_what_a_big_one_of_a_proxy_tells_when_its_sockets_are_closed(
    tmp_path, seconds
):
    opened = range(0, 2000, 200)
    pages = [
        f'10.9.9.9 - - [18/Nov/2026:19:{at // 60:02d}:{at % 60:02d} +0000] "GET /page HTTP/1.1" 200 9 "-" "-"\n'
        for at in range(2400)
    ]
    closed = [
        access("203.0.113.9", 101, f"19:{(at + seconds) // 60:02d}:{(at + seconds) % 60:02d}")
        for at in opened
    ]
    server = [
        line
        for at in opened
        for line in blocks(f"19:{at // 60:02d}:{at % 60:02d}.100", "203.0.113.9", ended="accepted")
    ]
    lines = sorted([*closed, *pages], key=lambda line: line.split("[")[1])
    assert in_bulk(tmp_path, 100_000, access=lines, server=server) == [(len(opened), 101, "")]
