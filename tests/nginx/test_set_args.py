"""`set $args` changes the request itself, as real nginx 1.22 and 1.31 showed; elsewhere `$args` is what the client sent."""

import pytest
from accounting import UPGRADE, account_of, server

TEXT = server(
    f"""
    location /a {{ set $args a=1; {UPGRADE} proxy_pass http://b; }}
    location /b {{ {UPGRADE} proxy_pass http://b; }}
    location /c {{ set $args $args&k=v; {UPGRADE} proxy_pass http://b/x/; }}
    location /d {{ set $args ''; {UPGRADE} proxy_pass http://b; }}
    location /e {{ set $args z=%20y; if ($args) {{ rewrite ^ /b?q=1; }} }}
    location ~ ^/h/(.*)$ {{ set $args h=$1; {UPGRADE} proxy_pass http://b; }}
    location /f {{ set $args $arg_t; {UPGRADE} proxy_pass http://10.0.0.1$uri?$args; }}
    """
)


@pytest.mark.parametrize(
    ("target", "sent"),
    [
        ("/a/x?q=2", "/a/x?a=1"), ("/b?q=2", "/b?q=2"), ("/c?q=2", "/x/?q=2&k=v"), ("/d/%41?q=2", "/d/A"),
        ("/e?q=7", "/b?q=1&z=%20y"), ("/f?t=q", "/f?q"), ("/h/a+b", "/h/a+b?h=a%2Bb"), ("/h/a", "/h/a?h=a"),
    ],
)  # fmt: skip
def test_what_upstream_is_asked_for(target, sent):
    told = account_of(TEXT, f"ws://h{target}")
    assert told.upstream
    assert told.upstream.target == sent
