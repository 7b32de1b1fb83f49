"""A big log, skimmed, tells what the same log tells that is read line by line."""

import gzip
import re
import sys
from collections import Counter, defaultdict
from itertools import chain
from pathlib import Path

import pytest

from ws101.logbook import Desk, Inquiry
from ws101.logs.bulk import Bulk
from ws101.logs.concern import Concern
from ws101.logs.formats import FORMATS
from ws101.logs.join import Joiner
from ws101.logs.reader import Reader
from ws101.logs.tally import Tally
from ws101.redact import Redactor
from ws101.report import Fact
from ws101.sources import skim
from ws101.sources.file import open_files
from ws101.sources.scan import Survey
from ws101.sources.skim import Skimmer

BENCH = Path(__file__).resolve().parent.parent.parent / "bench"
RECORDED = Path(__file__).resolve().parent.parent / "logs" / "recorded"
# All of Caddy's own are about failed connections, and what nearly every line bears is no sign to look for.
LOGS = [(path,) for path in sorted(RECORDED.glob("*.log")) if "caddy-2.11.7.own" not in path.name]
PAIRS = [
    tuple(RECORDED / f"nginx-{version}.{log}.log" for log in ("access", "error"))
    for version in ("1.22.1", "1.31.3")
]
NEVER = 1 << 60
NOW = 1_795_654_923.0


@pytest.fixture(scope="module")
def traffic():
    sys.path.insert(0, str(BENCH))
    from traffic import Traffic

    yield Traffic
    sys.path.remove(str(BENCH))


def told(path: Path, worth: int, window: int | None = None) -> tuple[dict[object, int], Skimmer]:
    """Return how many handshakes were told, by what was written of each, and the skimmer."""
    (source,), _ = open_files([str(path)])
    concern = Concern()
    reader, later = (Reader(source.name, FORMATS, Redactor((), b""), concern, 2026) for _ in range(2))
    skimmer, tally = Skimmer(FORMATS, concern, worth=worth), Tally[object]()
    bulk = Bulk(any_big=lambda: bool(skimmer.surveys))
    if window:
        skimmer.survey = lambda source, lookout, free: Survey(source, lookout, free, window)
    joiner = Joiner(lambda: reader.witnesses)
    items = skimmer.items(source, reader, later)

    def tell(entries):
        for story in chain(joiner.feed(entries), joiner.finish()):
            key = (story.status, tuple(sorted((e.format, e.told.name) for e in story.entries)))
            tally.add(key, story, bulk.stands_for(story))

    tell(bulk.entries(items))
    for examples in bulk.examples:
        tell(examples)
    return {group.key: group.measure.count for group in tally.groups()}, skimmer


@pytest.mark.parametrize(
    ("seed", "share", "window"), [(1, 0.0005, 100_000), (2, 0.002, 300_000), (3, 0.01, None), (4, 0.05, None)]
)
def test_a_skimmed_log_tells_what_a_read_one_tells(tmp_path, traffic, seed, share, window):
    made = traffic(seed, share, blocks=0.0)
    path = tmp_path / "all.log"
    path.write_bytes(b"".join(made.merged(4 << 20)))
    fast, skimmer = told(path, 1, window)
    slow, _ = told(path, NEVER)
    assert fast == slow
    statuses = Counter[int]()
    for (status, _), count in fast.items():
        statuses[status] += count
    assert statuses == made.truth.statuses
    (survey,) = skimmer.surveys.values()
    assert survey.size == path.stat().st_size
    assert 0 < survey.passed_over < survey.size
    assert skimmer.passed_over(str(path)) == survey.passed_over


@pytest.mark.parametrize(
    ("seed", "share"), [(1, 0.002), (2, 0.002), (4, 0.01), (7, 0.01), (1, 0.05), (4, 0.2)]
)
def test_blocks_of_servers_and_clients_are_joined_alike(tmp_path, traffic, seed, share):
    path = tmp_path / "all.log"
    path.write_bytes(b"".join(traffic(seed, share, blocks=0.1).merged(3 << 20)))
    fast, skimmer = told(path, 1, 300_000)
    slow, _ = told(path, NEVER)
    assert fast == slow
    assert {"guide-server"} <= {form for _, entries in fast for form, _ in entries}
    assert skimmer.passed_over(str(path)) > 0


@pytest.mark.parametrize(
    ("seed", "share", "paths"),
    [(1, 0.01, ("/ws/timers",)), (2, 0.05, ("/ws/timers",)), (3, 0.2, ("/ws/a", "/live/b/ws"))],
)
def test_what_became_of_handshakes_is_the_same_by_both_ways(tmp_path, traffic, seed, share, paths):
    path = tmp_path / "all.log"
    made = traffic(seed, share, blocks=0.1, paths=paths)
    path.write_bytes(b"".join(made.merged(3 << 20)))
    fast, slow = outcomes(path, worth=1), outcomes(path, worth=NEVER)
    assert fast == slow
    statuses = Counter[int]()
    for (status, *_), count in fast.items():
        statuses[status] += count
    assert statuses == made.truth.statuses


