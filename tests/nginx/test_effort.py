import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import asked, way

from ws101.nginx.effort import bearable
from ws101.nginx.outcome import Passed, Undecided
from ws101.nginx.pattern import search
from ws101.nginx.value import Unknown

LONG = "/" + "a" * 60 + "!"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^/(a+)+$", LONG),
        ("^/(a*)*$", LONG),
        ("^/(a|a)*$", LONG),
        ("^/(a|aa)+$", LONG),
        ("^/(?:a?){60}a{60}$", LONG),
        ("^/([a-z]+)*!!$", LONG),
        ("^/(?:a|[^b])+$", LONG + "b"),
        ("(?i)^/(A+)+$", LONG),
        ("^/(?=(a+)+$)", LONG),
        ("^/(.*a){20}$", LONG),
        ("a*a*a*a*a*a*a*b", LONG),
        ("^/((a+)+)\\2$", LONG),
        ("^/(?:(a+)|b)*?$", LONG),
    ],
)
def test_what_may_take_for_ever(pattern, text):
    assert not bearable(re.compile(pattern, re.ASCII), text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^/(a+)+$", "/aaaa!"),  # so short a text is no trouble
        ("\\.(?:png|jpg|css)$", "/x" * 2000),
        ("^/(.*)/(.*)$", "/x" * 500),
        ("^(?:/[^/]+)*/ws$", "/some/long/path/of/many/parts" * 8),
        ("^(?:[a-z0-9-]+\\.)+example\\.com$", "a.b.c.d.e.f.g.example.org" * 4),
        ("^/(?:\\w+/)*(\\d+)-(\\S+)\\s*$", "/a/b/c/d/12-words-of-a-title"),
        ("^/(?>a|b)+$", LONG),
        ("^/(?<!b)a++$", LONG),
        ("^/(b)?(?(1)c|a)", LONG),
        ("", LONG),
        ("x", ""),
    ],
)
def test_what_ends_soon(pattern, text):
    compiled = re.compile(pattern, re.ASCII)
    assert bearable(compiled, text)
    compiled.search(text)


@pytest.mark.parametrize("depth", [10, 200, 250, 300, 400])
def test_groups_in_groups_are_no_crash(depth):
    found = search("(" * depth + "a*" * 9 + ")" * depth, LONG)
    assert isinstance(found, Unknown)


pieces = st.sampled_from(
    ["a", "b", ".", "[^a]", "a*", "b+", "(a|b)", "(a|ab)*", "(a+b?)+", "^", "$", "(?:b|a{0,3})*", "\\w", "|"]
)


@given(st.lists(pieces, max_size=6), st.text(alphabet="ab/", max_size=40))
def test_what_is_called_bearable_is_searched(parts, text):
    compiled = re.compile("".join(parts), re.ASCII)
    if bearable(compiled, text):
        compiled.search(text)


@pytest.mark.parametrize(
    "inside",
    [
        "server_name a.test; location ~ ^/(a+)+$ { proxy_pass http://u; }",
        "server_name a.test; rewrite ^/(a+)+$ /x; location / { proxy_pass http://u; }",
        "server_name a.test; if ($uri ~ ^/(a+)+$) { return 403; } location / { proxy_pass http://u; }",
        "server_name a.test; location / { proxy_pass http://$up; }",
        "server_name ~^(b+)+$; location / { proxy_pass http://u; }",
    ],
    ids=["location", "rewrite", "if", "map", "server_name"],
)
def test_a_way_that_hangs_on_such_an_expression_is_undecided(inside):
    block = f"map $uri $up {{ ~^/(a+)+$ a; default u; }} server {{ listen 80; {inside} }}"
    outcome = way(block, asked(LONG, f"{'b' * 60}.test")).outcome
    assert isinstance(outcome, Undecided | Passed)
    if isinstance(outcome, Passed):  # where to is for the simulation to say
        assert "$up" in inside
    else:
        assert "may try too many ways to match" in outcome.why
