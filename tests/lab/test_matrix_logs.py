"""From the logs of one handshake alone, a fault is named, is among what is possible, or is left unknown: never a wrong one as likely."""

import asyncio
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from ws101.causes import BY_SLUG
from ws101.cli.lab import cases
from ws101.cli.lab_run import Logs, Verdict, diagnose_all, expectations, line
from ws101.lab.faults import FAULTS, HEALTHY
from ws101.lab.log_formats import LOG_FORMATS
from ws101.terms import Certainty, Outcome

HERE = Path(__file__).parent
TEXT = (HERE / "expected_logs.toml").read_text(encoding="utf-8")
EXPECTED = expectations(TEXT)
NAMED = {name for name, value in tomllib.loads(TEXT).items() if isinstance(value, str)}
BY_WIRE = expectations((HERE / "expected.toml").read_text(encoding="utf-8"))
BY_FILE = expectations((HERE / "expected_config.toml").read_text(encoding="utf-8"))
SOUND = {sound.name for sound in HEALTHY}

# What logs name in the place of the cause: what was seen, where only the token or the server's code tells the reason.
IN_ITS_PLACE = {"credentials-refused", "closed-after-accept", "certificate-untrusted"}


def _groups() -> list[tuple[str, str]]:
    servers = {case.partition("@")[2] for case in cases()}
    return [(log_format, server) for log_format in LOG_FORMATS for server in sorted(servers)]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("log_format", "server"), _groups())
def test_logs_alone_tell_no_more_than_they_can(log_format: str, server: str) -> None:
    chosen = [(case, stack) for case, stack in cases().items() if case.partition("@")[2] == server]
    sound = dict.fromkeys(SOUND, ())
    verdicts = asyncio.run(diagnose_all(chosen, EXPECTED | sound, logs=Logs.ALONE, log_format=log_format))
    print(Counter(_sort(verdict) for verdict in verdicts))
    wrong = [f"{line(verdict)}  ({why})" for verdict in verdicts if (why := _wrong(verdict, log_format))]
    assert not wrong, "\n".join(["", *wrong])
    missing = sorted({verdict.skipped for verdict in verdicts if verdict.report is None})
    if missing:
        pytest.skip("; ".join(missing))


def _wrong(verdict: Verdict, log_format: str) -> str:
    """Say what is wrong with a verdict, if anything is."""
    report = verdict.report
    if report is None:
        return ""
    if verdict.case in SOUND:
        return "" if not report.findings and report.outcome is Outcome.CONNECTED else "a sound stack"
    if not verdict.right:
        return "another cause"
    likely = [finding.cause for finding in report.findings if finding.certainty is not Certainty.POSSIBLE]
    if any(finding.certainty is Certainty.PROVEN for finding in report.findings):
        return "logs alone prove nothing"
    if report.findings and bool(likely) is not (_key(verdict.case, log_format) in NAMED):
        return "named too surely, or not at all"
    truth = _truth(verdict.case)
    if likely and likely[0] not in truth | IN_ITS_PLACE:
        return "a wrong cause is likely"
    out = {cleared.cause for cleared in report.ruled_out}
    found = {finding.cause for finding in report.findings}
    if truth <= out and not truth & found and not found & IN_ITS_PLACE:
        return "the cause is ruled out"
    return ""


def _sort(verdict: Verdict) -> str:
    if verdict.report is None:
        return "skipped"
    if not verdict.report.findings:
        return "sound" if verdict.case in SOUND else "unknown"
    first = verdict.report.findings[0]
    if first.certainty is Certainty.LIKELY:
        return "named"
    return "possible, first" if first.cause in _truth(verdict.case) else "possible"


def _truth(case: str) -> set[str]:
    """Return what the fault may rightly be called, by the wire or by nginx's configuration."""
    fault = case.partition("@")[0]
    return {slug for known in (BY_FILE, BY_WIRE) for slug in known.get(case, known.get(fault, ()))}


def _key(case: str, log_format: str) -> str:
    fault = case.partition("@")[0]
    names = (f"{case}+{log_format}", case, f"{fault}+{log_format}", fault)
    return next((name for name in names if name in EXPECTED), "")


def test_every_fault_is_expected_to_be_named_listed_or_unknown() -> None:
    names = {name.partition("+")[0] for name in EXPECTED}
    assert {fault.name for fault in FAULTS} <= {name.partition("@")[0] for name in names}
    assert names <= set(cases()) | {fault.name for fault in FAULTS}
    assert {slug for slugs in EXPECTED.values() for slug in slugs} <= set(BY_SLUG)
    assert {name.partition("+")[2] for name in EXPECTED} <= {"", *LOG_FORMATS}


def test_what_is_expected_holds_the_cause() -> None:
    """A list that does not name the cause, nor what stands in its place, would be a wrong one alone."""
    astray = defaultdict(list)
    for log_format in LOG_FORMATS:
        for fault in FAULTS:
            for server in fault.servers:
                case = f"{fault.name}@{server}"
                slugs = set(EXPECTED[_key(case, log_format)])
                if slugs and not slugs & (_truth(case) | IN_ITS_PLACE):
                    astray[case].append(slugs)
    assert not astray
