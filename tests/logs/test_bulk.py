from collections.abc import Iterable, Iterator

import pytest

from ws101.logs.bulk import Bulk
from ws101.logs.callers import Callers
from ws101.logs.concern import Concern
from ws101.logs.entry import Entry, Told
from ws101.logs.formats import FORMATS
from ws101.logs.line import Place
from ws101.logs.reader import Reader
from ws101.logs.rows import Sorter
from ws101.logs.sift import Piece
from ws101.logs.story import Story
from ws101.redact import Redactor
from ws101.terms import Hop

START = 1_790_000_000


def line(
    client: str, second: int, status: int = 400, path: str = "/ws", size: int = 157, tail: str = ""
) -> bytes:
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    return f'{client} - - [26/Nov/2026:{clock} +0000] "GET {path} HTTP/1.1" {status} {size} "-" "x"{tail}\n'.encode()


class Bench:
    """A sorter and a bulk, and what comes out of them."""

    def __init__(
        self, *, concern: Concern | None = None, between: tuple[float | None, float | None] = (None, None)
    ) -> None:
        self.concern = concern or Concern()
        readers = [Reader("access.log", FORMATS, Redactor((), b""), self.concern, 2026) for _ in range(2)]
        self.sorter = Sorter(readers[0], readers[1], self.concern)
        self.bulk = Bulk(between)
        self._met: dict[int, Entry] = {}

    def entries(self, *lines: bytes, beside: Iterable[Entry] = ()) -> list[Entry]:
        def items() -> Iterator[object]:
            yield from self.sorter.items([Piece(1, b"".join(lines), alone=True)])
            yield from beside

        return [*self.bulk.entries(items()), *self.examples]  # type: ignore[arg-type]

    @property
    def examples(self) -> list[Entry]:
        """What stands for others, and was not there at the last look."""
        every = [entry for part in self.bulk.examples for entry in part]
        new = [entry for entry in every if id(entry) not in self._met]
        self._met |= {id(entry): entry for entry in every}
        return new

    def counted(self, entry: Entry) -> int:
        measure = self.bulk.stands_for(Story((entry,)))
        return measure.count if measure else 0


def error(second: int, **fields: object) -> Entry:
    time = line_time(second)
    return Entry(Place("error.log", 1), "nginx-error", "nginx", Hop.PROXY, Told.WRONG, "text", time, **fields)  # type: ignore[arg-type]


def trouble(
    client: str, second: int, connection: int, message: str = "connect() failed (111: Connection refused)"
) -> bytes:
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    return (
        f"2026/11/26 {clock} [error] 31#31: *{connection} {message} while connecting to upstream, client: {client}, server: x,"
        ' request: "GET /ws HTTP/1.1", upstream: "http://10.0.0.7:8080/ws", host: "x"\n'
    ).encode()


def line_time(second: int) -> float:
    return Bench().entries(line("10.0.0.1", second))[0].time or 0.0


def test_requests_that_differ_only_in_client_and_moment_are_read_once_and_counted():
    bench = Bench()
    entries = bench.entries(
        *(line(f"10.0.0.{n}", n) for n in range(1, 101)), line("10.0.0.1", 200, status=101, size=7)
    )
    assert [(entry.status, bench.counted(entry)) for entry in entries] == [(400, 100), (101, 1)]
    measure = bench.bulk.stands_for(Story((entries[0],)))
    assert measure is not None
    assert (measure.times.first, measure.times.last) == (line_time(1), line_time(100))
    assert len(measure.clients.counts) == 100
    assert measure.paths.top(2) == (("/ws", 100),)
    assert bench.bulk.counted["access.log"] == 99


def test_what_a_verdict_may_hang_on_makes_another_kind_and_what_it_may_not_does_not():
    bench = Bench()
    entries = bench.entries(
        line("10.0.0.1", 1), line("10.0.0.2", 2, size=255), line("10.0.0.3", 3, path="/ws/b"),
        line("10.0.0.4", 4, path="/ws?token=abc"), line("10.0.0.5", 5, path="/ws?token=def"),
        line("10.0.0.6", 6, status=101, size=10), line("10.0.0.7", 7, status=101, size=99),
    )  # fmt: skip
    assert sorted(bench.counted(entry) for entry in entries) == [1, 1, 1, 2, 2]


def test_a_request_that_may_belong_to_another_record_is_read_and_joined_by_itself():
    bench = Bench()
    rows = [line(f"10.0.0.{n}", n) for n in range(1, 100)]
    entries = bench.entries(*rows, beside=[error(50, client="10.0.0.50", path="/ws"), error(500)])
    single = [entry for entry in entries if entry.place.source == "access.log" and not bench.counted(entry)]
    assert [entry.client for entry in single] == ["10.0.0.50"]
    assert sum(bench.counted(entry) for entry in entries) == 98


