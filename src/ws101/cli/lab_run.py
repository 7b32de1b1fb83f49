"""Runs faults of the lab and compares what the doctor says of each with what is expected: the matrix, or one alone in full."""

import argparse
import asyncio
import tomllib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ws101.checkup import diagnose
from ws101.cli import check, show
from ws101.cli.asking import question
from ws101.cli.lab import Case
from ws101.cli.lab_logs import from_logs
from ws101.errors import Unavailable, UnreadableInput
from ws101.lab import workers
from ws101.lab.running import Logging, running
from ws101.lab.stack import Stack
from ws101.lab.workers import Workers
from ws101.report import Report
from ws101.terms import Outcome

AT_ONCE = 3  # stacks that run side by side: each has a few processes
Expected = Mapping[str, tuple[str, ...]]


class Logs(Enum):
    """Whether the doctor is given logs."""

    NONE = "no logs"
    TOO = "logs too"
    ALONE = "logs alone"


class Verdict(Struct, frozen=True):
    """What the doctor said of one case; `skipped` says what this machine lacks, `expected` the slugs of its finding."""

    case: str
    report: Report | None
    skipped: str = ""
    expected: tuple[str, ...] | None = None
    by_logs: bool = False

    @property
    def right(self) -> bool | None:
        """Whether the verdict is the expected one; None when nothing is expected or it was skipped.

        Of several slugs, which nothing can tell apart, the first finding is one and all are named. Where logs alone were
        looked at, they may have nothing to say of a handshake that fails.
        """
        if self.report is None or self.expected is None:
            return None
        found = [finding.cause for finding in self.report.findings]
        if not self.expected:
            return not found and (self.by_logs or self.report.outcome is Outcome.CONNECTED)
        return bool(found) and found[0] in self.expected and set(self.expected) <= set(found)


async def run(chosen: Sequence[Case], options: argparse.Namespace) -> int:
    """Diagnose these cases and say what came of them; return the exit status."""
    logs = Logs.ALONE if options.from_logs else Logs.TOO if options.with_logs else Logs.NONE
    given = {"with_config": options.with_config, "logs": logs, "log_format": options.log_format}
    if len(chosen) == 1 and not options.expect:
        (verdict,) = await diagnose_all(chosen, {}, **given)
        if verdict.report is None:
            raise Unavailable(f"what {verdict.case} needs", verdict.skipped)
        return show.show(verdict.report, options)
    verdicts = await diagnose_all(
        chosen,
        _expected(options.expect),
        lambda verdict: print(line(verdict), flush=True),
        **given,
    )
    print(total(verdicts))
    return 1 if any(verdict.right is False for verdict in verdicts) else 0


def expectations(text: str) -> dict[str, tuple[str, ...]]:
    """Read which causes are expected: `fault` or `fault@server` = a slug, a list of slugs, or an empty list for none.

    Raises ValueError for anything else.
    """
    found = {
        name: [value] if isinstance(value, str) else value for name, value in tomllib.loads(text).items()
    }
    for name, slugs in found.items():
        if not isinstance(slugs, list) or not all(isinstance(slug, str) for slug in slugs):
            raise ValueError(f"{name} is neither a cause nor a list of causes")
    return {name: tuple(slugs) for name, slugs in found.items()}


async def diagnose_all(
    chosen: Sequence[Case],
    expected: Expected,
    say: Callable[[Verdict], None] = lambda _: None,
    *,
    with_config: bool = False,
    logs: Logs = Logs.NONE,
    log_format: str = "combined",
) -> tuple[Verdict, ...]:
    """Run the cases, a few at a time, and return what the doctor said of each, in their order.

    `with_config` gives it the configurations of the nginx hops, too, `logs` their logs and the server's.
    """
    turn = asyncio.Semaphore(AT_ONCE)
    alone: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # the stacks of one server write to one log
    giving = _Giving(with_config, logs, log_format)
    async with workers.workers() as upstreams:

        async def one(case: str, stack: Stack) -> Verdict:
            async with alone[stack.upstream.app if logs is not Logs.NONE else case], turn:
                verdict = await _diagnose(case, stack, upstreams, giving)
            verdict = replace(verdict, expected=_expected_of(case, expected, log_format))
            say(verdict)
            return verdict

        return tuple(await asyncio.gather(*(one(case, stack) for case, stack in chosen)))


def _expected_of(case: str, expected: Expected, log_format: str) -> tuple[str, ...] | None:
    """Return what is expected of a case: what names the server before what does not, and the log_format before neither."""
    fault = case.partition("@")[0]
    names = (f"{case}+{log_format}", case, f"{fault}+{log_format}", fault)
    return next((expected[name] for name in names if name in expected), None)


class _Giving(Struct, frozen=True):
    """What the doctor is given beside the handshake, or in its place."""

    config: bool
    logs: Logs
    log_format: str


async def _diagnose(case: str, stack: Stack, upstreams: Workers, giving: _Giving) -> Verdict:
    try:
        if giving.logs is Logs.ALONE:
            return Verdict(case, await from_logs(stack, upstreams, giving.log_format), by_logs=True)
        async with running(stack, upstreams, logging=Logging(giving.log_format)) as up:
            arguments = [*up.arguments]
            if giving.config:
                arguments += [word for path in up.nginx_configs for word in ("--nginx-config", str(path))]
            if giving.logs is Logs.TOO:
                arguments += [word for path in up.logs for word in ("--log", str(path))]
            return Verdict(case, await diagnose(question(check.parser().parse_args(arguments), {})))
    except Unavailable as missing:
        return Verdict(case, None, str(missing))


def _expected(path: str | None) -> Expected:
    if path is None:
        return {}
    try:
        return expectations(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableInput(
            path, str(error)[:200], 'Name a TOML file of lines such as: fault = "cause"'
        ) from None


def line(verdict: Verdict) -> str:
    """Return one row of the matrix: the case, what was met, what was found, and what was expected if that differs."""
    if verdict.report is None:
        return f"- {verdict.case:<44} skipped: {verdict.skipped}"
    mark = {True: "+", False: "x", None: " "}[verdict.right]
    found = [f"{finding.cause} ({finding.certainty})" for finding in verdict.report.findings] or [
        "no finding"
    ]
    wanted = (
        f"   expected: {', '.join(verdict.expected or ()) or 'no finding'}" if verdict.right is False else ""
    )
    met = str(verdict.report.status or verdict.report.outcome)
    return f"{mark} {verdict.case:<44} {met:<11} {', '.join(found[:3])}{wanted}"


def total(verdicts: Sequence[Verdict]) -> str:
    """Return the matrix's last line."""
    judged = [verdict.right for verdict in verdicts if verdict.right is not None]
    skipped = sum(verdict.report is None for verdict in verdicts)
    said = [f"{len(verdicts) - skipped} cases ran"]
    said += [f"{sum(judged)} of {len(judged)} as expected"] if judged else []
    said += [f"{skipped} skipped"] if skipped else []
    return "; ".join(said)
