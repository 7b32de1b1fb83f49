import pytest

from ws101.logs.intake import CUT, LONGEST, Intake


def lines(*chunks):
    one = Intake()
    return [line for chunk in chunks for line in one.feed(chunk)] + one.finish()


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_lines_are_numbered_from_one(mark):
    assert lines(mark + b"a\r\n\nb") == [(1, "a"), (2, ""), (3, "b")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_what_powershell_redirects_is_read(encoding):
    data = ("\ufeff" + "é\r\nb\n").encode(encoding)
    assert lines(*[bytes([octet]) for octet in data]) == [(1, "é"), (2, "b")]


def test_octets_that_are_no_utf_8_are_shown():
    assert lines(b"a\xff\xc3\n") == [(1, r"a\xff\xc3")]


def test_nuls_of_a_truncated_file_are_left_out():
    assert lines(b"\0" * 200_000, b"\0" * 200_000 + b"a\nb\n") == [(1, "a"), (2, "b")]


def test_a_line_of_the_longest_size_is_whole_and_one_longer_is_cut():
    assert lines(b"x" * LONGEST + b"\r\n") == [(1, "x" * LONGEST)]
    assert lines(b"x" * LONGEST, b"y", b"z\nb") == [(1, "x" * LONGEST + CUT), (2, "b")]


def test_a_jump_gives_up_what_was_open():
    one = Intake()
    assert one.feed(b"half") == []
    one.jump(40)
    assert one.feed(b"whole\n") == [(40, "whole")]