def test_a_record_without_an_address_is_near_to_all_of_its_path_and_status_at_that_time():
    bench = Bench()
    rows = [line(f"10.0.0.{n}", n, status=400 if n % 2 else 401) for n in range(1, 100)]
    entries = bench.entries(*rows, beside=[error(50, path="/ws", status=401), error(500)])
    single = [entry for entry in entries if entry.place.source == "access.log" and not bench.counted(entry)]
    assert {entry.status for entry in single} == {401}
    assert len(single) == 5


def test_requests_that_do_not_concern_are_not_told():
    bench = Bench(concern=Concern(["/live"]))
    entries = bench.entries(line("10.0.0.1", 1, path="/pages"), line("10.0.0.2", 2, path="/live"))
    assert [entry.path for entry in entries] == ["/live"]


def test_a_path_that_is_learned_makes_its_requests_concern():
    bench = Bench()
    before = bench.entries(line("10.0.0.1", 1, path="/live"))
    bench.entries(line("10.0.0.1", 2, path="/live", status=101))
    after = bench.entries(line("10.0.0.1", 3, path="/live"))
    assert (len(before), len(after)) == (0, 1)


def test_of_two_rooms_that_one_client_asks_for_at_once_each_is_counted_by_itself():
    bench = Bench()
    many = [line("10.9.9.9", n, path=f"/ws/room-{n:04}") for n in range(1100)]
    both = [
        trouble("10.0.0.1", 5000, 1).replace(b"/ws", b"/ws/room-7001"), line("10.0.0.1", 5000, 502, "/ws/room-7001"),
        trouble("10.0.0.2", 5100, 2).replace(b"/ws", b"/ws/room-7002"), line("10.0.0.2", 5100, 502, "/ws/room-7003"),
    ]  # fmt: skip
    entries = bench.entries(*many, *both)
    told = sorted(
        (entry.told.name, bench.counted(entry)) for entry in entries if (entry.time or 0) > line_time(4000)
    )
    assert told == [("ANSWERED", 1), ("ANSWERED", 1), ("WRONG", 1), ("WRONG", 1)]


def test_what_is_no_such_line_or_of_our_own_probe_is_read_by_itself():
    bench = Bench()
    probe = line("10.0.0.1", 1).replace(b'"x"', b'"ws101/0.5.0 (probe 7f3a9c01-03)"')
    entries = bench.entries(probe, probe.replace(b"-03)", b"-04)"), b"no line of any log /ws\n")
    assert [entry.identity.get("probe") for entry in entries] == ["7f3a9c01-03", "7f3a9c01-04"]
    assert not any(bench.counted(entry) for entry in entries)


def test_only_the_time_that_is_asked_for_is_counted():
    bench = Bench(between=(line_time(10), line_time(19)))
    entries = bench.entries(*(line("10.0.0.1", n) for n in range(100)))
    assert [bench.counted(entry) for entry in entries] == [10]


def test_more_kinds_than_are_told_apart_are_read_by_themselves():
    bench = Bench()
    entries = bench.entries(*(line("10.0.0.1", 1, path=f"/ws/{n}x") for n in range(4100)))
    assert len(entries) == 4100


def test_of_rooms_by_the_thousand_those_that_differ_in_an_id_alone_are_counted_together():
    bench = Bench()
    clients = [f"10.0.{n // 250}.{n % 250}" for n in range(1500)]
    rows = [
        line(client, 10 * n, 400 if n < 1200 else 502, f"/ws/room-{n:04}") for n, client in enumerate(clients)
    ]
    for n in range(1200, 1500):
        rows[n] += trouble(clients[n], 10 * n, n).replace(b"/ws", b"/ws/room-%04d" % n)
    entries = bench.entries(*rows)
    assert len(entries) < 1010
    counted = {(entry.told, bench.counted(entry)) for entry in entries}
    assert {(Told.WRONG, 300), (Told.ANSWERED, 300)} <= counted
    paths = [measure.paths.counts for entry in entries if (measure := bench.bulk.stands_for(Story((entry,))))]
    assert {path for named in paths for path in named} == {f"/ws/room-{n:04}" for n in range(1500)}


def test_what_went_wrong_and_the_request_it_went_wrong_with_are_counted_together():
    bench = Bench()
    rows = [
        text for n in range(1, 101) for text in (trouble(f"10.0.0.{n}", n, n), line(f"10.0.0.{n}", n, 502))
    ]
    entries = bench.entries(*rows)
    assert [(entry.told, entry.client, bench.counted(entry)) for entry in entries] == [
        (Told.WRONG, "10.0.0.1", 100), (Told.ANSWERED, "10.0.0.1", 100),
    ]  # fmt: skip
    assert bench.bulk.counted["access.log"] == 198


