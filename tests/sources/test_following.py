import asyncio
import os
from pathlib import Path

from ws101.sources.following import Tail, Tails, follow_files

LOOKS = 600  # as many as make every look-around and every grace pass


def read(tail: Tail, looks: int = 30) -> bytes:
    return b"".join(tail.poll() for _ in range(looks))


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_what_was_there_is_not_shown_and_what_comes_is(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"old\n")
    tail = Tail(path)
    assert read(tail) == b""
    append(path, b"new\nhal")
    append(path, b"f\n")
    assert read(tail) == b"new\nhalf\n"
    tail.close()


def test_a_file_that_is_not_there_yet_is_waited_for_and_read_from_its_start(tmp_path):
    tail = Tail(tmp_path / "a.log")
    assert read(tail) == b""
    append(tmp_path / "a.log", b"first\n")
    assert read(tail) == b"first\n"
    tail.close()


def test_rotation_by_renaming_loses_nothing_even_of_a_writer_that_comes_late(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"old\n")
    tail = Tail(path)
    append(path, b"1\n")
    path.rename(tmp_path / "a.log.1")
    append(tmp_path / "a.log.1", b"2\n")
    assert read(tail) == b"1\n2\n"
    append(path, b"3\n")
    assert read(tail) == b"3\n"
    append(tmp_path / "a.log.1", b"late\n")
    append(path, b"4\n")
    assert read(tail) == b"late\n4\n"
    assert read(tail, LOOKS) == b""
    append(tmp_path / "a.log.1", b"much too late\n")
    assert read(tail) == b""
    append(path, b"5\n")
    assert read(tail) == b"5\n"
    assert not tail.troubles
    tail.close()


def test_rotation_by_copying_and_truncating_begins_anew(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"old\n" * 100)
    tail = Tail(path)
    os.truncate(path, 0)
    assert read(tail) == b""
    append(path, b"new\n")
    assert read(tail) == b"new\n"
    assert len(tail.troubles) == 1
    tail.close()


def test_a_file_that_was_cut_and_has_grown_again_is_read_from_its_start(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"old\n" * 10)
    tail = Tail(path)
    path.write_bytes(b"new\n" * 20)
    assert read(tail) == b"new\n" * 20
    assert "was cut" in tail.troubles[0]
    tail.close()


def test_new_files_of_a_pattern_are_found_and_a_rotated_one_is_none(tmp_path):
    (tmp_path / "a.log").write_bytes(b"old\n")
    tails = Tails([str(tmp_path / "*.log*")])
    append(tmp_path / "a.log", b"1\n")
    (tmp_path / "b.log").write_bytes(b"2\n")
    (tmp_path / "a.log.1").write_bytes(b"rotated\n")
    found = dict(piece for _ in range(LOOKS) for piece in tails.poll())
    assert found == {str(tmp_path / "a.log"): b"1\n", str(tmp_path / "b.log"): b"2\n"}
    tails.close()


def test_files_are_closed(tmp_path):
    opened = Path("/proc/self/fd")
    before = len([*opened.iterdir()]) if opened.exists() else 0
    path = tmp_path / "a.log"
    path.write_bytes(b"old\n")
    tail = Tail(path)
    for number in range(5):
        path.rename(tmp_path / f"a.log.{number}")
        path.write_bytes(b"new\n")
        read(tail)
    tail.close()
    assert not before or len([*opened.iterdir()]) == before


def test_lines_are_told_with_their_file_and_troubles_are_heard(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"old\n" * 9)
    heard: list[str] = []

    async def follow() -> list[tuple[str, bytes]]:
        pieces = follow_files([str(path)], told=heard.append)
        first = asyncio.ensure_future(anext(pieces))
        await asyncio.sleep(0)  # it has looked once
        append(path, b"one\n")
        seen = [await first]
        path.write_bytes(b"two\n")
        seen.append(await anext(pieces))
        append(path, b"three\n")
        seen.append(await anext(pieces))
        await pieces.aclose()
        return seen

    assert asyncio.run(follow()) == [(str(path), text) for text in (b"one\n", b"two\n", b"three\n")]
    assert len(heard) == 1
