import importlib.util

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.logs import seek
from ws101.logs.seek import cover

needs_the_library = pytest.mark.skipif(
    importlib.util.find_spec("ahocorasick_rs") is None,
    reason="a fast search for many words (pip install ahocorasick_rs)",
)
TEXTS = st.lists(st.text("ab/ws\n", max_size=9), max_size=30)
WORDS = st.lists(st.text("abws", min_size=1, max_size=3), max_size=5)


def test_a_word_that_holds_another_is_not_looked_for_and_quotes_may_be_escaped():
    assert {*cover([b"websocket", b"ocket", b"", b'"up"', b"ocket"])} == {b'"up"', b"ocket", b'\\"up\\"'}
    assert {*cover([b'"up"'], escaped=False)} == {b'"up"'}


@given(st.sets(st.binary(min_size=4, max_size=4), max_size=130))
def test_every_word_is_dealt_once(words):
    assert sorted(cover(words, escaped=False)) == sorted(words)


def test_words_that_begin_alike_are_dealt_into_one_bucket():
    dealt = cover(b"%c%c: " % (one, two) for one in b"xy" for two in range(ord("a"), ord("q")))
    assert [word[1:2] for word in dealt[:16]] == [word[1:2] for word in dealt[16:]]


@needs_the_library
@given(TEXTS, WORDS)
def test_with_and_without_the_library_the_same_lines_are_found(texts, words):
    data, needles = "".join(texts).encode(), cover(word.encode() for word in words)
    lines = [
        {data.count(b"\n", 0, place) for _, place, _ in search(data)}
        for search in (seek.search(needles), seek.one_by_one(needles))
    ]
    assert lines[0] == lines[1]


@needs_the_library
@given(TEXTS, WORDS)
def test_every_place_of_every_word_is_found_on_request(texts, words):
    data, needles = "".join(texts).encode(), tuple({word.encode() for word in words})
    assert {*seek.search_all(needles)(data)} == {*seek.one_by_one(needles)(data)}