@pytest.mark.parametrize(
    ("part", "spoilt"),
    [
        (b"2026/11/26", b"20\xff6/11/26"),
        (b"2026/11/26", b"2026/13/26"),
        (b"*2 ", b"*x "),
        (b"client: 10", b"client: \xff"),
    ],
)
def test_a_line_that_is_spoilt_where_others_differ_is_counted_with_none(part, spoilt):
    bench = Bench()
    rows = [trouble(f"10.0.0.{n}", n, n) for n in range(1, 4)]
    rows[1] = rows[1].replace(part, spoilt)
    bench.entries(*rows)
    assert sum(count for count, _ in told(bench)) == 2


def test_what_stands_together_otherwise_is_of_another_kind():
    bench = Bench()
    alike = [trouble("10.0.0.1", 1, 1), line("10.0.0.1", 1, 502)]
    later = [trouble("10.0.1.1", 100, 2), line("10.0.1.1", 102, 502)]
    twice = [
        trouble("10.0.2.1", 200, 3),
        trouble("10.0.2.1", 200, 4),
        line("10.0.2.1", 200, 502),
        line("10.0.2.1", 200, 502),
    ]
    retried = [
        trouble("10.0.3.1", 300, 5),
        trouble("10.0.3.1", 330, 5),
        line("10.0.3.1", 300, 502),
        line("10.0.3.1", 330, 502),
    ]
    alone = [trouble("10.0.4.1", 400, 6), line("10.0.4.2", 400, 502)]
    entries = bench.entries(*alike, *later, *twice, *retried, *alone)
    assert len(entries) == 2 + 2 + 4 + 4 + 2
    assert {bench.counted(entry) for entry in entries} == {1}


def test_an_error_log_of_another_zone_is_told_by_the_requests_beside_it():
    bench = Bench()
    rows = [
        text for n in range(1, 101)
        for text in (trouble(f"10.0.0.{n}", 3600 + n, n), line(f"10.0.0.{n}", n, 502))
    ]  # fmt: skip
    assert [bench.counted(entry) for entry in bench.entries(*rows)] == [100, 100]


def a_try(status: int, number: int = 1, path: str = "/ws") -> list[Entry]:
    """What a client tells of a handshake, without a time."""
    first, client = Place("client.log", number), ("guide-client", "the client", Hop.CLIENT)
    met = Place("client.log", number + 1)
    return [
        Entry(first, *client, Told.MEANT, "", path=path),
        Entry(met, *client, Told.ANSWERED, "", status=status),
    ]


def told(bench: Bench) -> list[tuple[int, list[Told]]]:
    """Return what stands for how many handshakes."""
    parts = [(bench.bulk.stands_for(Story(tuple(part))), part) for part in bench.bulk.examples]
    return [(measure.count if measure else 0, [entry.told for entry in part]) for measure, part in parts]


def test_what_has_no_time_is_joined_with_as_many_of_those_that_it_fits():
    bench = Bench()
    rows = [
        text for n in range(1, 101) for text in (trouble(f"10.0.0.{n}", 9, n), line(f"10.0.0.{n}", 9, 502))
    ]
    tries = [entry for n in range(3) for entry in a_try(502, 1 + 10 * n)]
    bench.entries(*rows, beside=tries)
    pair, tried = [Told.WRONG, Told.ANSWERED], [Told.MEANT, Told.ANSWERED]
    assert told(bench) == [(3, [*pair, *tried]), (97, pair)]
    (doubt,) = bench.bulk.doubted(Story(tuple(bench.bulk.examples[0]))).apart
    assert (
        doubt == "client.log:1, client.log:2 might as well belong to another of 100 handshakes that are alike"
    )
    assert bench.bulk.doubted(Story(tuple(bench.bulk.examples[1]))).apart == ()
    assert bench.bulk.counted == {"access.log": 196, "client.log": 4}


def test_what_has_no_time_is_joined_with_all_of_those_that_it_fits_where_it_came_as_often():
    bench = Bench()
    tries = [entry for n in range(5) for entry in a_try(400, 1 + 10 * n)]
    bench.entries(*(line("10.0.0.1", 10 * n) for n in range(4)), beside=tries)
    assert told(bench) == [(5, [Told.ANSWERED, Told.MEANT, Told.ANSWERED])]


def test_what_has_no_time_is_left_apart_where_it_fits_none_or_handshakes_that_are_told_otherwise():
    bench = Bench()
    rows = [line("10.0.0.1", 10), trouble("10.0.0.2", 100, 7, "no such thing"), line("10.0.0.2", 100)]
    bench.entries(*rows, beside=[*a_try(400), *a_try(403, 11), *a_try(400, 21, "/other")])
    ((_, entries),) = told(bench)
    assert entries.count(Told.MEANT) == 3


