import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.nginx.pattern import beginning, compiled
from ws101.nginx.value import Unknown


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("^/a(.*)$", "/ab", True),
        ("(?<name>x)", "x", True),
        ("(?P<name>x)", "x", True),
        ("(?<!a)b", "ab", False),
        ("\\d", "\u0663", False),
        ("\\.php$", "/x.php", True),
    ],
)
def test_patterns(pattern, text, found):
    assert bool(compiled(pattern).search(text)) is found


def test_case():
    assert compiled("^WEB", caseless=True).search("websocket")
    assert not compiled("\xe9", caseless=True).search("\xc9")


@pytest.mark.parametrize("pattern", ["(", "a\\Kb", "(?R)", "[[:alpha:]]", "\\Qa\\E", "*"])
def test_what_python_cannot_follow_is_said(pattern):
    assert isinstance(compiled(pattern), Unknown)


@pytest.mark.parametrize(
    ("pattern", "begins"),
    [
        ("^/ws/", "/ws/"),
        (r"^/a\.b\-c", "/a.b-c"),
        ("^/ws?", "/w"),
        ("^/ws*/", "/w"),
        ("^/ws{2}", "/w"),
        ("^/ws+", "/ws"),
        (r"^/a\.?b", "/a"),
        (r"^/v\d", "/v"),
        ("^/(a)", "/"),
        ("^/a|/b", ""),
        ("/ws", ""),
        ("(?i)^/ws", ""),
    ],
)
def test_it_says_with_what_every_match_begins(pattern: str, begins: str) -> None:
    assert beginning(pattern) == begins


@given(
    st.lists(st.sampled_from(["a", "b", "/", r"\.", "?", "*", "+", "(a)", "[ab]", "{2}", "|", "."])),
    st.text("ab/.", max_size=6),
)
def test_what_does_not_begin_so_does_not_match(parts: list[str], text: str) -> None:
    pattern = "^" + "".join(parts)
    found = compiled(pattern)
    if not isinstance(found, Unknown) and found.search(text):
        assert text.startswith(beginning(pattern))
