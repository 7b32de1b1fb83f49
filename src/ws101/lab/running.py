"""Running a stack: every part on loopback and on free ports, all of it gone when the block ends, however it ends."""

import asyncio
import base64
import json
import re
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ws101.lab import certificates, nginx, places, workers
from ws101.lab.nginx import Binary
from ws101.lab.stack import HOST, Client, Proxy, Stack
from ws101.lab.workers import Workers
from ws101.private import Private

_PLACEHOLDER = re.compile(r"@\{([a-z0-9_]+)(?::([\w.-]+))?\}")
_PAGE = "<!doctype html><html><head><title>an app</title></head><body><div id=root></div></body></html>\n"
_FURTHER = re.compile(r"@\{(listen_\d)\}")


class Running(Private, frozen=True):
    """A stack that is up; `arguments` are those of `ws101 check`, the URL first.

    `sent` are those of what the user's client really sends, where it does not send what it says. `direct_url` is the
    server without the proxies. `nginx_configs` and `logs` are in the order of the way.
    """

    url: str
    arguments: tuple[str, ...]
    sent: tuple[str, ...]
    direct_url: str
    host: str
    port: int
    server_port: int
    nginx_configs: tuple[Path, ...]
    logs: tuple[Path, ...]
    directory: Path
    token: str

    @property
    def nginx_config(self) -> Path | None:
        return self.nginx_configs[0] if self.nginx_configs else None


class Logging(Struct, frozen=True):
    """How a stack logs: `log_format` is nginx's, for its access logs; `keep` the directory in which all logs stay."""

    log_format: str = "combined"
    keep: Path | None = None


USUAL = Logging()


@asynccontextmanager
async def running(
    stack: Stack,
    upstreams: Workers | None = None,
    binary: Binary | None = None,
    *,
    logging: Logging = USUAL,
) -> AsyncIterator[Running]:
    """Run this stack while the block runs.

    `upstreams` (from `workers.workers()`) keeps the servers' processes between stacks; without it they end with the
    block. `binary` is the nginx to use, `logging` how it logs, and where the logs stay. Raise Unavailable where a program
    or a library is missing.
    """
    async with AsyncExitStack() as exits:
        pool = await exits.enter_async_context(workers.workers()) if upstreams is None else upstreams
        directory = Path(tempfile.mkdtemp(prefix="ws101-lab-"))
        exits.callback(shutil.rmtree, directory, ignore_errors=True)
        ground = _Ground(exits, pool, directory, logging)
        if logging.keep:
            exits.push_async_callback(ground.keep, logging.keep, _Part(pool.log(stack.upstream.app)))
        upstream = await ground.server(stack)
        front = await ground.proxies(stack.proxies, upstream, binary)
        await ground.others(stack, front)
        yield await ground.facts(stack, front, upstream)


class _Part:
    """What is written to a file from now on."""

    def __init__(self, path: Path) -> None:
        self._path, self._from = path, path.stat().st_size if path.exists() else 0

    def read(self) -> bytes:
        return self._path.read_bytes()[self._from :] if self._path.exists() else b""


