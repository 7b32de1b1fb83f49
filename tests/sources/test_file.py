import bz2
import gzip
import lzma
import os
import threading
from pathlib import Path

import pytest

from ws101.sources import packed
from ws101.sources.file import open_files, watched
from ws101.sources.source import Source, in_turn


def text(source: Source) -> bytes:
    return b"".join(source.chunks())


def opened(*names: Path | str, since: float | None = None) -> tuple[Source, ...]:
    sources, unopened = open_files([str(name) for name in names], since=since)
    assert not unopened
    return sources


def test_a_plain_file_can_be_read_at_any_place_and_again(tmp_path):
    (tmp_path / "a.log").write_bytes(b"one\ntwo\n")
    (source,) = opened(tmp_path / "a.log")
    assert (source.path, source.size) == (tmp_path / "a.log", 8)
    assert text(source) == text(source) == b"one\ntwo\n"


@pytest.mark.parametrize(
    ("ending", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)]
)
def test_packing_is_known_by_the_first_bytes_whatever_the_name(tmp_path, ending, pack):
    (tmp_path / f"a.log.1.{ending}").write_bytes(pack(b"one\n" * 9))
    (tmp_path / "misnamed.log").write_bytes(pack(b"two\n"))
    for name, expected in ((f"a.log.1.{ending}", b"one\n" * 9), ("misnamed.log", b"two\n")):
        (source,) = opened(tmp_path / name)
        assert text(source) == expected
        assert source.path is None


def test_a_file_packed_with_zstd_is_read(tmp_path):
    library = packed._zstd()
    if library is None:
        pytest.skip("a library for zstd (pip install backports.zstd)")
    (tmp_path / "a.log.zst").write_bytes(library.compress(b"one\n" * 9))
    (source,) = opened(tmp_path / "a.log.zst")
    assert text(source) == b"one\n" * 9
    (tmp_path / "a.log.zst").write_bytes(library.compress(os.urandom(5000))[:-700])
    (source,) = opened(tmp_path / "a.log.zst")
    text(source)
    assert "damaged" in source.troubles[0]


def test_a_file_packed_with_zstd_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "_zstd", lambda: None)
    (tmp_path / "a.log.zst").write_bytes(b"\x28\xb5\x2f\xfd....")
    (tmp_path / "b.log").write_bytes(b"one\n")
    sources, (unopened,) = open_files([str(tmp_path)])
    assert [source.name for source in sources] == [str(tmp_path / "b.log")]
    assert "zstd" in unopened.why
    assert "pip install backports.zstd" in unopened.cure


def test_a_packed_file_that_ends_early_gives_what_it_has_and_says_so(tmp_path):
    whole = gzip.compress(os.urandom(300_000))
    (tmp_path / "a.log.gz").write_bytes(whole[:200_000])
    (source,) = opened(tmp_path / "a.log.gz")
    assert len(text(source)) > 100_000
    assert "damaged, or not finished yet" in source.troubles[0]


def test_a_rotated_set_is_read_from_the_oldest_on_however_it_is_named(tmp_path):
    names = ["access.log", "access.log.1", "access.log.2.gz", "access.log.10.gz"]
    for name in names:
        data = name.encode()
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    for given in ([tmp_path], [tmp_path / "access.log*"], [tmp_path / name for name in names]):
        assert [Path(source.name).name for source in opened(*given)] == names[::-1]


def test_dates_in_names_are_ages_too(tmp_path):
    for name in ("a.log", "a.log-20261126", "a.log-20261125.gz", "a.log-20261126-1700000000"):
        (tmp_path / name).write_bytes(b"x\n")
    found = [Path(source.name).name for source in opened(tmp_path)]
    assert found == ["a.log-20261125.gz", "a.log-20261126", "a.log-20261126-1700000000", "a.log"]


def test_sources_keep_the_order_in_which_they_were_named(tmp_path):
    for name in ("z.log", "b.log", "z.log.1"):
        (tmp_path / name).write_bytes(b"x\n")
    named = opened(tmp_path / "z.log", tmp_path / "b.log", tmp_path / "z.log.1", tmp_path / "z.log")
    assert [Path(source.name).name for source in named] == ["z.log.1", "z.log", "b.log"]


