"""Which locations are held for WebSockets, and why; requests that lead to them."""

import pytest

from ws101.errors import UsageError
from ws101.nginx import sockets
from ws101.nginx.include import Source, assemble
from ws101.nginx.model import every_location, understand
from ws101.nginx.outcome import Answered, Passed, Undecided
from ws101.nginx.pattern import compiled
from ws101.nginx.sample import sample
from ws101.nginx.simulate import Upstream
from ws101.nginx.sockets import Told, ask_for, find, logged

PASS = "proxy_pass http://127.0.0.1:3000;"


def model(text):
    return understand(assemble("nginx.conf", lambda name: (Source(name, f"http {{ {text} }}"),)))


def signs(locations, http="", server=""):
    found = find(model(f"{http} server {{ listen 80; server_name a.test; {server} {locations} }}"))
    return [(way.route.location.path, way.why) for way in found.ways]


@pytest.mark.parametrize(
    ("location", "why"),
    [
        (f"location / {{ {PASS} proxy_set_header Upgrade $http_upgrade; }}", "stands in its location"),
        (f"location / {{ {PASS} proxy_set_header Connection 'upgrade'; }}", "stands in its location"),
        (f"location /ws {{ {PASS} }}", "'ws'"),
        (f"location /socket.io/ {{ {PASS} }}", "'socket'"),
        (f"location ~ ^/notifications/hub {{ {PASS} }}", "'hub'"),
        (f"location /push/ {{ {PASS} }}", "notify_push"),
        ("location / { proxy_pass http://websocket_backend; }", "'websocket'"),
        ("location /ws { uwsgi_pass 127.0.0.1:1; }", "'ws'"),
        (
            f"location / {{ if ($http_upgrade) {{ {PASS} }} proxy_set_header Upgrade $http_upgrade; }}",
            "stands in its location",
        ),
    ],
)
def test_a_sign_is_named(location, why):
    ((_, said),) = signs(location)
    assert why in said


@pytest.mark.parametrize(
    "location",
    [
        f"location / {{ {PASS} }}",
        f"location /news/ {{ {PASS} }}",
        f"location ~ \\.ws\\.js$ {{ {PASS} }}",
        "location /ws/ { root html; }",
        f"location /api {{ {PASS} proxy_set_header Upgrade ''; }}",
    ],
)
def test_what_bears_no_sign_is_left_alone(location):
    assert signs(location) == []


def test_lines_of_an_outer_block_are_a_sign_for_those_that_they_come_down_to():
    upgrade = "proxy_set_header Upgrade $http_upgrade;"
    own = "proxy_set_header Host x;"
    assert [
        path for path, _ in signs(f"location /a {{ {PASS} }} location /b {{ {PASS} {own} }}", server=upgrade)
    ] == ["/a"]
    assert [path for path, _ in signs(f"location /b {{ {PASS} {own} }}", server=upgrade)] == ["/b"]
    assert [path for path, _ in signs(f"location /b {{ {PASS} {own} }}", http=upgrade)] == ["/b"]


def test_a_word_of_products_is_no_sign_beside_a_location_that_has_it_and_passes_upgrades_on():
    upgrade = "proxy_set_header Upgrade $http_upgrade;"
    plain = f"location /janus {{ {PASS} }}"
    assert [path for path, _ in signs(plain)] == ["/janus"]
    assert [path for path, _ in signs(f"{plain} location /janus-ws {{ {PASS} {upgrade} }}")] == ["/janus-ws"]
    assert len(signs(f"location /ws/a {{ {PASS} }} location /ws/b {{ {PASS} {upgrade} }}")) == 2


def test_a_named_location_is_asked_for_by_what_leads_to_it():
    upgrade = "proxy_set_header Upgrade $http_upgrade;"
    found = find(
        model(f"server {{ location /x {{ try_files $uri @app; }} location @app {{ {PASS} {upgrade} }} }}")
    )
    assert [way.route.ask.target for way in found.ways] == ["/x"]
    lost = find(model(f"server {{ location @app {{ {PASS} {upgrade} }} }}"))
    assert lost.ways == ()
    assert [one.path for one in lost.unasked] == ["@app"]


def test_a_path_is_asked_for_as_clients_write_it():
    (way,) = find(model(f"server {{ location '/my ws/ü?' {{ {PASS} }} }}")).ways
    assert way.route.ask.target == "/my%20ws/%C3%BC%3F"
    assert way.route.location.path == "/my ws/\u00c3\u00bc?"


