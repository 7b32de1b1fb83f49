import os
import random
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, field
from msgspec.structs import replace

from ws101.logs.sift import AFTER, BEFORE, Wide
from ws101.sources import crew
from ws101.sources.file import open_files
from ws101.sources.scan import Survey
from ws101.sources.source import Source

SIGNS, WIDE = [b"/ws", b'" 101 '], [b"Socket "]


class Wanted(Struct):
    """What is looked for, as logs.lookout has it; every line may go on with a record of several lines."""

    signs: Sequence[bytes] = field(default_factory=lambda: [*SIGNS, *WIDE])
    samples: list[bytes] = field(default_factory=list)
    skimmed: list[bytes] = field(default_factory=list)
    wide: Wide = field(default_factory=lambda: {sign: lambda _: True for sign in WIDE})
    weak: frozenset[bytes] = frozenset()
    escaped: bool = True
    paths: set[str] = field(default_factory=set)

    def sample(self, lines: Sequence[bytes]) -> None:
        self.samples = [*lines]

    def skim(self, lines: Iterable[bytes]) -> None:
        self.skimmed = [*lines]

    def look(self) -> None:
        self.signs = [*dict.fromkeys((*self.signs, *(path.encode() for path in self.paths)))]


LINES = (
    *(b"", b"nothing", b"nothing again", b"GET /ws HTTP/1.1", b'GET /x HTTP/1.1" 101 7', b"  - Host: x", b"\xff\0\x1b[31m /ws\r"),
    *(b"nothing %d" % n for n in range(60)), b"Socket refused",
)  # fmt: skip
FILLER = b"x"


def plain(path: Path) -> Source:
    (source,), _ = open_files([str(path)])
    return source


def stream(data: bytes, size: int) -> Source:
    def chunks() -> Iterator[bytes]:
        return (data[at : at + size] for at in range(0, len(data), size))

    return Source("stdin", chunks)


def found(survey: Survey) -> dict[int, bytes]:
    """Return every line that was handed on, by its true number."""
    lines: dict[int, bytes] = {}
    for pieces in survey:
        for piece in pieces:
            for at, text in enumerate(piece.text.split(b"\n")[:-1]):
                assert piece.line + at not in lines, "a line was handed on twice"
                lines[piece.line + at] = text
    true = survey.numbers(lines)
    return {true[line]: text for line, text in lines.items() if text.strip(b" ")}


def expected(data: bytes) -> dict[int, bytes]:
    """Return what must be handed on: every line that bears a sign, and those around records of several lines."""
    lines = data.split(b"\n")
    wanted = set()
    for at, line in enumerate(lines):
        if any(sign in line for sign in SIGNS):
            wanted.add(at)
        if any(sign in line for sign in WIDE):
            wanted.update(range(max(at - BEFORE, 0), min(at + AFTER + 1, len(lines))))
    return {at + 1: lines[at] for at in sorted(wanted) if lines[at].strip(b" ")}


def without_filler(lines: dict[int, bytes]) -> dict[int, bytes]:
    return {number: text for number, text in lines.items() if not text.startswith(FILLER)}


