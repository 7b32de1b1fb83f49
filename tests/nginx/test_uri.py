import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.nginx.uri import escape_argument, escape_path, normalise, unescape_redirect


# What nginx 1.22 and 1.31 were seen to make of these.
@pytest.mark.parametrize(
    ("target", "path", "args"),
    [
        ("/", "/", ""),
        ("/a/b?x=1", "/a/b", "x=1"),
        ("//a///b", "/a/b", ""),
        ("/a/./b/.", "/a/b/", ""),
        ("/a/../b", "/b", ""),
        ("/a/b/..", "/a/", ""),
        ("/%61%2Fb", "/a/b", ""),
        ("/a/%2e%2e/b", "/b", ""),
        ("/a%3Fb?c", "/a?b", "c"),
        ("/a%23b#c", "/a#b", ""),
        ("/a?b#c", "/a", "b"),
        ("/a.b/..c/...", "/a.b/..c/...", ""),
        ("/%C3%A9", "/\xc3\xa9", ""),
    ],
)
def test_a_target_is_read_as_nginx_reads_it(target, path, args):
    read = normalise(target)
    assert read is not None
    assert (read.path, read.args) == (path, args)


@pytest.mark.parametrize("target", ["/..", "/a/../..", "/%", "/%4", "/%zz", "/%00"])
def test_what_nginx_answers_400(target):
    assert normalise(target) is None


def test_slashes_stay_where_they_are_not_merged():
    assert normalise("//a//b", merge_slashes=False) == ("//a//b", "", False, False)


def test_what_is_written_anew():
    assert escape_path("/a b%\xe9?+") == "/a%20b%25%E9%3F+"
    assert escape_argument("a b+&") == "a%20b%2B%26"
    assert unescape_redirect("/a%20b%2Fc%41?d%41") == "/a%20b/cA?d%41"


@given(st.text(alphabet="/.%2eEfF5?#a+\xff", max_size=20))
def test_a_path_begins_with_a_slash_and_has_no_dot_segments_but_those_that_were_there_as_dots(rest):
    read = normalise(f"/{rest}")
    assert read is None or (read.path.startswith("/") and "/../" not in read.path and "/./" not in read.path)