def test_a_directory_leaves_out_what_is_hidden_empty_or_no_text(tmp_path):
    (tmp_path / "nginx").mkdir()
    (tmp_path / "nginx" / "error.log").write_bytes(b"\x1b[31mred\x1b[0m\n")
    (tmp_path / ".hidden").write_bytes(b"x")
    (tmp_path / "wtmp").write_bytes(b"\x07\0\0\0\0")
    (tmp_path / "empty.log").write_bytes(b"")
    (tmp_path / "windows.log").write_bytes("one\n".encode("utf-16"))
    assert {Path(source.name).name for source in opened(tmp_path)} == {"error.log", "windows.log"}


def test_what_was_last_written_before_is_left_out_unless_it_was_named(tmp_path):
    for name in ("a.log", "a.log.1"):
        (tmp_path / name).write_bytes(b"x\n")
    os.utime(tmp_path / "a.log.1", (1000, 1000))
    assert [Path(source.name).name for source in opened(tmp_path, since=2000)] == ["a.log"]
    assert opened(tmp_path / "a.log.1", since=2000)


def test_what_cannot_be_opened_is_said_and_the_rest_goes_on(tmp_path):
    (tmp_path / "a.log").write_bytes(b"x\n")
    (tmp_path / "none").mkdir()
    names = [str(tmp_path / name) for name in ("gone.log", "a.log", "none", "*.txt")]
    sources, unopened = open_files(names)
    assert [source.name for source in sources] == [str(tmp_path / "a.log")]
    assert [one.name for one in unopened] == [names[0], names[2], names[3]]
    assert [one.why for one in unopened] == [
        "no such file or directory", "no log is in this directory", "no file fits this pattern"
    ]  # fmt: skip
    assert all(one.cure for one in unopened)


def test_a_name_with_a_nul_is_no_crash():
    sources, (unopened,) = open_files(["a\0b"])
    assert not sources
    assert "null" in unopened.why


def test_a_pipe_is_read_to_its_end(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    sources, unopened = open_files([str(tmp_path / "pipe")])
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(b"one\n" * 1000,))
    writer.start()
    assert not unopened
    assert text(sources[0]) == b"one\n" * 1000
    writer.join()


def test_a_file_that_is_cut_while_it_is_read_says_how_much_is_gone(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"x" * 600_000)
    (source,) = opened(path)
    chunks = source.chunks()
    next(chunks)
    os.truncate(path, 300_000)
    assert sum(map(len, chunks)) == 300_000 - (1 << 18)
    assert source.troubles == [f"{path} was cut while it was read: 300000 bytes are gone."]


def test_a_file_that_is_replaced_while_it_is_read_is_read_to_its_end(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"x" * 600_000)
    (source,) = opened(path)
    chunks = source.chunks()
    next(chunks)
    path.rename(tmp_path / "a.log.1")
    path.write_bytes(b"new")
    assert set(b"".join(chunks)) == {ord("x")}
    assert not source.troubles


def test_only_what_is_written_to_is_watched(tmp_path):
    for name in ("a.log", "a.log.1", "a.log.2.gz", "b.log"):
        (tmp_path / name).write_bytes(b"x\n")
    assert [path.name for path in watched([str(tmp_path)])] == ["a.log", "b.log"]
    assert [path.name for path in watched([str(tmp_path / "a.log.1")])] == ["a.log.1"]
    assert [path.name for path in watched([str(tmp_path / "later.log")])] == ["later.log"]
    assert watched([str(tmp_path / "*.txt")]) == []


def test_parts_of_a_rotated_log_are_in_turn_where_their_last_writes_say_so(tmp_path):
    names = ["a.log.2.gz", "a.log.1", "a.log", "b.log"]
    for hour, name in enumerate(names):
        (tmp_path / name).write_bytes(gzip.compress(b"x\n") if name.endswith("gz") else b"x\n")
        os.utime(tmp_path / name, (hour * 3600, hour * 3600))
    groups = [[Path(source.name).name for source in group] for group in in_turn(opened(tmp_path))]
    assert groups == [["a.log.2.gz", "a.log.1", "a.log"], ["b.log"]]


def test_what_was_written_at_once_or_the_other_way_round_is_side_by_side(tmp_path):
    for written in ((0, 0, 0), (0, 59, 118), (7200, 3600, 0)):
        for name, when in zip(("a.log.2", "a.log.1", "a.log"), written, strict=True):
            (tmp_path / name).write_bytes(b"x\n")
            os.utime(tmp_path / name, (when, when))
        assert [len(group) for group in in_turn(opened(tmp_path))] == [1, 1, 1]
