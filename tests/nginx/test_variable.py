import pytest
from reading import asked, way

from ws101.nginx.outcome import Undecided
from ws101.nginx.value import Unknown
from ws101.nginx.variable import UNSETTLED, expand, names_in

FIELDS = (("Cookie", "a=1; b=2"), ("X-Custom", "1"), ("X-Custom", "2"), ("X-Forwarded-For", "192.0.2.7"))


def value(text: str, **named):
    return expand(
        way("server { location / { proxy_pass http://u; } }", asked("/p%20q?x=1&Y=2", "A.Test:80", *FIELDS, **named)).state,
        text,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$host", "a.test"),
        ("$http_host", "A.Test:80"),
        ("${uri}x", "/p qx"),
        ("$request_uri", "/p%20q?x=1&Y=2"),
        ("$args$is_args", "x=1&Y=2?"),
        ("$arg_x-$arg_y", "1-2"),
        ("$cookie_b", "2"),
        ("$http_x_custom", "1, 2"),
        ("$proxy_add_x_forwarded_for", "192.0.2.7, 127.0.0.1"),
        ("$1", ""),
        ("$scheme://$server_port", "http://80"),
        ("no variable", "no variable"),
    ],
)
def test_values(text, expected):
    assert value(text) == expected


def test_the_protocol_of_a_line_that_cannot_be_read_is_empty():
    read = way("server { error_page 400 /e; location / { proxy_pass http://u; } }", asked("/", method="get"))
    assert expand(read.state, "[$server_protocol]") == "[]"
    assert value("$server_protocol") == "HTTP/1.1"


def test_a_length_that_stands_before_what_ends_the_reading_is_known_and_told_to_no_upstream():
    read = way(
        "server { error_page 400 /e; location / { proxy_pass http://u; } }",
        asked("/", "a.test", ("Content-Length", "0"), ("Host", "b.test")),
    )
    assert expand(read.state, "[$content_length]") == "[0]"
    assert expand(read.state, "[$proxy_internal_body_length]") == "[]"


def test_a_map_that_is_looked_at_while_something_is_set_leaves_its_own_captures():
    read = way(
        'map $http_host $m { "~^(a)" "x"; } server { location ~ "^/([^/]+)/(.*)$" { set $s0 $m$1; proxy_pass http://u/$1; } }',
        asked("/b+c/d"),
    )
    assert read.state.values["s0"] == "xa"
    assert expand(read.state, "[$1-$2]") == "[a-]"


def test_a_capture_before_a_map_that_changes_it_is_measured_as_one_and_written_as_another():
    read = way(
        'map $http_host $m { "~^(a)" "x"; } server { location ~ "^/([^/]+)/(.*)$" { set $s0 $1$m; proxy_pass http://u; } }',
        asked("/b/d"),
    )
    assert read.outcome == Undecided(UNSETTLED, read.outcome.by)


def test_older_versions_take_the_first_of_several_fields():
    assert value("$http_x_custom", nginx=(1, 22, 1)) == "1"


@pytest.mark.parametrize("text", ["$request_id", "$nobody", "$upstream_addr"])
def test_what_only_a_running_nginx_knows(text):
    assert isinstance(value(text), Unknown)


def test_an_address_that_is_not_given():
    assert isinstance(value("$remote_addr", client=None), Unknown)


def test_names():
    assert names_in("$a-${b}c$12\xe9") == ("a", "b", "1")


@pytest.mark.parametrize(
    ("entries", "host", "expected"),
    [
        ("default d; a.test exact; *.test wild;", "a.test", "exact"),
        ("default d; *.test wild; x.* trailing;", "x.test", "wild"),
        ("default d; x.* trailing;", "x.org", "trailing"),
        ("default d; .test both;", "test", "both"),
        ("default d; ~^(?<word>[a-z]+)\\. $word;", "abc.org", "abc"),
        ("default d;", "x", "d"),
        ("a b;", "x", ""),
    ],
)
def test_maps_of_host_names(entries, host, expected):
    text = f"map $host $v {{ hostnames; {entries} }} server {{ location / {{ proxy_pass http://u; }} }}"
    assert expand(way(text, asked(host=host)).state, "$v") == expected


def test_a_map_is_asked_once_unless_it_is_volatile():
    once = "map $s $v { default $s; } server { set $s 1; set $a $v; set $s 2; location / { proxy_pass http://u; } }"
    assert expand(way(once).state, "$v") == "1"
    assert expand(way(once.replace("default", "volatile; default")).state, "$v") == "2"


def test_a_map_that_refers_to_itself():
    text = (
        "map $b $a { default $b; } map $a $b { default $a; } server { location / { proxy_pass http://u; } }"
    )
    assert isinstance(expand(way(text).state, "$a"), Unknown)
