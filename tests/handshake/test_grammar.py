import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.utilities import split_comma_header

from ws101.handshake import grammar
from ws101.handshake.grammar import Extension

TCHARS = "!#$%&'*+-.^_`|~0123456789abcXYZ"


@pytest.mark.parametrize("text", ["a", "Sec-WebSocket-Key", "X_Underscore", "!#$%&'*+-.^_`|~09"])
def test_tokens(text: str) -> None:
    assert grammar.is_token(text)


@pytest.mark.parametrize("text", ["", "a b", "a:", ":authority", "é", "a\n", "(x)", "a/b", '"a"'])
def test_what_is_no_token(text: str) -> None:
    assert not grammar.is_token(text)


@pytest.mark.parametrize(("text", "legal"), [
    ("", True), ("a\tb", True), ("\xff", True), ("a\x00", False), ("a\r", False), ("a\n", False), ("\x7f", False),
])  # fmt: skip
def test_field_values(text: str, legal: bool) -> None:
    assert grammar.is_field_value(text) is legal


@pytest.mark.parametrize(
    "host", ["h", "h:80", "h:", "[::1]", "[::1]:443", "a.b-c_d", "127.0.0.1:1", "xn--bcher-kva.example"]
)
def test_hosts(host: str) -> None:
    assert grammar.HOST.fullmatch(host)


@pytest.mark.parametrize("host", ["", "a b", "h:port", "http://h", "a/b", "u@h", "h,h:1:2", "::1", "bücher"])
def test_what_is_no_host(host: str) -> None:
    assert not grammar.HOST.fullmatch(host)


@pytest.mark.parametrize(("value", "members"), [
    ("a", (Extension("a"),)),
    (" a , b ", (Extension("a"), Extension("b"))),
    (",a,,b,", (Extension("a"), Extension("b"))),
    ('a; x; y = 1 ; z="2"', (Extension("a", (("x", ""), ("y", "1"), ("z", "2"))),)),
    ("permessage-deflate; client_max_window_bits", (Extension("permessage-deflate", (("client_max_window_bits", ""),)),)),
    ('a; x="b\\c", d', (Extension("a", (("x", "bc"),)), Extension("d"))),
])  # fmt: skip
def test_extensions(value: str, members: tuple[Extension, ...]) -> None:
    assert grammar.extensions(value) == members


@pytest.mark.parametrize(
    "value", ["", " ", ",", "a b", "a;", "a; x=", 'a; x=";,"', 'a; x=""', "=", 'a; x="', "a\x00", "é"]
)
def test_what_is_no_list_of_extensions(value: str) -> None:
    assert grammar.extensions(value) is None


@given(st.text(max_size=200))
def test_no_value_raises(value: str) -> None:
    grammar.extensions(value)


@given(st.lists(st.text(TCHARS, min_size=1), min_size=1))
def test_plain_members_split_as_wsproto_splits_them(names: list[str]) -> None:
    value = ", ".join(names)
    found = grammar.extensions(value)
    assert found is not None
    assert [extension.name for extension in found] == split_comma_header(value.encode())
