"""nginx's log_format: what is written with it is read back, whatever the values are."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ws101.logs.log_format import Escape, LogFormat, Variable, parse

names = st.text(string.ascii_lowercase + "_", min_size=1, max_size=12)
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@st.composite
def quoted(draw):
    """Variables in quotes, as log formats mostly have them, with any values."""
    escape = draw(st.sampled_from([Escape.DEFAULT, Escape.JSON]))
    between = draw(st.lists(st.text("abc =:{},[]|$-", max_size=5).filter(lambda t: "$" not in t), max_size=6))
    pieces, values = [], {}
    for i, text in enumerate(between):
        name = f"v{i}_{draw(names)}"
        pieces += [f'{text}"', Variable(name), '"']
        values[name] = draw(anything)
    joined = []
    for piece in pieces:
        if joined and isinstance(piece, str) and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return LogFormat(tuple(joined), escape), values


@given(quoted())
def test_what_is_written_in_quotes_is_read_back(drawn):
    log_format, values = drawn
    assert log_format.read(log_format.write(values)) == values


@given(
    st.lists(
        st.tuples(names, st.text(st.characters(exclude_characters="|", exclude_categories=["Cs"]))),
        max_size=6,
    ),
    st.sampled_from(Escape),
)
def test_what_is_written_between_separators_is_read_back(drawn, escape):
    pieces = [
        piece
        for i, (name, _) in enumerate(drawn)
        for piece in (f"{'|' * bool(i)}x=", Variable(f"v{i}_{name}"))
    ]
    values = {f"v{i}_{name}": value for i, (name, value) in enumerate(drawn)}
    assume(escape is not Escape.NONE or not any("x=" in value for value in values.values()))
    log_format = LogFormat(tuple(pieces), escape)
    assert log_format.read(log_format.write(values)) == values


@given(
    st.lists(st.one_of(names.map(Variable), st.text("ab_1 \"'|:-{}[]", min_size=1, max_size=4)), max_size=10)
)
def test_a_text_of_a_log_format_means_what_it_was_made_of(pieces):
    joined = []
    for piece in pieces:
        if joined and isinstance(piece, str) and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    log_format = LogFormat(tuple(joined))
    assert parse(log_format.text) == log_format


@given(st.text('$a{}_ "-|', max_size=40), anything, st.sampled_from(Escape))
def test_no_log_format_and_no_line_raises(text, line, escape):
    parse(text, escape).read(line)


@pytest.mark.parametrize(
    "text", ["$a$b$c", "$a $b $c $d $e $f", "$a: $b: $c: $d", "$host$host$host$host:$host"]
)
def test_a_line_that_does_not_fit_is_given_up_in_linear_time(text):
    line = " : " * 20_000 + "\n"
    assert parse(f"{text} end").read(line) is None


def test_values_that_stand_without_quotes():
    log_format = parse(
        "$remote_addr:$remote_port $scheme://$host$request_uri $status $upstream_addr $upstream_status $msec"
    )
    line = (
        "10.0.0.9:55 https://a.test:8443/x?token=[token 9f2c]&y=1 101 "
        "10.0.0.1:80, 10.0.0.2:80 : 10.0.0.3:80 502, 504 : 101 1795655359.123"
    )
    assert log_format.read(line) == {
        "remote_addr": "10.0.0.9",
        "remote_port": "55",
        "scheme": "https",
        "host": "a.test:8443",
        "request_uri": "/x?token=[token 9f2c]&y=1",
        "status": "101",
        "upstream_addr": "10.0.0.1:80, 10.0.0.2:80 : 10.0.0.3:80",
        "upstream_status": "502, 504 : 101",
        "msec": "1795655359.123",
    }


def test_variables_that_touch_are_left_out_where_nothing_tells_one_from_the_other():
    assert parse('"$foo$bar" $status').read('"ab" 101') == {"status": "101"}
    assert parse('"$scheme$foo" $status').read('"https-ab" 101')["status"] == "101"
