"""`ws101 lab list | run | serve`: real servers and proxies, one fault at a time, and what the doctor says of each."""

import argparse
import asyncio
import shlex
import signal
import sys
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from ws101.cli import check, show
from ws101.cli.asking import question
from ws101.errors import Unavailable, UnreadableInput, UsageError
from ws101.report import Certainty, Outcome, Report

AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the doctor said of one case; `skipped` says what this machine lacks, `expected` the slugs of its finding."""

    case: str
    report: Report | None
    skipped: str = ""
    expected: tuple[str, ...] | None = None

    @property
    def right(self) -> bool | None:
        """Whether the verdict is the expected one; None when nothing is expected or it was skipped."""
        if self.report is None or self.expected is None:
            return None
        found = tuple(finding.cause for finding in self.report.findings)
        if not self.expected:
            return not found and self.report.outcome is Outcome.CONNECTED
        if len(self.expected) == 1:
            return found[:1] == self.expected
        first = self.report.findings[: len(self.expected)]
        possible = all(finding.certainty is not Certainty.PROVEN for finding in first)
        return set(found[: len(self.expected)]) == set(self.expected) and possible


def main(arguments: Sequence[str]) -> int:
    """Run one of the lab's three commands."""
    options = _parser().parse_args(arguments)
    try:
        from ws101.lab import faults
    except ModuleNotFoundError as error:
        raise Unavailable(f"the lab's package {error.name!r}", "Install the lab: pip install 'ws101[lab]'.") from None
    if options.what == "list":
        sys.stdout.write(_listing(faults))
        return 0
    if options.what == "serve":
        return asyncio.run(_serve(_named(faults, options.fault)))
    return asyncio.run(_run(_chosen(faults, options), options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ws101 lab", description="Real nginx, real servers, one fault at a time, on loopback.")
    commands = parser.add_subparsers(dest="what", required=True)
    commands.add_parser("list", help="name the faults and the sound stacks")
    run = commands.add_parser("run", help="diagnose faults and print fault → verdict; one alone is shown in full")
    run.add_argument("fault", nargs="*", metavar="FAULT[@SERVER]")
    run.add_argument("--all", action="store_true", help="every fault on every server, and every sound stack")
    run.add_argument("--expect", metavar="FILE.toml", help="compare with a file of `fault = \"cause\"` lines")
    show.add_flags(run)
    serve = commands.add_parser("serve", help="keep one fault running until Ctrl-C")
    serve.add_argument("fault", metavar="FAULT[@SERVER]")
    return parser


def _listing(table: object) -> str:
    lines: list[str] = []
    for fault in table.FAULTS:  # type: ignore[attr-defined]
        lines.append(f"{fault.hop:<8} {fault.name:<34} {fault.summary}  [{', '.join(fault.servers)}]")
    lines += ["", *(f"sound    {sound.name:<34} {sound.summary}" for sound in table.HEALTHY)]  # type: ignore[attr-defined]
    return "\n".join(lines) + "\n"


def _cases(table: object) -> dict[str, object]:
    """Return every case by its name, `fault@server` or the name of a sound stack, with the stack that it runs."""
    faults = {f"{f.name}@{server}": f.stack(server) for f in table.FAULTS for server in f.servers}  # type: ignore[attr-defined]
    return faults | {sound.name: sound.stack for sound in table.HEALTHY}  # type: ignore[attr-defined]


def _named(table: object, name: str) -> tuple[tuple[str, object], ...]:
    found = tuple((case, stack) for case, stack in _cases(table).items() if name in {case, case.partition("@")[0]})
    if not found:
        raise UsageError(f"the lab has no fault {name[:60]!r}. `ws101 lab list` names them.")
    return found


def _chosen(table: object, options: argparse.Namespace) -> tuple[tuple[str, object], ...]:
    if options.all:
        return tuple(_cases(table).items())
    if not options.fault:
        raise UsageError("no fault is named. Name one of `ws101 lab list`, or give --all.")
    return tuple(case for name in options.fault for case in _named(table, name))


def expectations(text: str) -> dict[str, tuple[str, ...]]:
    """Read which causes are expected: `fault` or `fault@server` = a slug, a list of slugs, or an empty list for none."""
    found = tomllib.loads(text)
    return {name: (value,) if isinstance(value, str) else tuple(value) for name, value in found.items()}


async def diagnose_all(
    cases: Sequence[tuple[str, object]], expected: Mapping[str, tuple[str, ...]], say: object = None
) -> tuple[Verdict, ...]:
    """Run the cases, a few at a time, and return what the doctor said of each, in their order."""
    from ws101.lab import workers

    turn = asyncio.Semaphore(AT_ONCE)
    async with workers.workers() as upstreams:

        async def one(case: str, stack: object) -> Verdict:
            async with turn:
                verdict = await _diagnose(case, stack, upstreams)
            wanted = expected.get(case, expected.get(case.partition("@")[0]))
            verdict = Verdict(case, verdict.report, verdict.skipped, wanted)
            if callable(say):
                say(verdict)
            return verdict

        return tuple(await asyncio.gather(*(one(case, stack) for case, stack in cases)))


async def _diagnose(case: str, stack: object, upstreams: object) -> Verdict:
    from ws101.checkup import diagnose
    from ws101.lab.running import running

    try:
        async with running(stack, upstreams) as up:  # type: ignore[arg-type]
            options = check.parser().parse_args(up.arguments)
            return Verdict(case, await diagnose(question(options, {})))
    except Unavailable as missing:
        return Verdict(case, None, str(missing))


async def _run(cases: Sequence[tuple[str, object]], options: argparse.Namespace) -> int:
    expected = _expected(options.expect)
    if len(cases) == 1 and not options.expect:
        return await _run_one(cases[0], options)
    verdicts = await diagnose_all(cases, expected, lambda verdict: print(_line(verdict), flush=True))
    print(_sum(verdicts))
    return 1 if any(verdict.right is False for verdict in verdicts) else 0


async def _run_one(case: tuple[str, object], options: argparse.Namespace) -> int:
    (verdict,) = await diagnose_all([case], {})
    if verdict.report is None:
        raise Unavailable(f"what {verdict.case} needs", verdict.skipped)
    return show.show(verdict.report, options)


def _expected(path: str | None) -> dict[str, tuple[str, ...]]:
    if path is None:
        return {}
    try:
        return expectations(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableInput(path, str(error)[:200], 'Name a TOML file of lines such as: fault = "cause"') from None


def _line(verdict: Verdict) -> str:
    if verdict.report is None:
        return f"- {verdict.case:<44} skipped: {verdict.skipped}"
    mark = {True: "+", False: "x", None: " "}[verdict.right]
    found = [f"{finding.cause} ({finding.certainty})" for finding in verdict.report.findings] or ["no finding"]
    wanted = f"   expected: {', '.join(verdict.expected or ()) or 'no finding'}" if verdict.right is False else ""
    return f"{mark} {verdict.case:<44} {verdict.report.status or verdict.report.outcome!s:<11} {', '.join(found[:3])}{wanted}"


def _sum(verdicts: Sequence[Verdict]) -> str:
    judged = [verdict for verdict in verdicts if verdict.right is not None]
    skipped = [verdict for verdict in verdicts if verdict.report is None]
    right = sum(verdict.right is True for verdict in judged)
    said = [f"{len(verdicts) - len(skipped)} cases ran"]
    said += [f"{right} of {len(judged)} as expected"] if judged else []
    said += [f"{len(skipped)} skipped"] if skipped else []
    return "; ".join(said)


async def _serve(cases: Sequence[tuple[str, object]]) -> int:
    """Keep a stack up until Ctrl-C, and say how to look at it."""
    from ws101.lab.running import running

    done = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, done.set)
    async with AsyncExitStack() as exits:
        case, stack = cases[0]
        up = await exits.enter_async_context(running(stack))  # type: ignore[arg-type]
        lines = [f"{case} is up, until Ctrl-C", "", f"  ws101 check {shlex.join(up.arguments)}", "", f"  server      {up.direct_url}"]
        lines += [f"  nginx.conf  {path}" for path in up.nginx_configs]
        lines += [f"  log         {path}" for path in up.logs]
        print("\n".join(lines), flush=True)
        await done.wait()
    return 0


__all__ = ["Verdict", "diagnose_all", "expectations", "main"]
