"""What stood in a source before a check listened to it: its last whole lines, numbered as in the source."""

import asyncio
import gzip
import io

import pytest

from ws101.sources import listening
from ws101.sources.listening import Listening

LINES = [b"line %d\n" % number for number in range(1, 3001)]


def before(path):
    async def listened():
        there = Listening((str(path),), stdin=io.BytesIO(), environ={})
        await there.start()
        return await there.settle()

    (heard,) = asyncio.run(listened()).values()
    return heard.before


@pytest.mark.parametrize("name", ["access.log", "access.log.gz"])
@pytest.mark.parametrize("bytes_of_use", [1, 100, 4096, 1 << 20])
def test_of_what_stood_there_the_last_whole_lines_are_held_with_their_numbers(
    tmp_path, monkeypatch, name, bytes_of_use
):
    monkeypatch.setattr(listening, "_BEFORE", bytes_of_use)
    path, text = tmp_path / name, b"".join(LINES)
    path.write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    held = before(path)
    assert held.text == b"".join(LINES[held.line - 1 :])
    assert min(bytes_of_use, len(text)) - 20 <= len(held.text) <= bytes_of_use


def test_a_stream_is_held_in_part_wherever_its_chunks_end(monkeypatch):
    monkeypatch.setattr(listening, "_BEFORE", 50)
    text = b"".join(LINES) + b"and one that is not ended"
    for size in (1, 7, 64, 1000, len(text)):
        held = listening._end_of_stream(text[at : at + size] for at in range(0, len(text), size))
        assert held.text == b"".join(LINES[held.line - 1 :]) + b"and one that is not ended"
        assert 30 <= len(held.text) <= 50


def test_a_line_without_an_end_is_not_held_whole(monkeypatch):
    monkeypatch.setattr(listening, "_BEFORE", 50)
    held = listening._end_of_stream([b"x" * 40] * 100)
    assert (held.line, len(held.text) <= 100) == (1, True)
