from collections.abc import Iterable, Iterator

from ws101.logs.bulk import Bulk, Sorter
from ws101.logs.concern import Concern
from ws101.logs.entry import Entry, Told
from ws101.logs.formats import FORMATS
from ws101.logs.line import Place
from ws101.logs.reader import Reader
from ws101.logs.sift import Piece
from ws101.logs.story import Story
from ws101.redact import Redactor
from ws101.report import Hop

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

    def entries(self, *lines: bytes, beside: Iterable[Entry] = ()) -> list[Entry]:
        def items() -> Iterator[object]:
            yield from self.sorter.items([Piece(1, b"".join(lines), alone=True)])
            yield from beside

        return list(self.bulk.entries(items()))  # type: ignore[arg-type]

    def counted(self, entry: Entry) -> int:
        measure = self.bulk.stands_for(Story((entry,)))
        return measure.count if measure else 0


def error(second: int, **fields: object) -> Entry:
    time = line_time(second)
    return Entry(Place("error.log", 1), "nginx-error", "nginx", Hop.PROXY, Told.WRONG, "text", time, **fields)  # type: ignore[arg-type]


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
    entries = bench.entries(*(line("10.0.0.1", 1, path=f"/ws/{n}") for n in range(4100)))
    assert len(entries) == 4100
