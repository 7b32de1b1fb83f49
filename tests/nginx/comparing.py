"""Runs random cases on real nginx in front of a recording upstream, and beside it through the model, and tells where they differ."""

import asyncio
import shutil
import socket
import ssl
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack, suppress
from pathlib import Path

from generating import HTTP, Case, Generator
from msgspec import Struct, field

from ws101.errors import Unavailable
from ws101.handshake.reader import AnswerReader
from ws101.handshake.request import Request, build
from ws101.lab import certificates, nginx
from ws101.nginx.ask import Ask
from ws101.nginx.include import Source, assemble
from ws101.nginx.model import Model, understand
from ws101.nginx.outcome import Answered, File, Undecided
from ws101.nginx.route import Route, route
from ws101.nginx.simulate import Upstream, simulate
from ws101.nginx.value import Unknown

TOGETHER = 25  # configurations in one nginx
_SECONDS = 20.0
_LARGEST = 1500  # a recorded head beyond this would not fit into nginx's buffer as a field


class Seen(Struct, frozen=True):
    """What became of a request; `where` is the block whose settings were in force, `upstream` the head that it got.

    Everything is None where nginx closed without an answer.
    """

    status: int | None = None
    where: str | None = None
    location: str | None = None
    upstream: str | None = None


class Setting(Struct, frozen=True):
    """A configuration, the files beside it, and the sockets and the upstream's port that it counts on."""

    text: str
    files: dict[str, str]
    sockets: tuple[tuple[str, int], ...]
    upstream: int


class Difference(Struct, frozen=True):
    """A case in which the model is wrong."""

    seed: int
    setting: Setting
    case: Case
    real: Seen
    model: Seen

    def told(self) -> str:
        """Return all of it for people."""
        files = "".join(f"--- {name}\n{text}\n" for name, text in self.setting.files.items())
        return f"seed {self.seed}\n{self.setting.text}\n{files}\n{self.case.told()}\n\nnginx: {_told(self.real)}\nmodel: {_told(self.model)}\n"


def _told(seen: Seen) -> str:
    upstream = "".join(f"\n    {line[:200]!a}" for line in (seen.upstream or "").splitlines())
    return f"{seen.status}, where {seen.where}, location {seen.location!a}, upstream:{upstream or ' none'}"


class Tally(Struct):
    """How many cases were compared, how many the model called unknown (and why), and where it was wrong."""

    cases: int = 0
    unknown: dict[str, int] = field(default_factory=dict)
    different: list[Difference] = field(default_factory=list)

    @property
    def share_unknown(self) -> float:
        return sum(self.unknown.values()) / max(self.cases, 1)


async def compare(binary: nginx.Binary, directory: Path, seeds: range, requests: int) -> Tally:
    """Compare `requests` cases for the configuration of each seed."""
    tally = Tally()
    for first in range(0, len(seeds), TOGETHER):
        batch = seeds[first : first + TOGETHER]
        await _batch(binary, directory / f"batch-{batch[0]}", batch, requests, tally)
    return tally


async def _batch(binary: nginx.Binary, directory: Path, seeds: range, requests: int, tally: Tally) -> None:
    async with AsyncExitStack() as exits:
        upstream = await exits.enter_async_context(await asyncio.start_server(_record, "127.0.0.1", 0))
        back = upstream.sockets[0].getsockname()[1]
        settings, cases, sockets = [], [], []
        for number, seed in enumerate(seeds):
            opened = _Sockets(exits)
            generator = Generator(seed, number, opened.bind, back)
            text = generator.configuration()
            settings.append(Setting(text, generator.files, opened.named, back))
            cases.append([generator.case() for _ in range(requests)])
            sockets += opened.every
        await exits.enter_async_context(_serving(binary, directory, settings, sockets))
        for seed, setting, asked in zip(seeds, settings, cases, strict=True):
            model = understand(_read(setting))
            answers = await asyncio.gather(*(_ask(case) for case in asked))
            for case, (real, client) in zip(asked, answers, strict=True):
                _judge(tally, seed, setting, case, real, foretold(model, case, client, binary.version))
    shutil.rmtree(directory)