def test_the_line_of_a_socket_that_was_open_for_long_is_counted_with_what_opened_it():
    bench = Bench()

    def block(client: str, second: int) -> bytes:
        stamp = f"2026-11-26T00:{second // 60:02}:{second % 60:02}.250Z INFO  a.b -"
        return (
            f"{stamp} ========== WebSocket Connection Attempt ==========\n{stamp} Path: /ws\n{stamp}   - X-Real-IP: {client}\n"
            f"{stamp} ========== WebSocket Connection ACCEPTED ==========\n{stamp} User ID: 7\n"
        ).encode()

    clients = [f"10.0.0.{n}" for n in range(1, 101)]
    opened = [Piece(1 + 10 * n, block(client, n), alone=False) for n, client in enumerate(clients)]
    closed = [line(client, 30 + n if n < 50 else 1800 + n, 101) for n, client in enumerate(clients)]
    between = [line("10.9.9.9", 300 + n, 400) for n in range(6000)]
    rest = [
        Piece(2000 + n, text, alone=True) for n, text in enumerate([*closed[:50], *between, *closed[50:]])
    ]
    assert list(bench.bulk.entries(bench.sorter.items([*opened, *rest]))) == []
    told = [(entry.told, bench.counted(entry)) for entry in bench.examples if entry.status != 400]
    assert told == [(Told.SEEN, 100), (Told.ANSWERED, 0), (Told.ANSWERED, 100)]


def test_a_refusal_by_a_server_that_names_the_client_is_near_to_this_clients_rows_alone():
    bench = Bench()
    rows = [line(f"10.0.0.{n}", n, 401) for n in range(1, 100)]
    time = line_time(50)
    attempt = Entry(
        Place("server.log", 1),
        "guide-server",
        "the server",
        Hop.SERVER,
        Told.SEEN,
        "",
        time,
        path="/ws",
        forwarded="10.0.0.50",
    )
    refusal = Entry(
        Place("server.log", 12), "guide-server", "the server", Hop.SERVER, Told.ANSWERED, "", time
    )
    entries = bench.entries(*rows, beside=[attempt, refusal, error(500)])
    single = [entry for entry in entries if entry.place.source == "access.log" and not bench.counted(entry)]
    assert [entry.client for entry in single] == ["10.0.0.50"]


def test_two_sites_are_of_two_kinds_however_long_their_names_are():
    bench = Bench()
    rows = [
        line("10.0.0.1", n, tail=f' host="notifications.example.{"org" if n % 3 else "com"}" id="{n:032x}"')
        for n in range(90)
    ]
    assert sorted(bench.counted(entry) for entry in bench.entries(*rows)) == [30, 60]


@pytest.mark.parametrize(
    ("outer", "inner", "behind"),
    [
        (["a", "b", "c"], ["p"], True),
        (["p"], ["a", "b", "c"], False),
        (["a"], ["p"], True),
        (["p"], ["p"], False),
        (["127.0.0.1"], ["127.0.0.1"], True),
        (["a", "b", "c"], ["d", "e", "f"], False),
        (["a"], [], False),
    ],
)
def test_what_stands_behind_a_proxy_knows_few_clients_and_others(outer, inner, behind):
    callers = Callers()
    callers.meet("outer", [name.encode() for name in outer])
    callers.meet("inner", [name.encode() for name in inner])
    assert callers.are_behind("inner", "outer") is behind


def test_requests_that_two_proxies_in_a_row_wrote_down_are_counted_once():
    readers = {
        name: [Reader(name, FORMATS, Redactor((), b""), Concern(), 2026) for _ in range(2)]
        for name in ("edge.log", "inner.log")
    }
    edge = [line(f"10.0.0.{n}", 10 * n, status) for n, status in enumerate([400, 401] * 50, 1)]
    inner = [
        line("192.0.2.1", 10 * n + n % 2, status) for n, status in enumerate([400, 401] * 50, 1) if n > 20
    ]
    bulk = Bulk()
    items = [
        item
        for (first, later), texts in zip(readers.values(), (edge, inner), strict=True)
        for item in Sorter(first, later, Concern()).items([Piece(1, b"".join(texts), alone=True)])
    ]
    assert list(bulk.entries(items)) == []
    counts = sorted(
        (measure.count, entry.status, entry.place.source)
        for part in bulk.examples
        for entry in part
        if (measure := bulk.stands_for(Story((entry,))))
    )
    assert counts == [
        (10, 400, "edge.log"), (10, 401, "edge.log"), (40, 400, "edge.log"), (40, 400, "inner.log"),
        (40, 401, "edge.log"), (40, 401, "inner.log"),
    ]  # fmt: skip
