"""Whether a 101 is possible, why not, and which line is to blame."""

import pytest
from accounting import UPGRADE, account_of, lines, reasons, server

OLD = (1, 22, 1)


@pytest.mark.parametrize(
    "text",
    [
        server(f"location /ws {{ {UPGRADE} proxy_pass http://b; }}"),
        server(f"{UPGRADE} location / {{ proxy_pass http://b; }}"),
        "http { map $http_upgrade $c { default upgrade; '' close; } upstream u { server 10.0.0.1; } server { location /ws { "
        + UPGRADE.replace(" upgrade;", " $c;") + " proxy_pass http://u/x; } } }",
        server(f"location /ws {{ {UPGRADE} resolver 127.0.0.1; set $b b; proxy_pass http://$b; }}"),
        server(f"location /ws {{ {UPGRADE} set $b 10.0.0.1; proxy_pass http://$b; }}"),
        server(f"location /ws {{ {UPGRADE} set $b b; proxy_pass http://$b; }} location /x {{ proxy_pass http://b; }}"),
        server(f"location /ws {{ proxy_http_version 1.1; proxy_set_header Upgrade WebSocket; {UPGRADE[24:]} proxy_pass http://b; }}"),
    ],
)  # fmt: skip
def test_a_101_is_possible(text):
    told = account_of(text, nginx=OLD)
    assert (told.possible, told.reasons, told.status) == ("yes", (), None)
    assert told.upstream


@pytest.mark.parametrize(
    ("inside", "why", "line"),
    [
        ("location /ws { proxy_pass http://b; }", "the upstream gets no Upgrade, for no line sets it", None),
        (
            f"{UPGRADE} location /ws {{ proxy_http_version 1.1; proxy_set_header Host $host; proxy_pass http://b; }}",
            "the upstream gets no Upgrade: the lines of an inner block replace the one that sets it",
            "proxy_set_header Upgrade $http_upgrade;",
        ),
        (
            f"location /ws {{ {UPGRADE.replace(' upgrade', ' close')} proxy_pass http://b; }}",
            "the upstream gets Connection: close", "proxy_set_header Connection close;",
        ),
        (
            f"location /ws {{ {UPGRADE.replace('$http_upgrade', 'h2c')} proxy_pass http://b; }}",
            "the upstream gets Upgrade: h2c", "proxy_set_header Upgrade h2c;",
        ),
        (
            f"location /ws {{ {UPGRADE.replace('1.1', '1.0')} proxy_pass http://b; }}",
            "the upstream is spoken to in HTTP/1.0", "proxy_http_version 1.0;",
        ),
        (
            f"location /ws {{ {UPGRADE} proxy_method POST; proxy_pass http://b; }}",
            "the upstream is asked by POST", "proxy_method POST;",
        ),
        (
            f"location /ws {{ {UPGRADE} proxy_pass_request_headers off; proxy_pass http://b; }}",
            "the upstream gets no Sec-WebSocket-Key", "proxy_pass_request_headers off;",
        ),
        (
            f"location /ws {{ {UPGRADE} proxy_set_header Sec-WebSocket-Version ''; proxy_pass http://b; }}",
            "the upstream gets no Sec-WebSocket-Version", "proxy_set_header Sec-WebSocket-Version '';",
        ),
        (
            f"location /ws {{ {UPGRADE} set $b b; proxy_pass http://$b:81; }}",
            "b:81 cannot be looked up: no resolver is in force, and nginx answers 502", "proxy_pass http://$b:81;",
        ),
        ("location /ws { return 403; }", "nginx itself answers 403", "return 403;"),
        ("location /ws { return 444; }", "nginx closes the connection without an answer", "return 444;"),
        (
            "location /ws { return 301 https://h$request_uri; }",
            "nginx redirects to https://h/ws (301), and WebSocket clients do not follow", "return 301 https://h$request_uri;",
        ),
        ("location /ws { fastcgi_pass b; }", "FastCGI carries no upgrade", "fastcgi_pass b;"),
        ("location /ws { grpc_pass b; }", "gRPC goes over HTTP/2, which carries no Upgrade", "grpc_pass b;"),
        (
            f"location / {{ return 404; }} error_page 404 @b; location @b {{ {UPGRADE} proxy_pass http://b; }}",
            "it came here by an error_page, which keeps the status 404", "proxy_pass http://b;",
        ),
    ],
)  # fmt: skip
def test_no_101_is_possible(inside, why, line):
    told = account_of(server(inside))
    assert told.possible == "no"
    assert (reasons(told)[0], lines(told)[0]) == (why, line)


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ("location /ws { uwsgi_pass b; }", "what uwsgi_pass sends is not HTTP/1"),
        ("location /ws { " + UPGRADE.replace(" upgrade;", " $nobody;") + " proxy_pass http://b; }", "nobody defines $nobody"),
        ("if ($nobody) { return 403; } location / { proxy_pass http://b; }", "whether this condition holds"),
    ],
)  # fmt: skip
def test_it_cannot_be_told(inside, why):
    told = account_of(server(inside))
    assert told.possible == "unknown"
    assert why in reasons(told)[0]


def test_the_version_makes_the_difference():
    text = server(f"location /ws {{ {UPGRADE.partition(';')[2]} proxy_pass http://b; }}")
    assert account_of(text, nginx=(1, 29, 7)).possible == "yes"
    assert reasons(account_of(text, nginx=(1, 29, 6))) == ["the upstream is spoken to in HTTP/1.0"]


def test_what_other_versions_do_is_told_where_the_version_is_assumed():
    text = server(f"location /ws {{ {UPGRADE.partition(';')[2]} proxy_pass http://b; }}")
    said = [one for one in account_of(text, version_known=False).remarks if one.weighty]
    assert [one.text for one in said] == [
        "before nginx 1.29.7 no 101 comes of it: the upstream is spoken to in HTTP/1.0"
    ]
    sound = server(f"location /ws {{ {UPGRADE} proxy_pass http://b; }}")
    assert not [one for one in account_of(sound, version_known=False).remarks if one.weighty]