async def difference_in(
    binary: nginx.Binary, directory: Path, setting: Setting, case: Case
) -> tuple[Seen, Seen] | None:
    """Return what nginx and the model say of one case where they differ; None where they agree, or nginx does not start."""
    async with AsyncExitStack() as exits:
        opened = _Sockets(exits)
        for address, port in setting.sockets:
            opened.open(address, port)
        server = await asyncio.start_server(_record, "127.0.0.1", setting.upstream, reuse_address=True)
        await exits.enter_async_context(server)
        try:
            await exits.enter_async_context(_serving(binary, directory, [setting], opened.every))
            real, client = await asyncio.wait_for(_ask(case), 2)
        except (Unavailable, TimeoutError):
            return None
        model = foretold(understand(_read(setting)), case, client, binary.version)
        return None if isinstance(model, str) or model == real else (real, model)


def _judge(tally: Tally, seed: int, setting: Setting, case: Case, real: Seen, model: Seen | str) -> None:
    tally.cases += 1
    if isinstance(model, str):
        tally.unknown[model] = tally.unknown.get(model, 0) + 1
    elif model != real:
        tally.different.append(Difference(seed, setting, case, real, model))


# ---- the model


def _read(setting: Setting):
    files = {"nginx.conf": f"http {{\n{HTTP}{setting.text}\n}}", **setting.files}
    return assemble("nginx.conf", lambda name: (Source(name, files[name]),) if name in files else ())


def foretold(model: Model, case: Case, client: str, version: tuple[int, ...]) -> Seen | str:
    """Return what the model says will be seen, or why it does not know."""
    way = route(model, Ask(
        case.target, case.headers, case.method, case.protocol, case.tls, case.server_name, case.port, case.address, client, version,
    ))  # fmt: skip
    if isinstance(way.outcome, Undecided):
        return way.outcome.why
    where = _where(way)
    location = (way.state.location.strip(" \t") if way.state else "") or None
    if isinstance(way.outcome, Answered | File):
        if way.outcome.status == 444:
            return Seen()
        return Seen(way.outcome.status, where, location)
    sent = simulate(way)
    if not isinstance(sent, Upstream):
        return sent.why if sent else "nothing is passed on"
    if isinstance(sent.target, Unknown):
        return sent.target.why
    lines = [f"{sent.method} {sent.target} {sent.protocol}"]
    for name, value in ((s.name, s.value) for s in sent.fields):
        if isinstance(value, Unknown):
            return value.why
        lines.append(f"{name}: {value}")
    status = way.state.error if way.state and way.state.error else 200
    return Seen(400 if status in {494, 495, 496, 497} else status, where, location, "\n".join(lines))


def _where(way: Route) -> str | None:
    lines = way.state.level.nearest("add_header") if way.state else []
    return lines[0].arguments[1] if lines else None


# ---- nginx


class _Sockets:
    """The listening sockets of one configuration."""

    def __init__(self, exits: AsyncExitStack) -> None:
        self._exits = exits
        self.every: list[socket.socket] = []
        self._named: list[tuple[str, int]] = []

    @property
    def named(self) -> tuple[tuple[str, int], ...]:
        return tuple(self._named)

    def bind(self, addresses: tuple[str, ...]) -> int:
        """Listen on one free port of all these addresses."""
        while True:
            with ExitStack() as tried:
                first = tried.enter_context(_listening(addresses[0], 0))
                port = first.getsockname()[1]
                try:
                    opened = [first, *(tried.enter_context(_listening(one, port)) for one in addresses[1:])]
                except OSError:
                    continue
                tried.pop_all()
            for address, one in zip(addresses, opened, strict=True):
                self._keep(address, port, one)
            return port

    def open(self, address: str, port: int) -> None:
        self._keep(address, port, _listening(address, port))

    def _keep(self, address: str, port: int, opened: socket.socket) -> None:
        self._exits.enter_context(opened)
        self.every.append(opened)
        self._named.append((address, port))


