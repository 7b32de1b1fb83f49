"""A check that is given logs says of a fault what it says without, or more surely, or which of several it is: never worse."""

import asyncio
from pathlib import Path

import pytest

from ws101.cli.lab import cases
from ws101.cli.lab_run import AT_ONCE, Logs, Verdict, diagnose_all, expectations, line
from ws101.report import Report
from ws101.terms import Certainty, Hop

_RANK = (Certainty.POSSIBLE, Certainty.LIKELY, Certainty.PROVEN)
_NAMES = sorted(cases())[::3]  # faults and sound stacks of every hop and server
_BATCH = 6 * AT_ONCE

BY_LOGS = expectations((Path(__file__).parent / "expected_logs.toml").read_text(encoding="utf-8"))

# What only a log shows: which of two causes it is that the wire cannot tell apart.
TOLD_APART = {
    "token-in-query-unread@aiohttp": "the server's line has the query, so that no proxy stripped it",
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("first", range(0, len(_NAMES), _BATCH))
def test_logs_make_no_verdict_worse(first: int) -> None:
    everything = cases()
    chosen = [(name, everything[name]) for name in _NAMES[first : first + _BATCH]]

    async def both() -> tuple[tuple[Verdict, ...], tuple[Verdict, ...]]:
        return await diagnose_all(chosen, {}), await diagnose_all(chosen, {}, logs=Logs.TOO)

    bare, heard = asyncio.run(both())
    worse = [
        f"{line(without)}\n{line(given)}  ({why})"
        for without, given in zip(bare, heard, strict=True)
        if without.report and given.report and (why := _worse(without, without.report, given.report))
    ]
    assert not worse, "\n".join(["", *worse])
    missing = sorted({verdict.skipped for verdict in heard if verdict.report is None})
    if missing:
        pytest.skip("; ".join(missing))


def _worse(case: Verdict, bare: Report, heard: Report) -> str:
    """Say how the report with logs is worse than the one without, if it is."""
    if bare.outcome is not heard.outcome:
        return f"the outcome is {heard.outcome}"
    if bool(bare.findings) is not bool(heard.findings):
        return "found nothing, or something in a sound stack"
    if not bare.findings or case.case in TOLD_APART:
        return ""
    first, then = bare.findings[0], heard.findings[0]
    if first.cause != then.cause:
        fault = case.case.partition("@")[0]
        told_apart = first.certainty is Certainty.POSSIBLE and then.certainty is Certainty.LIKELY
        rightly = then.cause in {*BY_LOGS.get(case.case, ()), *BY_LOGS.get(fault, ())}
        return "" if told_apart and rightly else "another cause"
    return "less sure" if _RANK.index(then.certainty) < _RANK.index(first.certainty) else ""


@pytest.mark.timeout(300)
def test_the_account_shows_each_hop_that_wrote_of_the_handshake() -> None:
    names = ("proxy-bare@aiohttp", "token-expired@timers", "upstream-down@websockets")
    chosen = [(name, cases()[name]) for name in names]
    verdicts = asyncio.run(diagnose_all(chosen, {}, logs=Logs.TOO))
    hops = {
        v.case: {shown.hop for shown in v.report.account.lines}
        for v in verdicts
        if v.report and v.report.account
    }
    assert hops["proxy-bare@aiohttp"] >= {Hop.PROXY, Hop.SERVER}
    assert hops["token-expired@timers"] >= {Hop.PROXY, Hop.SERVER}
    assert hops["upstream-down@websockets"] == {Hop.PROXY}
