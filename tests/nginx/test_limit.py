"""Limits and remarks: what a socket meets on its way, beside the way itself."""

import pytest
from accounting import UPGRADE, account_of, server

from ws101.nginx.limit import seconds_of


def limits(told):
    return {one.directive: one.text for one in told.limits}


def remarks(inside, listen="listen 80;", url="ws://h/ws", before=""):
    text = f"http {{ {before} server {{ {listen} location /ws {{ {UPGRADE} {inside} }} }} }}"
    return [one.text for one in account_of(text, url).remarks]


def test_the_defaults():
    told = account_of(server(f"location /ws {{ {UPGRADE} proxy_pass http://b; }}"))
    found = limits(told)
    assert found["proxy_read_timeout"] == "a socket that is silent both ways is cut after 1 minute"
    assert found["client_header_timeout"] == "the handshake's head must be there within 1 minute"
    assert "worker_connections" not in found, "a part of a configuration does not tell"
    assert all(one.line is None for one in told.limits)


def test_what_the_file_sets():
    inside = (
        f"location /ws {{ {UPGRADE} proxy_read_timeout 90m; limit_conn perip 3; limit_req zone=slow burst=5; limit_req_status 429; "
        "proxy_pass http://b; }"
    )
    zones = "limit_req_zone $binary_remote_addr zone=slow:10m rate=2r/s; limit_conn_zone $server_name zone=perip:1m;"
    text = "worker_shutdown_timeout 10s; events { worker_connections 2048; }" + server(inside).replace(
        "{", f"{{ {zones}", 1
    )
    found = limits(account_of(text))
    assert found["proxy_read_timeout"] == "a socket that is silent both ways is cut after 90 minutes"
    assert found["limit_conn"] == "at most 3 sockets are open at a time for each $server_name; others get 503"
    assert (
        found["limit_req"]
        == "handshakes are let in at 2r/s for each $binary_remote_addr, and 5 more at once; others get 429"
    )
    assert (
        found["worker_connections"] == "a worker holds 2,048 connections, and each socket takes two of them"
    )
    assert found["worker_shutdown_timeout"] == "a reload cuts every socket after 10 seconds"


def test_zones_that_the_main_file_defines():
    found = limits(
        account_of(
            server(
                f"location /ws {{ {UPGRADE} limit_conn perip 3; limit_req zone=slow; proxy_pass http://b; }}"
            )
        )
    )
    assert found["limit_conn"] == "at most 3 sockets are open at a time; others get 503"
    assert found["limit_req"] == "handshakes are let in at the rate of its zone; others get 503"


def test_a_header_that_nearly_fills_a_buffer():
    text = server(f"large_client_header_buffers 4 64; location /ws {{ {UPGRADE} proxy_pass http://b; }}")
    told = account_of(text)
    bound = next(one for one in told.limits if one.directive == "large_client_header_buffers")
    assert bound.tight
    assert bound.line.text == "large_client_header_buffers 4 64;"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("60", 60),
        ("1h30m", 5400),
        ("500ms", 0.5),
        ("1d", 86400),
        ("1h 30m", 5400),
        ("", None),
        ("x", None),
        ("1x", None),
    ],
)
def test_times(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    ("inside", "listen", "before", "said"),
    [
        ("proxy_pass http://b:8443;", "listen 80;", "", "http:// speaks plain to b:8443, where TLS is usual"),
        ("proxy_pass https://b;", "listen 80;", "", "the upstream's TLS gets no server name (proxy_ssl_server_name is off), which some servers refuse"),
        ("proxy_pass http://b;", "listen 80;", "", "b is looked up when nginx starts; a new address counts after a reload"),
        ("resolver 127.0.0.1; set $b b; proxy_pass http://$b;", "listen 80;", "", "b is looked up while nginx runs"),
        ("proxy_pass http://b;", "listen 80 proxy_protocol;", "", "a PROXY line must come first: what comes straight from a client is refused"),
        ("proxy_pass http://b;", "listen 80 http2;", "", "HTTP/2 is spoken here too: a client that agrees on it is not upgraded, for nginx does not know RFC 8441"),
        ("proxy_pass http://b;", "listen 80; http2 on;", "", "HTTP/2 is spoken here too: a client that agrees on it is not upgraded, for nginx does not know RFC 8441"),
        ("proxy_pass http://b;", "listen 80; listen 443 quic;", "", "HTTP/3 is spoken here too, which carries no upgrade"),
        ("proxy_buffering off; proxy_pass http://b;", "listen 80;", "", "proxy_buffering makes no difference to an upgraded connection"),
        ("proxy_hide_header Upgrade; proxy_pass http://b;", "listen 80;", "", "Upgrade of the answer does not reach the client"),
        ("set_real_ip_from 10.0.0.0/8; real_ip_header X-F; proxy_pass http://b;", "listen 80;", "", "from trusted proxies the client's address is taken out of X-F"),
        ("error_page 400 /x; proxy_intercept_errors on; proxy_pass http://b;", "listen 80;", "", "what the upstream refuses with is replaced by a page: its own words do not reach the client"),
        ("proxy_pass http://u;", "listen 80;", "upstream u { server a; server b; }",
         "upstream u has 2 servers, chosen in turn; a client that comes again may reach another, which Socket.IO's polling does not bear"),
        ("proxy_pass http://u;", "listen 80;", "upstream u { ip_hash; server a; server b; server c backup; }",
         "upstream u has 3 servers, 1 of them spare or down, chosen by ip_hash"),
        ("proxy_pass http://u;", "listen 80;", "upstream u { server a; keepalive 8; }",
         "kept connections serve plain requests; a socket has a connection of its own"),
        ("proxy_pass http://u;", "listen 80;", "upstream u { zone z 64k; server a resolve; }", "its name is looked up again while nginx runs"),
        ("proxy_pass http://u;", "listen 80;", "upstream u { }", "upstream u has no server, and nginx does not start"),
    ],
)  # fmt: skip
def test_what_is_said_beside(inside, listen, before, said):
    assert said in remarks(inside, listen, before=before)


def test_a_glob_that_matches_nothing_is_told():
    told = account_of(server("include sites/*.conf; return 404;"))
    assert told.assumed == ("`include sites/*.conf` (nginx.conf:1) matches no file",)