def test_a_server_that_speaks_tls_is_asked_so_by_a_name_of_its_own():
    found = find(
        model(f"server {{ listen 80; listen 8443 ssl; server_name _ *.a.test; location /ws {{ {PASS} }} }}")
    )
    (way,) = found.ways
    assert way.url == "wss://www.a.test:8443/ws"
    assert way.route.ask.headers.get("host") == "www.a.test:8443"


def test_urls_are_asked_instead_of_signs():
    configuration = model(f"server {{ listen 80; location /ws {{ {PASS} }} location /live {{ {PASS} }} }}")
    (way,) = find(configuration, urls=["ws://a.test/live?x=1"]).ways
    assert (way.told, way.route.location.path, way.route.ask.target) == (Told.URL, "/live", "/live?x=1")
    with pytest.raises(UsageError):
        ask_for("no url")


def test_an_access_log_tells_what_was_upgraded():
    lines = [
        '192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] "GET /live?token=secret HTTP/1.1" 101 532 "-" "x"',
        '192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] "GET /index.html HTTP/1.1" 200 532 "-" "x"',
        '192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] "GET /io/?transport=websocket HTTP/1.1" 400 5 "-" "x"',
        '192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] "GET /feed HTTP/1.1" 426 5 "-" "x" "websocket"',
        "no line of a log",
    ]
    assert list(logged(lines)) == ["/live", "/io/", "/feed"]
    assert "secret" not in str(logged(lines))
    configuration = model(
        f"server {{ listen 80; location /live {{ {PASS} }} }} server {{ listen 81; location /feed {{ {PASS} }} }}"
    )
    ways = find(configuration, log=lines).ways
    assert [(way.told, way.route.ask.port) for way in ways if isinstance(way.route.outcome, Passed)] == [
        (Told.LOG, 80),
        (Told.LOG, 81),
    ]


def test_a_client_that_is_kept_out_still_shows_what_upstream_would_get():
    text = f"server {{ listen 80; location /ws {{ {PASS} %s }} }}"
    outcomes = {
        "allow 192.0.2.0/24; deny all;": Undecided,
        "deny all;": Answered,
        "auth_basic x; auth_basic_user_file y;": Answered,
    }
    for lines, outcome in outcomes.items():
        (way,) = find(model(text % lines)).ways
        assert isinstance(way.route.outcome, outcome)
        assert isinstance(way.upstream, Upstream)


def test_behind_a_proxy_that_ends_tls_the_redirection_to_https_is_not_met():
    redirects = "if ($http_x_forwarded_proto != https) { return 301 https://$host$request_uri; }"
    (way,) = find(model(f"server {{ listen 80; {redirects} location /ws {{ {PASS} }} }}")).ways
    assert isinstance(way.upstream, Upstream)
    (met,) = find(
        model(f"server {{ listen 80; return 301 https://$host$request_uri; location /ws {{ {PASS} }} }}")
    ).ways
    assert isinstance(met.route.outcome, Answered)


def test_every_location_is_seen():
    (server,) = model("server { location /a { location /a/b { } location ~ c { } } location @d { } }").servers
    assert [one.path for one in every_location(server)] == ["/a", "/a/b", "c", "@d"]


@pytest.mark.parametrize(
    "pattern",
    [r"\.php$", r"^/api/(.*)$", r"^/(a|b)/", "/ws", r"^/v[0-9]+/(?<rest>.*)$", r"\.(png|jpg)$", "^/A", "socket$", "//", r"^/x\.",
     r"^/(?:ws|hub)s?/[^/]+/\d{2,3}$", r"^/~(.+?)(/.*)?$", r"(?i)\.js$", r"^(?!/api).*ws$", r"^/[^a]b?$", r"^/a\+b$", r"^/(\w+)/ws/?$"],
)  # fmt: skip
def test_a_sample_matches(pattern):
    found = sample(pattern)
    assert found is not None
    assert found.startswith("/")
    assert compiled(pattern).search(found)


@pytest.mark.parametrize("pattern", [r"^/a(?=b)c$", "^[0-9]+$", r"\K", "(", "^/a$b"])
def test_what_has_no_sample_gets_none(pattern):
    assert sample(pattern) is None


def test_locations_beyond_what_can_be_tried_are_counted(monkeypatch):
    monkeypatch.setattr(sockets, "MOST_TRIED", 7)
    found = find(model(f"server {{ {' '.join(f'location ~ ^/ws/{n} {{ {PASS} }}' for n in range(3))} }}"))
    assert (len(found.ways), found.beyond) == (2, 1)
