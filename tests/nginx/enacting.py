"""Configurations of the tests: read, judged by one rule, and run on real nginx before an upstream that takes proper handshakes."""

import asyncio
import re
import ssl
from contextlib import ExitStack
from pathlib import Path

from msgspec import Struct

from ws101.handshake.accept import accept_value, key_problem
from ws101.handshake.headers import Headers
from ws101.handshake.reader import AnswerReader
from ws101.handshake.request import Request, build
from ws101.lab import certificates, nginx
from ws101.nginx.ask import NEWEST, Ask
from ws101.nginx.include import Configuration, Source, assemble
from ws101.nginx.lint import Linted, lint
from ws101.nginx.model import understand
from ws101.nginx.rule import Rule, Scene
from ws101.nginx.sockets import Way, find

HERE = "# <- here"
_OPTION = re.compile(r"^# (\w+): (.*)$", re.MULTILINE)
_LISTEN = re.compile(r"(listen\s+)(\d+)\b")
_PASSWORDS = "staff:{PLAIN}secret\n"
_SECONDS = 20


class Case(Struct, frozen=True):
    """One configuration, and what its first comments say: urls, log, nginx, handshake (works, refused), start."""

    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text()

    def option(self, name: str) -> list[str]:
        return [value for key, value in _OPTION.findall(self.text) if key == name]

    @property
    def version(self) -> tuple[int, ...]:
        given = self.option("nginx")
        return tuple(map(int, given[0].split("."))) if given else NEWEST

    @property
    def marked(self) -> list[int]:
        return [number for number, line in enumerate(self.text.splitlines(), 1) if HERE in line]

    def configuration(self) -> Configuration:
        return assemble("nginx.conf", lambda name: (Source(name, self.text),))

    def ways(self) -> tuple[Way, ...]:
        return find(
            understand(self.configuration()), self.version, self.option("url"), self.option("log")
        ).ways


def judged(case: Case, rules: tuple[Rule, ...]) -> Linted:
    return linted(case.configuration(), rules, case.version, case.option("url"), case.option("log"))


def linted(configuration, rules, version=NEWEST, urls=(), log=()) -> Linted:
    model = understand(configuration)
    found = find(model, version, urls, log)
    return lint(Scene(model, version, found.ways), found, rules)


def statuses(text: str, ways: tuple[Way, ...], binary: nginx.Binary, directory: Path) -> list[int | None]:
    """Run a configuration, and return what each handshake is answered with; None where it is no proper answer."""
    return asyncio.run(_statuses(text, ways, binary, directory))


async def _statuses(text, ways, binary, directory) -> list[int | None]:
    with ExitStack() as exits:
        upstream = await asyncio.start_server(_answer, "127.0.0.1", 0)
        exits.callback(upstream.close)
        sockets = {
            port: exits.enter_context(nginx.listening()) for port in {m[2] for m in _LISTEN.finditer(text)}
        }
        ports = {port: one.getsockname()[1] for port, one in sockets.items()}
        placed = _LISTEN.sub(lambda m: f"{m[1]}127.0.0.1:{ports[m[2]]}", text)
        placed = placed.replace("127.0.0.1:3000", f"127.0.0.1:{upstream.sockets[0].getsockname()[1]}")
        placed = re.sub(r"^error_log[^\n]*\n", "", placed, flags=re.MULTILINE)
        placed = placed.replace("http {\n", "http {\n" + nginx.http_level(), 1)
        _files(directory)
        async with nginx.serving(binary, directory, placed, list(sockets.values())):
            return [await _shake(way.route.ask, ports[str(way.route.ask.port)]) for way in ways]


def _files(directory: Path) -> None:
    (directory / "html").mkdir(parents=True)
    (directory / "html" / "index.html").write_text("<p>a page</p>\n")
    for name, source in (("cert.pem", "good.pem"), ("key.pem", "good.key")):
        (directory / name).write_bytes((certificates.directory() / source).read_bytes())
    (directory / "users").write_text(_PASSWORDS)


async def _shake(ask: Ask, port: int) -> int | None:
    context = None
    if ask.tls:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, server_hostname=ask.server_name if ask.tls else None
        )
    except (ssl.SSLError, ConnectionError):
        return None
    request = Request(ask.target, ask.headers, ask.method, ask.protocol)
    answers = AnswerReader(request, 1 << 20, 1 << 16)
    try:
        writer.write(build(request))
        async with asyncio.timeout(_SECONDS):
            while not answers.done and (data := await reader.read(65536)):
                answers.feed(data)
        answers.feed_eof()
    except ConnectionError:
        return None
    finally:
        writer.close()
    answer = answers.answer()
    if answer.status != 101:
        return answer.status
    accepted = answer.headers.get("sec-websocket-accept") == accept_value(
        ask.headers.get("sec-websocket-key")
    )
    return 101 if accepted and answer.headers.get("upgrade") else None


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer 101 to a proper handshake, 200 to `/check`, and 426 to all else."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        headers = Headers.of([(n, v.strip()) for n, _, v in (line.partition(":") for line in lines if line)])
        method, target, protocol = first.split(" ")
        upgrades = (
            headers.get("upgrade").lower() == "websocket" and "upgrade" in headers.get("connection").lower()
        )
        key = headers.get("sec-websocket-key")
        if method == "GET" and protocol == "HTTP/1.1" and upgrades and not key_problem(key):
            said = f"101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept_value(key)}"
        elif target == "/check" and not upgrades:
            said = "200 OK\r\nContent-Length: 0\r\nConnection: close"
        else:
            said = "426 Upgrade Required\r\nContent-Length: 0\r\nConnection: close"
        writer.write(f"HTTP/1.1 {said}\r\n\r\n".encode())
        await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, ValueError):
        pass
    finally:
        writer.close()
