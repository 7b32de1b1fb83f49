"""Runs random cases on real nginx in front of a recording upstream, and beside it through the model, and tells where they differ."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from generating import Case, Generator

from ws101.handshake.headers import Headers
from ws101.handshake.reader import AnswerReader
from ws101.handshake.request import Request, build
from ws101.lab import nginx
from ws101.nginx.ask import Ask
from ws101.nginx.include import Source, assemble
from ws101.nginx.model import Model, understand
from ws101.nginx.outcome import Answered, File, Undecided
from ws101.nginx.route import Route, route
from ws101.nginx.simulate import Upstream, simulate
from ws101.nginx.value import Unknown

TOGETHER = 25  # configurations in one nginx
_SECONDS = 60.0


@dataclass(frozen=True)
class Seen:
    """What became of a request; `where` is the block whose settings were in force, `upstream` the head that it got.

    Everything is None where nginx closed without an answer.
    """

    status: int | None = None
    where: str | None = None
    location: str | None = None
    upstream: str | None = None


@dataclass(frozen=True)
class Difference:
    """A case in which the model is wrong; `text` is the configuration."""

    seed: int
    case: Case
    real: Seen
    model: Seen
    text: str = field(repr=False)


@dataclass
class Tally:
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
        upstream = await asyncio.start_server(_record, "127.0.0.1", 0)
        exits.callback(upstream.close)
        back = upstream.sockets[0].getsockname()[1]
        sockets = [exits.enter_context(nginx.listening()) for _ in seeds]
        made = [
            Generator(seed, number, opened.getsockname()[1], back)
            for number, (seed, opened) in enumerate(zip(seeds, sockets, strict=True))
        ]
        texts = [one.configuration() for one in made]
        whole = (
            "http {\nserver_names_hash_bucket_size 128;\n" + nginx.http_level() + "\n".join(texts) + "\n}\n"
        )
        (directory / "html").mkdir(parents=True)
        await exits.enter_async_context(nginx.serving(binary, directory, whole, sockets))
        for seed, generator, text in zip(seeds, made, texts, strict=True):
            model = understand(_read(text))
            cases = [generator.case() for _ in range(requests)]
            answers = await asyncio.gather(*(_ask(generator.port, case) for case in cases))
            for case, real in zip(cases, answers, strict=True):
                _judge(tally, seed, model, Ask(
                    case.target, case.headers, case.method, case.protocol, port=generator.port, address="127.0.0.1",
                    client="127.0.0.1", nginx=binary.version,
                ), case, real, text)  # fmt: skip


def _read(text: str):
    return assemble("nginx.conf", lambda name: (Source(name, f"http {{\n{text}\n}}"),))


def _judge(tally: Tally, seed: int, model: Model, ask: Ask, case: Case, real: Seen, text: str) -> None:
    tally.cases += 1
    way = route(model, ask)
    predicted = foretell(way)
    if isinstance(predicted, str):
        tally.unknown[predicted] = tally.unknown.get(predicted, 0) + 1
    elif predicted != real:
        tally.different.append(Difference(seed, case, real, predicted, text))


def foretell(way: Route) -> Seen | str:
    """Return what the model says will be seen, or why it does not know."""
    if isinstance(way.outcome, Undecided):
        return way.outcome.why
    where = _where(way)
    location = (way.state.location.strip() if way.state else "") or None
    if isinstance(way.outcome, Answered | File):
        if way.outcome.status == 444:
            return Seen()
        return Seen(way.outcome.status, where, location)
    sent = simulate(way)
    if not isinstance(sent, Upstream):
        return sent.why if sent else "nothing is passed on"
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


async def _record(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer 200 with the head that came, as text."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n"))[:-4].replace(b"\r\n", b"\n")
        body = head if len(head) > 1500 else b""  # a larger field would not fit into nginx's buffer
        field = head.hex().encode() if not body else b"below"
        writer.write(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nX-Head: %s\r\nContent-Length: %d\r\n\r\n%s"
            % (field, len(body), body)
        )
        await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
        pass
    finally:
        writer.close()


async def _ask(port: int, case: Case) -> Seen:
    request = Request(case.target, Headers.of([*case.headers]), case.method, case.protocol)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = AnswerReader(request, 1 << 20, 1 << 16)
    try:
        writer.write(build(request))
        async with asyncio.timeout(_SECONDS):
            while not answers.done and (data := await reader.read(65536)):
                answers.feed(data)
        answers.feed_eof()
    except ConnectionError:
        answers.feed_eof()
    finally:
        writer.close()
    answer = answers.answer()
    if answer.status is None:
        return Seen()
    head = answer.headers.get("x-head")
    text = answer.body if head == "below" else bytes.fromhex(head)
    return Seen(
        answer.status, answer.headers.get("x-where") or None, answer.headers.get("location") or None,
        text.decode("latin-1") or None,
    )  # fmt: skip
