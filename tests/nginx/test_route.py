import pytest
from generating import HTTP, Generator
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import asked, model, way
from test_mutated import mutated

from ws101.nginx.ask import Ask
from ws101.nginx.outcome import Answered, File, Passed, Undecided
from ws101.nginx.route import route
from ws101.nginx.simulate import simulate

PLACES = """
location / { return 200 prefix; }
location = /exact { return 200 exact; }
location /long/ { return 200 long; }
location ^~ /final/ { return 200 final; }
location ~ \\.php$ { return 200 regex; }
location ~* \\.PNG$ { return 200 caseless; }
location /nest/ { location /nest/in/ { return 200 nested; } location ~ x$ { return 200 nested-regex; } return 200 nest; }
location /pass/ { proxy_pass http://127.0.0.1:1; }
"""


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("/", "prefix"),
        ("/exact", "exact"),
        ("/exact/", "prefix"),
        ("/long/a", "long"),
        ("/long/a.php", "regex"),
        ("/final/a.php", "final"),
        ("/a.pNg", "caseless"),
        ("/nest/in/a", "nested"),
        ("/nest/in/x", "nested-regex"),
        ("/nest/a.php", "regex"),
        ("//long//a", "long"),
        ("/%6cong/a", "long"),
        ("/long/../exact", "exact"),
    ],
)
def test_locations(target, text):
    found = way(f"server {{ {PLACES} }}", asked(target))
    assert found.outcome.by.arguments == ("200", text)


@pytest.mark.parametrize(
    ("inside", "target", "status", "location"),
    [
        (PLACES, "/pass", 301, "http://a.test/pass/"),
        ("return 301 /x;", "/", 301, "http://a.test/x"),
        ("return https://$host/;", "/", 302, "https://a.test/"),
        ("rewrite ^/(.*)$ /y/$1 redirect;", "/x?q", 302, "http://a.test/y/x?q"),
        ("location / { deny all; }", "/", 403, ""),
        ('location / { auth_basic "x"; auth_basic_user_file f; }', "/", 401, ""),
        ("location / { try_files $uri =404; }", "/x", 404, ""),
        ("location / { internal; }", "/x", 404, ""),
        (
            "error_page 404 =200 /page; location = /page { return 201; } location / { return 404; }",
            "/x",
            200,
            "",
        ),
        ("location / { rewrite ^ /x last; }", "/", 500, ""),
        ("location / { auth_request /no; } location /no { return 401; }", "/", 401, ""),
        ("location / { auth_request /no; } location /no { return 302 /login; }", "/", 500, ""),
        ("location / { auth_request /yes; return 200; } location /yes { return 204; }", "/", 200, ""),
        (
            "location / { satisfy any; deny all; auth_request /yes; } location /yes { return 204; }",
            "/x",
            404,
            "",
        ),
        ("if ($http_x) { return 418; } return 200;", "/", 200, ""),
        (
            'set $to ""; error_page 301 /a; if ($uri ~ ^/a) { return 302 $to; } location /socket/ { proxy_pass http://u; }',
            "/socket",
            302,
            "",
        ),
        (
            "error_page 500 =418 /err/; location /a { satisfy any; deny all; auth_request /a; }",
            "/a",
            403,
            "",
        ),
    ],
)
def test_what_nginx_answers_itself(inside, target, status, location):
    found = way(f"server {{ {inside} }}", asked(target))
    assert isinstance(found.outcome, Answered | File)
    assert (found.status, found.state.location) == (status, location)


@pytest.mark.parametrize(
    ("inside", "target", "sent"),
    [
        ("location / { proxy_pass http://u; }", "/a%20b?c", "/a%20b?c"),
        ("location /a/ { proxy_pass http://u/; }", "/a/b%20c?d", "/b%20c?d"),
        ("location /a/ { proxy_pass http://unix:/run/app.sock; }", "/a/b?d", "/a/b?d"),
        ("location /a/ { proxy_pass http://unix:/run/app.sock:/in/; }", "/a/b?d", "/in/b?d"),
        ("location /a/ { set $s /run/app.sock; proxy_pass http://unix:$s:/x$uri; }", "/a/b?d", "/x/a/b"),
        ("location /a { proxy_pass http://u/x; }", "/a/b", "/x/b"),
        ("location / { rewrite ^/a(.*)$ /z$1 break; proxy_pass http://u/x; }", "/a/b", "/z/b"),
        ("location / { proxy_pass http://u$request_uri; }", "/a//b?c", "/a//b?c"),
        ("location ~ ^/(.)/ { proxy_pass http://u/$1; }", "/a/b?c", "/a"),
    ],
)
def test_what_is_passed_on(inside, target, sent):
    found = way(f"server {{ {inside} }}", asked(target))
    assert isinstance(found.outcome, Passed)
    assert simulate(found).target == sent


HANDSHAKE = (("Upgrade", "websocket"), ("Connection", "Upgrade"))