@settings(max_examples=40, deadline=None)
@given(st.integers(), st.integers(900, 9000), st.integers(1, 3), st.booleans())
def test_wherever_windows_and_chunks_end_the_same_lines_are_found(
    tmp_path_factory, seed, width, workers, ended
):
    choose = random.Random(seed)
    lines = choose.choices(LINES, k=2000)
    # What is handed on of the beginning and the end anyway is not at stake here.
    data = FILLER * 40_000 + b"\n" + b"\n".join(lines) + b"\n" + FILLER * 5000 + b"\n" * ended
    path = tmp_path_factory.mktemp("scan") / "a.log"
    path.write_bytes(data)
    wanted = without_filler(expected(data))
    survey = Survey(plain(path), Wanted(), free=lambda: workers, window=width)
    assert without_filler(found(survey)) == wanted
    assert survey.size == len(data)
    assert without_filler(found(Survey(stream(data, width // 3), Wanted(), window=width))) == wanted


def test_the_beginning_and_the_end_of_a_file_are_handed_on_whatever_they_are(tmp_path):
    lines = [b"line %07d" % n for n in range(20_000)]
    (tmp_path / "a.log").write_bytes(b"\n".join(lines))
    survey = Survey(plain(tmp_path / "a.log"), Wanted())
    numbers = sorted(found(survey))
    assert numbers[0] == 1
    assert numbers[-1] == 20_000
    assert len(numbers) < 4_000
    assert survey.passed_over == survey.size - survey.kept > 200_000


def test_a_path_that_is_learned_is_looked_for_from_there_on(tmp_path):
    filler = b"nothing\n" * 10_000
    (tmp_path / "a.log").write_bytes(
        filler + b'GET /live HTTP/1.1" 101 1\n' + b"POST /live 1\n" + filler * 3 + b"POST /live 2\n" + filler
    )
    for source in (plain(tmp_path / "a.log"), stream((tmp_path / "a.log").read_bytes(), 5000)):
        wanted = Wanted()
        seen = []
        for pieces in Survey(source, wanted, window=50_000):
            text = b"".join(piece.text for piece in pieces)
            wanted.paths |= {"/live"} if b" 101 " in text else set()
            seen += [line for line in text.split(b"\n") if b"/live" in line]
        assert seen == [b'GET /live HTTP/1.1" 101 1', b"POST /live 1", b"POST /live 2"]


def test_lines_from_all_over_a_file_are_shown_before_it_is_searched(tmp_path):
    (tmp_path / "a.log").write_bytes(b"".join(b"line %07d\n" % n for n in range(100_000)))
    for source in (plain(tmp_path / "a.log"), stream((tmp_path / "a.log").read_bytes(), 5000)):
        wanted = Wanted()
        next(iter(Survey(source, wanted)))
        numbers = [int(line.split()[1]) for line in wanted.samples]
        assert numbers[0] == 0
        assert 500 < len(numbers) < 20_000
        assert numbers[-1] > 95_000 or source.path is None


def test_lines_with_a_sign_are_shown_before_more_than_the_first_windows_are_searched(tmp_path):
    lines = [b"nothing"] * 30_000
    lines[20_000] = b"GET /ws 1"
    (tmp_path / "a.log").write_bytes(b"\n".join(lines))
    wanted = Wanted()
    next(iter(Survey(plain(tmp_path / "a.log"), wanted)))
    assert wanted.skimmed == [b"GET /ws 1"]


def test_a_line_of_megabytes_is_cut_and_the_next_one_has_its_number(tmp_path):
    data = b"x\n" * 50_000 + b"GET /ws " + b"y" * 3_000_000 + b"\nGET /ws 2\n" + b"x\n" * 50_000
    (tmp_path / "a.log").write_bytes(data)
    for source in (plain(tmp_path / "a.log"), stream(data, 100_000)):
        lines = found(Survey(source, Wanted(), window=300_000))
        assert lines[50_001].startswith(b"GET /ws yyy")
        assert lines[50_002] == b"GET /ws 2"


@pytest.mark.parametrize("data", [b"", b"\n", b"GET /ws", b"\0" * 10, b"GET /ws\n"])
def test_tiny_sources_are_read_whole(tmp_path, data):
    (tmp_path / "a.log").write_bytes(data)
    for source in (plain(tmp_path / "a.log"), stream(data, 3)):
        assert b"GET /ws" not in data or found(Survey(source, Wanted())) == {1: b"GET /ws"}


def test_whoever_stops_early_leaves_no_worker_behind(tmp_path):
    (tmp_path / "a.log").write_bytes(b"GET /ws\n" * 400_000)
    before = threading.active_count()
    survey = iter(Survey(plain(tmp_path / "a.log"), Wanted(), free=lambda: 3, window=100_000))
    next(survey)
    survey.close()
    assert threading.active_count() == before


@pytest.fixture(params=["processes", "threads"])
def workers(request, monkeypatch) -> str:
    if request.param == "processes" and not hasattr(os, "fork"):
        pytest.skip("a system that forks")
    monkeypatch.setattr(crew, "may_fork", lambda: request.param == "processes")
    return request.param


@pytest.mark.parametrize("width", [65_536, 100_000, 1 << 20])
def test_processes_and_threads_find_what_is_there(workers, tmp_path, width):
    lines = [
        b"GET /ws %d" % n if n % 7 == 0 else b"Socket refused" if n % 3000 == 0 else b"nothing"
        for n in range(60_000)
    ]
    (tmp_path / "a.log").write_bytes(b"\n".join(lines))
    wanted = expected(b"\n".join(lines))
    survey = Survey(plain(tmp_path / "a.log"), Wanted(), free=lambda: 2, window=width)
    assert {number: text for number, text in found(survey).items() if number in wanted} == wanted


def test_a_file_that_is_cut_while_it_is_read_is_no_crash_and_said(workers, tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"GET /ws\n" * 2_000_000)
    source = plain(path)
    survey = iter(Survey(source, Wanted(), free=lambda: 1, window=100_000))
    next(survey)
    os.truncate(path, 800_000)
    for _ in survey:
        pass
    assert source.troubles == [f"{path} was cut while it was read: 15200000 bytes are gone."]


def test_a_file_that_is_gone_raises_where_it_is_read(tmp_path):
    (tmp_path / "a.log").write_bytes(b"GET /ws\n")
    source = replace(plain(tmp_path / "a.log"), path=tmp_path / "gone.log")
    with pytest.raises(FileNotFoundError):
        list(Survey(source, Wanted()))


def test_numbers_are_counted_for_those_lines_alone_that_are_cited(tmp_path):
    choose = random.Random(7)
    lines = [
        b"GET /ws %d" % n if choose.random() < 0.01 else b"x" * choose.randrange(90) for n in range(60_000)
    ]
    (tmp_path / "a.log").write_bytes(b"\n".join(lines))
    survey = Survey(plain(tmp_path / "a.log"), Wanted(), window=100_000)
    lines_of = {piece.line: piece.text for pieces in survey for piece in pieces if piece.alone}
    cited = choose.sample(sorted(lines_of), 50)
    for line, number in survey.numbers(cited).items():
        assert lines_of[line].startswith(lines[number - 1] + b"\n")