@pytest.mark.parametrize(
    ("seed", "share", "blocks"),
    [(5, 1.0, 0.3), (9, 0.3, 1.0), (23, 0.05, 0.0), (30, 1.0, 0.05), (109, 0.05, 0.3)],
)
def test_logs_of_each_hop_tell_by_both_ways_what_became_of_every_handshake(
    tmp_path, traffic, seed, share, blocks
):
    made = traffic(seed, share, blocks, ("/ws/a", "/live/b/ws"))
    written: dict[str, list[bytes]] = defaultdict(list)
    for name, text in chain(*made.seconds(1 << 20)):
        written[name].append(text)
    for name, texts in written.items():
        (tmp_path / f"{name}.log").write_bytes(b"".join(texts))
    paths = sorted(tmp_path.iterdir())
    fast, slow = outcomes(*paths, worth=1), outcomes(*paths, worth=NEVER)
    assert fast == slow
    statuses = Counter[int]()
    for (status, *_), count in fast.items():
        statuses[status] += count
    assert {status: n for status, n in statuses.items() if status} == made.truth.statuses


@pytest.mark.parametrize("paths", [*LOGS, *PAIRS], ids=lambda paths: "+".join(path.name for path in paths))
def test_what_real_programs_wrote_is_told_alike_by_both_ways(paths):
    assert outcomes(*paths, worth=1) == outcomes(*paths, worth=NEVER)


def outcomes(*paths: Path, worth: int) -> Counter[tuple[object, ...]]:
    """Return how many handshakes ended how, and why."""
    desk = Desk(Inquiry(tuple(map(str, paths)), now=NOW))
    desk.skimmer.worth = worth
    sources, _ = open_files([str(path) for path in paths])
    desk.take(sources)
    chronicle = desk.report().chronicle
    assert chronicle is not None
    found = Counter[tuple[object, ...]]()
    for group in chronicle.groups:
        found[group.status, group.outcome, group.cause, group.certainty] += group.count
    return found


def test_a_packed_log_is_skimmed_as_it_comes(tmp_path, traffic):
    data = b"".join(traffic(5, 0.01, blocks=0.0).merged(3 << 20))
    (tmp_path / "a.log").write_bytes(data)
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(data, 1))
    plain, _ = told(tmp_path / "a.log", 1)
    packed, skimmer = told(tmp_path / "a.log.gz", 1 << 20)
    assert plain == packed
    assert skimmer.surveys


def test_places_get_their_lines_numbers_when_they_are_told(tmp_path, traffic):
    path = tmp_path / "a.log"
    path.write_bytes(b"".join(traffic(6, 0.01, blocks=0.0).merged(3 << 20)))
    (source,), _ = open_files([str(path)])
    concern = Concern()
    reader, later = (Reader(source.name, FORMATS, Redactor((), b""), concern, 2026) for _ in range(2))
    skimmer = Skimmer(FORMATS, concern, worth=1)
    bulk = Bulk()
    entries = [*bulk.entries(skimmer.items(source, reader, later)), *chain(*bulk.examples)]
    lines = path.read_text().splitlines()
    for entry in (entries[0], entries[len(entries) // 2], entries[-1]):
        fact = skimmer.numbered(Fact(entry.text, f"at {entry.place}, and {path}:12"))
        found = re.fullmatch(rf"at {re.escape(str(path))}:(\d+), and {re.escape(str(path))}:12", fact.source)
        assert found
        assert lines[int(found[1]) - 1] == entry.text


def test_a_small_log_is_read_whole_and_nothing_is_said_to_be_passed_over(tmp_path, traffic):
    path = tmp_path / "a.log"
    path.write_bytes(b"".join(traffic(7, 0.01).merged(100_000)))
    _, skimmer = told(path, NEVER)
    assert skimmer.passed_over(str(path)) == 0
    assert skimmer.numbered(Fact("x", f"{path}:99999999")) == Fact("x", f"{path}:99999999")


def test_many_logs_side_by_side_send_no_more_workers_than_a_few(tmp_path, traffic, monkeypatch):
    monkeypatch.setattr(skim, "cores", lambda: 3)
    data = b"".join(traffic(8, 0.01, blocks=0.0).merged(500_000))
    for name in range(6):
        (tmp_path / f"{name}.log").write_bytes(data)
    sources, _ = open_files([str(tmp_path)])
    concern = Concern()
    skimmer = Skimmer(FORMATS, concern, worth=1)
    skimmer.survey = lambda source, lookout, free: Survey(source, lookout, free, 100_000)
    items = []
    for source in sources:
        reader, later = (Reader(source.name, FORMATS, Redactor((), b""), concern, 2026) for _ in range(2))
        items.append(skimmer.items(source, reader, later))
        assert next(items[-1])
    assert [survey.at_work for survey in skimmer.surveys.values()] == [3, 3, 2, 0, 0, 0]
    told = [Counter(entry.status for entry in Bulk().entries(iter(one))) for one in items]
    assert told[0] == told[5]
    assert {survey.at_work for survey in skimmer.surveys.values()} == {0}
