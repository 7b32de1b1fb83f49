import pytest

from ws101.nginx.pattern import compiled
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