@pytest.mark.parametrize(
    ("lines", "nginx", "upgrades"),
    [
        ("", (1, 31, 0), False),
        ("proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;", (1, 31, 0), True),
        ("proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;", (1, 22, 0), False),
        ("proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;", (1, 22, 0), True),
        ("proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $http_connection;", (1, 31, 0), True),
        ("proxy_set_header Upgrade $connection_id; proxy_set_header Connection upgrade;", (1, 31, 0), None),
    ],
)  # fmt: skip
def test_whether_an_upgrade_reaches_the_upstream(lines, nginx, upgrades):
    text = f"server {{ location / {{ {lines} proxy_pass http://u; }} }}"
    assert simulate(way(text, asked("/", "a.test", *HANDSHAKE, nginx=nginx))).upgrades is upgrades


@pytest.mark.parametrize(("nginx", "sent"), [((1, 30, 4), "keep-alive"), ((1, 31, 0), None)])
def test_proxy_connection_is_dropped_by_the_version(nginx, sent):
    text = "server { location / { proxy_pass http://u; } }"
    fields = ("Proxy-Connection", "keep-alive")
    assert simulate(way(text, asked("/", "a.test", fields, nginx=nginx))).field("Proxy-Connection") == sent


def test_headers_of_an_outer_level_are_shadowed():
    text = "server { proxy_set_header A 1; location / { proxy_set_header B 2; proxy_pass http://u; } }"
    sent = simulate(way(text))
    assert sent.field("A") is None
    assert [line.arguments for line in sent.shadowed] == [("A", "1")]


@pytest.mark.parametrize(
    ("variables", "value"),
    [
        ("map $http_x $v { default d; one 1; ~^(.)wo$ $1; }", "d"),
        ("map $host $v { hostnames; *.test t; }", "t"),
        ("geo $v { default d; 127.0.0.0/8 here; }", "here"),
        ("geo $v { ranges; default d; 127.0.0.0-127.0.0.9 here; }", "here"),
        ("geo $v { 127.0.0.0/8 a; delete 127.0.0.0/8; default d; }", "d"),
        ("map $a $b { default $host; } map $b $v { a.test chained; }", "chained"),
    ],
)
def test_variables(variables, value):
    text = f"{variables} server {{ set $a ''; location / {{ proxy_set_header V $v; proxy_pass http://u; }} }}"
    assert simulate(way(text)).field("V") == value


# ---- total


def _bind(_addresses):
    return 8080


methods = st.sampled_from(["GET", "POST", "HEAD", "X", "", "get", "TRACE", "CONNECT"])
texts = st.text(alphabet=st.characters(max_codepoint=255), max_size=12)
asks = st.builds(
    lambda target, host, fields, method, protocol, tls: asked(
        target,
        host,
        *fields,
        method=method,
        protocol=protocol,
        tls=tls,
        server_name=host if tls else None,
        port=8080,
    ),
    st.just("/") | texts | texts.map("/{}".format),
    st.sampled_from(["a.test", "x.a.test", ""]) | texts,
    st.lists(
        st.tuples(st.sampled_from(["Upgrade", "X-Custom", "Cookie", "Content-Length"]) | texts, texts),
        max_size=4,
    ),
    methods,
    st.sampled_from(["HTTP/1.1", "HTTP/1.0", ""]) | texts,
    st.booleans(),
)


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 1 << 32), asks, st.booleans(), st.randoms(use_true_random=False))
def test_every_request_has_a_way_through_every_configuration(seed, ask: Ask, broken, random):
    text = HTTP + Generator(seed, 0, _bind, 1).configuration()
    found = route(model(mutated(text, random) if broken else text), ask)
    assert isinstance(found.outcome, Answered | File | Passed | Undecided)
    simulate(found)


@pytest.mark.parametrize(
    ("inside", "status"),
    [
        ("if ($uri) { proxy_pass http://u; } if ($uri) { set $x 1; }", 500),
        ("if ($uri) { proxy_pass http://u; } if ($args) { set $x 1; }", None),
        ("if ($uri) { proxy_pass http://u; } if ($uri) { set $x 1; } proxy_pass http://v;", None),
        ("if ($uri) { set $x 1; } if ($uri) { proxy_pass http://u; }", None),
        ("if ($uri) { proxy_pass http://u; } if ($uri) { return 204; }", 204),
        ("if ($uri) { proxy_pass http://u; } if ($uri) { set $x 1; } fastcgi_pass u;", 500),
    ],
)
def test_an_earlier_proxy_pass_stays_and_has_no_settings_in_a_later_if(inside, status):
    assert way(f"server {{ location / {{ {inside} }} }}").status == status


@pytest.mark.parametrize(
    ("inside", "target"),
    [
        ("if ($uri) { rewrite ^ /b; break; }", "/b"),
        ("if ($uri) { break; }", "/xa"),
    ],
)
def test_a_break_behind_a_rewrite_leaves_the_location_behind(inside, target):
    found = way(f"server {{ location / {{ {inside} proxy_pass http://127.0.0.1:1/x; }} }}", asked("/a"))
    assert simulate(found).target == target