def _listening(address: str, port: int) -> socket.socket:
    six = address.startswith("[")
    opened = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if six:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        opened.bind(("0.0.0.0" if address == "*" else address.strip("[]"), port))
        opened.listen(511)
    except OSError:
        opened.close()
        raise
    return opened


def _serving(
    binary: nginx.Binary, directory: Path, settings: Sequence[Setting], sockets: Sequence[socket.socket]
):
    (directory / "html").mkdir(parents=True, exist_ok=True)
    made = certificates.directory()
    shutil.copy(made / "good.pem", directory / "cert.pem")
    shutil.copy(made / "good.key", directory / "cert.key")
    for name, text in (file for setting in settings for file in setting.files.items()):
        (directory / name).write_text(text)
    whole = "\n".join(setting.text for setting in settings)
    levels = f"server_names_hash_bucket_size 128;\nvariables_hash_max_size 4096;\n{nginx.http_level()}{HTTP}"
    return nginx.serving(binary, directory, f"http {{\n{levels}{whole}\n}}\n", sockets)


async def _record(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer 200 with the head that came, as text."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n"))[:-4].replace(b"\r\n", b"\n")
        body = head if len(head) > _LARGEST else b""
        field = head.hex().encode() if not body else b"below"
        writer.write(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nX-Head: %s\r\nContent-Length: %d\r\n\r\n%s"
            % (field, len(body), body)
        )
        await writer.drain()
        await reader.read()  # a body may follow; to close on it would reset the connection
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
        pass
    finally:
        writer.close()


async def _ask(case: Case) -> tuple[Seen, str]:
    """Send the request; return what was seen, and the address that it came from."""
    request = Request(case.target, case.headers, case.method, case.protocol, case.body)
    answers = AnswerReader(request, 1 << 20, 1 << 16)
    try:
        async with asyncio.timeout(_SECONDS):
            client = await (_over_tls if case.tls else _plain)(case, build(request), answers)
    except TimeoutError:
        return Seen(where=f"no answer in {_SECONDS:.0f} s"), ""
    answers.feed_eof()
    answer = answers.answer()
    if answer.status is None:
        return Seen(), client
    head = answer.headers.get("x-head")
    text = answer.body if head == "below" else bytes.fromhex(head)
    return Seen(
        answer.status, answer.headers.get("x-where") or None, answer.headers.get("location") or None,
        text.decode("latin-1") or None,
    ), client  # fmt: skip


async def _plain(case: Case, sent: bytes, answers: AnswerReader) -> str:
    """Ask without TLS. By hand, for a stream that was reset gives away nothing of what it had received."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET6 if ":" in case.address else socket.AF_INET) as opened:
        opened.setblocking(False)
        await loop.sock_connect(opened, (case.address, case.port))
        client = opened.getsockname()[0]
        with suppress(ConnectionError):
            await loop.sock_sendall(opened, sent)
        with suppress(ConnectionError):
            while not answers.done and (data := await loop.sock_recv(opened, 65536)):
                answers.feed(data)
    return client


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


_CONTEXT = _context()


async def _over_tls(case: Case, sent: bytes, answers: AnswerReader) -> str:
    client = ""
    try:
        reader, writer = await asyncio.open_connection(
            case.address, case.port, ssl=_CONTEXT, server_hostname=case.server_name or ""
        )
    except (ssl.SSLError, ConnectionError):
        return client
    client = writer.get_extra_info("sockname")[0]
    try:
        writer.write(sent)
        while not answers.done and (data := await reader.read(65536)):
            answers.feed(data)
    except (ConnectionError, ssl.SSLError):
        pass
    finally:
        writer.transport.abort()
    return client
