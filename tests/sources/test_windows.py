import os
import random

import pytest

from ws101.sources import windows
from ws101.sources.windows import beginning, counted


@pytest.fixture
def written(tmp_path):
    choose = random.Random(3)
    data = b"\n".join(b"x" * choose.randrange(400) for _ in range(12_000))
    (tmp_path / "a.log").write_bytes(data)
    file = os.open(tmp_path / "a.log", os.O_RDONLY)
    yield file, data
    os.close(file)


def true(data: bytes, places: list[int]) -> list[int]:
    return [data.count(b"\n", 0, place) for place in places]


@pytest.mark.parametrize("workers", [0, 2])
def test_lines_are_counted_before_any_places(written, monkeypatch, workers):
    monkeypatch.setattr(windows, "_SHARED", 0)
    file, data = written
    choose = random.Random(4)
    for places in ([0], [len(data)], [0, 1, len(data) // 2, len(data)], [windows._BLOCK, 2 * windows._BLOCK]):
        assert counted(file, places, workers) == true(data, places)
    places = sorted(choose.randrange(len(data)) for _ in range(30))
    assert counted(file, places, workers) == true(data, places)


@pytest.mark.parametrize("blocks", [1, 3, 100])
def test_what_was_counted_ahead_is_not_counted_again(written, monkeypatch, blocks):
    monkeypatch.setattr(windows, "_SHARED", 0)
    monkeypatch.setattr(windows, "_BEGINNING", blocks * windows._BLOCK)
    monkeypatch.setattr(windows, "may_fork", lambda: True)
    file, data = written
    with beginning(file, len(data)) as crew:
        first = [number for _, number in crew]
    assert len(first) == min(blocks, -(-len(data) // windows._BLOCK))
    places = [5, windows._BLOCK + 1, len(data) - 7]
    assert counted(file, places, 0, first) == true(data, places)
    wrong = [0 for _ in first]
    assert counted(file, places, 0, wrong) != true(data, places)


def test_nothing_is_counted_ahead_of_a_small_file_or_by_threads(written, monkeypatch):
    file, data = written
    assert [*beginning(file, len(data))] == []
    monkeypatch.setattr(windows, "_SHARED", 0)
    monkeypatch.setattr(windows, "may_fork", lambda: False)
    assert [*beginning(file, len(data))] == []