class _Ground:
    """The parts of one running stack, and the values of its placeholders."""

    def __init__(self, exits: AsyncExitStack, pool: Workers, directory: Path, logging: Logging) -> None:
        self._exits, self._pool, self._directory, self._logging = exits, pool, directory, logging
        self._secret = secrets.token_hex(32)
        self._known = {"certificates": str(certificates.directory()), "directory": str(directory)}
        (directory / "www").mkdir()
        (directory / "www" / "index.html").write_text(_PAGE)
        self._configs: list[Path] = []
        self._logs: list[Path] = []

    async def server(self, stack: Stack) -> int:
        upstream = stack.upstream
        certificate = await self.fill(upstream.policy.certificate)
        authority = await self.fill(upstream.policy.client_authority)
        policy = replace(upstream.policy, certificate=certificate, client_authority=authority)
        return await self._exits.enter_async_context(
            places.server(self._pool, replace(upstream, policy=policy), self._secret)
        )

    async def proxies(self, hops: Sequence[Proxy], upstream: int, binary: Binary | None) -> int:
        """Start the nginx hops, innermost first; return the port of the first one, or the server's own."""
        for number, proxy in reversed(list(enumerate(hops, start=1))):
            upstream = await self._nginx(number, proxy, upstream, binary or nginx.default_binary())
        return upstream

    async def _nginx(self, number: int, proxy: Proxy, upstream: int, binary: Binary) -> int:
        with ExitStack() as handed_over:
            front, *further = [
                handed_over.enter_context(nginx.listening()) for _ in range(1 + _count_further(proxy.text))
            ]
            ports = {f"listen_{n}": _port(opened) for n, opened in enumerate(further, start=1)}
            self._known |= {name: str(port) for name, port in ports.items()}
            text = await self.fill(proxy.text, front=_port(front), upstream=upstream)
            config = f"http {{\n{nginx.http_level(self._logging.log_format)}{text}\n}}\n"
            prefix = self._directory / f"nginx-{number}"
            patient = self._logging.keep is not None
            serving = nginx.serving(binary, prefix, config, [front, *further], patient=patient)
            started = await self._exits.enter_async_context(serving)
            self._configs.insert(0, started.config)
            self._logs[:0] = [started.error_log, started.prefix / "access.log"]
            return _port(front)

    async def others(self, stack: Stack, front: int) -> None:
        """Send what others sent before the client comes, and keep their socket open."""
        for path in stack.before:
            (await _ask(front, path)).close()
        if stack.held:
            self._exits.callback((await _ask(front, stack.held)).close)

    async def facts(self, stack: Stack, front: int, upstream: int) -> Running:
        """Return what a client needs, once everything is up."""
        client = stack.client
        token = client.token.mint(self._secret, time.time()) if client.token else ""
        self._known |= {
            "token": token,
            "secret_file": self._file("secret", self._secret),
            "key_set_file": self._file("keys.json", _key_set(self._secret)),
            "server": str(upstream),
        }
        port = int(await self.fill(client.port, front=front, upstream=upstream))
        direct = f"{'wss' if stack.upstream.policy.certificate else 'ws'}://127.0.0.1:{upstream}"

        async def told(which: Client) -> tuple[str, ...]:
            words = self._words(which, stack, port, token, direct)
            return tuple([await self.fill(word, front=front, upstream=upstream) for word in words])

        arguments, sent = await told(client), await told(client.sends or client)
        return Running(
            arguments[0], arguments, sent, direct, client.host, port, upstream, tuple(self._configs),
            (*self._logs, self._pool.log(stack.upstream.app)), self._directory, token,
        )  # fmt: skip

    async def keep(self, into: Path, server: "_Part") -> None:
        """Keep what was logged, in the order of the way: to be called when all that write have ended."""
        for number, config in enumerate(self._configs, start=1):
            for name in ("access.log", "error.log"):
                shutil.copyfile(config.parent / name, into / f"nginx-{number}-{name}")
        (into / "server.log").write_bytes(server.read())

    def _words(self, client: Client, stack: Stack, port: int, token: str, direct: str) -> Iterator[str]:
        """Yield the URL and the flags of `ws101 check`, placeholders still in place."""
        yield f"{'wss' if client.tls else 'ws'}://{client.host}:{port}{client.path}"
        if client.addresses:
            yield from ("--resolve", f"{client.host}:{port}:{','.join(client.addresses)}")
        if stack.speaks_tls and client.trusts:
            yield from ("--cacert", f"@{{certificates}}/{client.trusts}.pem")
        if token and client.token and client.token_by_flag:
            yield from ("--token-file", self._file("token", token))
        for header in client.headers:
            yield from ("-H", header)
        if client.secret:
            yield from ("--jwt-secret-file", "@{secret_file}")
        if client.direct:
            yield from ("--direct", direct)
        if client.saw is not None:
            yield from ("--saw", str(client.saw))
        yield from client.arguments

    def _file(self, name: str, content: str) -> str:
        path = self._directory / name
        path.write_text(content)
        path.chmod(0o600)
        return str(path)

    async def fill(self, text: str, **ports: int) -> str:
        """Return the text with every placeholder replaced, opening the places that it names."""
        known = self._known | {name: str(port) for name, port in ports.items()}
        for match in _PLACEHOLDER.finditer(text):
            whole = match[0][2:-1]
            if whole not in known:
                place = places.named(
                    match[1], match[2] or "", self._pool, self._secret, self._known["certificates"]
                )
                self._known[whole] = known[whole] = str(await self._exits.enter_async_context(place))
        return _PLACEHOLDER.sub(lambda match: known[match[0][2:-1]], text)


def _key_set(secret: str) -> str:
    """Return the JWK set (RFC 7517) of a server that verifies with this secret, under the name `current`."""
    key = base64.urlsafe_b64encode(secret.encode()).rstrip(b"=").decode()
    return json.dumps({"keys": [{"kty": "oct", "alg": "HS256", "kid": "current", "k": key}]})


async def _ask(port: int, path: str) -> asyncio.StreamWriter:
    """Send a good handshake and wait for the answer's head; the caller closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    return writer


def _count_further(text: str) -> int:
    """How many listeners beside the first one a configuration names: `@{listen_1}`, `@{listen_2}` …"""
    return len({match[1] for match in _FURTHER.finditer(text)})


def _port(opened: socket.socket) -> int:
    port: int = opened.getsockname()[1]
    return port
