import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ws101.redact import printable
from ws101.render.ink import Ink, Style, columns, padded, to_ascii

PRINTABLE = st.text(max_size=200).map(printable)


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("漢字", 4), ("e\u0301", 1), ("✓ …", 3), ("\x1b[1;31mabc\x1b[0m", 3), ("", 0)],
)
def test_columns(text: str, width: int) -> None:
    assert columns(text) == width


@settings(deadline=None)
@given(PRINTABLE, st.integers(4, 60))
def test_wrapped_lines_fit(text: str, width: int) -> None:
    assert all(columns(line) <= width for line in Ink().wrap(text, width))


@settings(deadline=None)
@given(PRINTABLE, st.integers(4, 60))
def test_wrapping_loses_nothing_where_every_word_fits(text: str, width: int) -> None:
    if all(columns(word) <= width for word in text.split()):
        assert "".join("".join(Ink().wrap(text, width)).split()) == "".join(text.split())


@settings(deadline=None)
@given(PRINTABLE, st.integers(4, 60))
def test_cut_text_fits_and_says_that_it_was_cut(text: str, width: int) -> None:
    cut = Ink().cut(text, width)
    assert columns(cut) <= width
    assert cut == text or cut.endswith("…")


def test_wide_characters_may_break_anywhere() -> None:
    assert Ink().wrap("漢字漢字漢字", 5) == ["漢字", "漢字", "漢字"]


def test_code_over_a_line_break_is_painted_on_both_lines() -> None:
    first, second = Ink(colour=True).inline(["see `a", "b` there"])
    assert first == "see \x1b[36m`a\x1b[0m"
    assert second == "\x1b[36mb`\x1b[0m there"


def test_without_colour_paint_changes_nothing() -> None:
    assert Ink().paint("x", Style.BAD) == "x"


def test_padding_counts_columns() -> None:
    assert padded("漢", 4) == "漢  "


@settings(deadline=None)
@given(st.text().map(printable))
def test_ascii_is_ascii(text: str) -> None:
    assert to_ascii(text).isascii()


def test_ascii_keeps_what_punctuation_means() -> None:
    assert to_ascii("a → b … “c” é") == 'a -> b ... "c" \\xe9'
