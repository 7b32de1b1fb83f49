"""Composition of what is read: which sources are open beside which."""

from collections.abc import Iterator

from ws101.logbook import Desk, Inquiry
from ws101.sources.source import Source

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
