import pytest

from ws101.nginx.glob import is_glob, matches


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/a/b.conf", "/a/*.conf"), ("/a/b.conf", "/*/b.con?"), ("/a/b", "/a/[a-c]"), ("/a/d", "/a/[!a-c]"), ("/a/d", "/a/[^a-c]"),
        ("/a/]", "/a/[]]"), ("/a/*", r"/a/\*"), ("/a/.b", "/a/.*"), ("/a/b[", "/a/b["), ("/a/&", "/a/[&~]"), ("/a/\\", r"/a/\\"),
    ],
)  # fmt: skip
def test_what_matches(path, pattern):
    assert matches(path, pattern)


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/a/b/c.conf", "/a/*.conf"), ("/a/.b", "/a/*"), ("/a/.b", "/a/?b"), ("/a/.b", "/a/[.]b"), ("/a/b", "/a/[!a-c]"),
        ("/a/b", r"/a/\*"), ("/a/b", "/a/[c-a]"), ("/a/B", "/a/b"), ("/a/b.conf~", "/a/*.conf"),
    ],
)  # fmt: skip
def test_what_does_not(path, pattern):
    assert not matches(path, pattern)


def test_what_is_a_glob():
    assert [is_glob(text) for text in ("a*", "a?", "[a]", "a{b,c}", "~/a", r"a\b")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
