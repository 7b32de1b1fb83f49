import pytest
from reading import asked, way

from ws101.nginx.outcome import Undecided


@pytest.mark.parametrize(
    ("script", "target", "uri", "args"),
    [
        ("rewrite ^/a/(.*)$ /b/$1 break;", "/a/x?q=1", "/b/x", "q=1"),
        ("rewrite ^/a/(.*)$ /b?x=$1 break;", "/a/x?q=1", "/b", "x=x&q=1"),
        ("rewrite ^/a/(.*)$ /b?x=$1? break;", "/a/x?q=1", "/b", "x=x"),
        ("rewrite ^/a/(.*)$ /b? break;", "/a/x?q=1", "/b", ""),
        ("rewrite ^/a/(.*)$ /b?x=$1 break;", "/a/x%20y", "/b", "x=x%20y"),
        ("rewrite ^/no$ /b break;", "/a", "/a", ""),
        ("rewrite ^/a$ /b; rewrite ^/b$ /c break;", "/a", "/c", ""),
        ("break; rewrite ^ /never break;", "/a", "/a", ""),
        ("if ($request_uri ~ ^/(a)) { rewrite ^ /$1$1 break; }", "/a", "/", ""),
        ("set $x 1; if ($x = 1) { rewrite ^ /set break; }", "/a", "/set", ""),
        ("if ($x !~* ^B) { rewrite ^ /not break; }", "/a", "/not", ""),
        ("set $args z=9;", "/a?q", "/a", "z=9"),
    ],
)
def test_what_becomes_of_the_path(script, target, uri, args):
    text = f"server {{ set $x ''; location / {{ {script} proxy_pass http://u; }} }}"
    state = way(text, asked(target)).state
    assert (state.uri, state.args) == (uri, args)


@pytest.mark.parametrize(
    ("line", "location"),
    [
        ("return 301 /x;", "http://a.test:8080/x"),
        ("absolute_redirect off; return 301 /x;", "/x"),
        ("port_in_redirect off; return 301 /x;", "http://a.test/x"),
        ("server_name_in_redirect on; return 301 /x;", "http://own.test:8080/x"),
        ("return https://$host$request_uri;", "https://a.test/p"),
        ("rewrite ^ https://b.test$uri permanent;", "https://b.test/p"),
    ],
)
def test_redirects(line, location):
    text = f"server {{ listen 8080; server_name own.test; {line} }}"
    assert way(text, asked("/p", port=8080)).state.location == location


@pytest.mark.parametrize("test", ["-f $request_filename", "$request_id = 1", "$nobody", "$uri ~ (?R)"])
def test_conditions_that_cannot_be_told(test):
    found = way(f"server {{ location / {{ if ({test}) {{ return 403; }} }} }}")
    assert isinstance(found.outcome, Undecided)


def test_a_circle_ends():
    assert way("server { location / { rewrite ^ /x last; } }").status == 500
