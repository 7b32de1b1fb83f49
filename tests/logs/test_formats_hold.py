"""Laws of all formats: none raises, whatever comes; what opens is read; each is found by its signs."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from logs.telling import read
from ws101.logs import jsonline, sayings
from ws101.logs.entry import Entry
from ws101.logs.formats import FORMATS
from ws101.logs.line import Line, Place
from ws101.logs.preamble import split
from ws101.logs.sayings import SAYINGS

_PARTS = [
    *(saying.example for saying in SAYINGS[::7]),
    *(sign.decode(errors="replace") for form in FORMATS for sign in form.signs[:3]),
    "2026-11-26T01:02:03.456Z INFO a.b - ", "[2026-11-26 01:02:03 +0000] [5] [INFO] ", "INFO:     ", "E, [", "level=error ts=", "{", "}",
    '{"req":{"method":"GET","url":"/ws"},"status":', '"', "\\", "[", "]", " | req=", "::", "=====", "  - Upgrade: websocket", "0" * 400,
    "Caused by: ", "😀", "\x00", "٣", "wss://[::1", "wss://h:99999999/x", "null", "1e999",
]  # fmt: skip
lines = st.lists(st.one_of(st.sampled_from(_PARTS), st.text(max_size=12)), max_size=8).map("".join)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@settings(max_examples=30)  # of each
@given(texts=st.lists(lines, min_size=1, max_size=4))
def test_no_format_raises_whatever_it_is_given(form, texts):
    for text in texts:
        assert form.opens(text) in {True, False}
        if form.continues is not None:
            assert form.continues(text) in {True, False}
        if form.key is not None:
            assert isinstance(form.key(text), str)
    if form.opens(texts[0]):
        entry = form.read([Line(text, Place("a", number)) for number, text in enumerate(texts, 1)])
        assert entry is None or isinstance(entry, Entry)


@given(st.lists(lines, max_size=8).map("\n".join))
@example('{"status":' + "9" * 5000 + "}")
@example("[" * 20_000)
@example('{"a":' * 20_000)
def test_the_reader_raises_for_nothing(text):
    for entry in read(text.encode("utf-8", "surrogatepass")):
        assert entry.status is None or 100 <= entry.status <= 999
        assert entry.port is None or 0 <= entry.port <= 65535


@given(lines)
def test_a_preamble_lies_within_its_line(text):
    found = split(text)
    assert 0 <= found.at <= found.end <= len(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "time",
                        "level",
                        "msg",
                        "err",
                        "req",
                        "status",
                        "method",
                        "url",
                        "headers",
                        "error",
                        "ts",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_members_of_a_line_of_json_may_be_anything(members):
    if isinstance(members, dict):
        jsonline.moment(members)
        jsonline.level(members)
        jsonline.message(members)


def test_what_a_saying_needs_stands_in_a_sign():
    assert all(sayings.signed(saying.example) for saying in SAYINGS if not saying.vague)
    assert len(sayings.SIGNS) < 105  # each is looked for in every line that no format takes


def test_names_of_formats_differ():
    names = [form.name for form in FORMATS]
    assert len(names) == len(set(names))
