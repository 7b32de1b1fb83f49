"""log_format against real nginx: what it wrote a moment ago of values that need escaping is read back."""

import asyncio
from collections import Counter

import pytest

from ws101.lab import nginx
from ws101.logs.entry import Told
from ws101.logs.formats import nginx_error
from ws101.logs.formats.nginx_access import COMBINED, GUIDE, from_log_format
from ws101.logs.line import Line, Place
from ws101.logs.log_format import Escape, parse
from ws101.redact import printable
from ws101.signature import Says

BINARIES = [pytest.param(binary, id=binary.name) for binary in nginx.binaries()] or [
    pytest.param(None, marks=pytest.mark.skip(reason="nginx (pip install 'ws101[lab]')"))
]
AGENTS = [
    "plain/1.0",
    'a "quoted" one',
    "back\\slash \\x22",
    "grüße, 世界 🙂",
    "tab\there",
    "-",
    "[token 9f2c]",
    'x" 200 5 "',
]
LAYOUTS = {
    "combined": (COMBINED, Escape.DEFAULT),
    "guide": (GUIDE, Escape.DEFAULT),
    "bare": ("$status|$request_time|$connection|$http_user_agent|$http_x_other", Escape.DEFAULT),
    "object": (
        '{"ua":"$http_user_agent","other":"$http_x_other","status":$status,"t":"$time_iso8601"}',
        Escape.JSON,
    ),
    "raw": ("$status $msec ua=$http_user_agent", Escape.NONE),
}


def _config(number):
    formats = "".join(
        f"log_format {name}_ escape={escape} '{text}';\naccess_log {name}.log {name}_;\n"
        for name, (text, escape) in LAYOUTS.items()
    )
    upgrade = 'map $http_upgrade $connection_upgrade { default upgrade; "" close; }\n'
    deny = "location /deny { deny all; }\nlocation /missing { }\n"
    return f"http {{ {nginx.http_level()}{upgrade}{formats}server {{ listen 127.0.0.1:{number}; {deny} location / {{ return 204; }} }} }}"


async def _written(binary, prefix, requests):
    """Return the lines of every log after these requests, each of a connection of its own."""
    with nginx.listening() as opened:
        number = opened.getsockname()[1]
        async with nginx.serving(binary, prefix, _config(number), [opened]):
            for request in requests:
                reader, writer = await asyncio.open_connection("127.0.0.1", number)
                writer.write(request)
                await reader.read()
                writer.close()
                await writer.wait_closed()
    names = [
        *(f"{name}.log" for name in LAYOUTS),
        "error.log",
    ]  # nginx has written them all when it has ended
    return {name: (prefix / name).read_bytes().decode(errors="replace").splitlines() for name in names}


def _request(agent, path="/ws"):
    fields = f"Host: a.test\r\nConnection: close\r\nUser-Agent: {agent}\r\nX-Other: {agent}\r\n"
    return f"GET {path} HTTP/1.1\r\n{fields}\r\n".encode()


@pytest.mark.parametrize("binary", BINARIES)
def test_values_come_back_as_they_were_sent(binary, tmp_path):
    lines = asyncio.run(_written(binary, tmp_path, [_request(agent) for agent in AGENTS]))
    for name, (text, escape) in LAYOUTS.items():
        kind = from_log_format(name, text, escape=escape)
        read = [parse(text, escape).read(line) for line in lines[f"{name}.log"]]
        assert [one["http_user_agent"] if one else None for one in read] == AGENTS, name
        assert [one.get("http_x_other", agent) for one, agent in zip(read, AGENTS, strict=True)] == AGENTS, (
            name
        )
        shown = ["" if agent == "-" else printable(agent) for agent in AGENTS]
        entries = [kind.read([Line(printable(line), Place(name, 1))]) for line in lines[f"{name}.log"]]
        assert [entry.agent for entry in entries if entry] == shown, name
        assert {entry.status for entry in entries if entry} == {204}, name


@pytest.mark.parametrize("binary", BINARIES)
def test_what_nginx_refuses_and_why(binary, tmp_path):
    requests = [
        _request("a", "/deny"),
        _request("a", "/missing"),
        b"GET /ws HTTP/1.1\r\nUser-Agent: a\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n",
        b"PROXY TCP4 10.0.0.1 10.0.0.2 5 80\r\n\r\n",
    ]
    lines = asyncio.run(_written(binary, tmp_path, requests))
    combined = from_log_format("combined", COMBINED)
    access = [combined.read([Line(printable(line), Place("a", 1))]) for line in lines["combined.log"]]
    assert [(e.status, e.says) for e in access] == [
        (403, Says.NOTHING),
        (404, Says.NOTHING),
        (400, Says.NOTHING),
        (400, Says.TLS_TO_PLAIN),
        (400, Says.PROXY_PROTOCOL),
    ]
    told = [nginx_error.FORMAT.read([Line(printable(line), Place("e", 1))]) for line in lines["error.log"]]
    said = Counter(entry.says for entry in told if entry and entry.told is Told.WRONG)
    for says in (Says.ADDRESS, Says.NO_FILE, Says.MALFORMED, Says.PROXY_PROTOCOL):
        assert said[says], says
