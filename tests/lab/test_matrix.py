"""Every fault of the lab gets its expected cause as the first finding, and every sound stack gets none."""

import asyncio
from collections import defaultdict
from pathlib import Path

import pytest

from ws101.causes import BY_SLUG
from ws101.cli.lab import cases
from ws101.cli.lab_run import Verdict, diagnose_all, expectations, line
from ws101.lab.faults import FAULTS, HEALTHY
from ws101.terms import Certainty, Outcome

EXPECTED = expectations((Path(__file__).parent / "expected.toml").read_text(encoding="utf-8"))
SOUND = {sound.name: () for sound in HEALTHY}
HOPS = {fault.name: fault.hop for fault in FAULTS}

# Causes that the lab does not provoke, each with the reason; a cause that gets its fault must leave this list.
WITHOUT_A_FAULT = {
    "cdn-refused": "no edge network runs here",
    "cdn-websockets-off": "no edge network runs here",
    "cdn-cannot-reach-origin": "no edge network runs here",
    "cdn-origin-tls-failed": "no edge network runs here",
    "method-not-get": "ws101 sends GET alone; only a client's log shows another method",
    "proxy-header-inheritance-lost": "from outside it is proxy-drops-upgrade-headers; the configuration tells",
    "config-not-loaded": "only the configuration and the running proxy together tell",
}


def _groups() -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for case in cases():
        fault, _, server = case.partition("@")
        groups[f"{HOPS[fault]}-{server}" if server else "sound"].append(case)
    return dict(groups)


GROUPS = _groups()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("group", GROUPS)
def test_the_verdict_is_the_expected_one(group: str) -> None:
    everything = cases()
    chosen = [(case, everything[case]) for case in GROUPS[group]]
    verdicts = asyncio.run(diagnose_all(chosen, EXPECTED | SOUND))
    for verdict in verdicts:
        print(line(verdict))
    wrong = [line(verdict) for verdict in verdicts if verdict.right is False or _claims_too_much(verdict)]
    unexpected = [verdict.case for verdict in verdicts if verdict.report and verdict.expected is None]
    assert not wrong, "\n".join(["", *wrong])
    assert not unexpected, f"expected.toml does not name {unexpected}"
    missing = sorted({verdict.skipped for verdict in verdicts if verdict.report is None})
    if missing:
        pytest.skip("; ".join(missing))


def _claims_too_much(verdict: Verdict) -> bool:
    """Return whether anything is called proven that is not among what is expected, or a sound stack exits otherwise."""
    if verdict.report is None or verdict.expected is None:
        return False
    if not verdict.expected:
        return verdict.report.exit_status != 0 or verdict.report.outcome is not Outcome.CONNECTED
    proven = [finding.cause for finding in verdict.report.findings if finding.certainty is Certainty.PROVEN]
    return any(cause not in verdict.expected for cause in proven)


def test_expectations_name_faults_and_causes_that_exist() -> None:
    names = set(cases()) | {fault.name for fault in FAULTS}
    assert set(EXPECTED) <= names
    assert {slug for slugs in EXPECTED.values() for slug in slugs} <= set(BY_SLUG)


def test_every_cause_has_a_fault_or_a_reason() -> None:
    provoked = {slug for slugs in EXPECTED.values() for slug in slugs}
    assert set(BY_SLUG) - provoked == set(WITHOUT_A_FAULT)


def test_the_lab_has_faults_for_every_hop_but_the_edge() -> None:
    assert len(FAULTS) >= 55
    assert {fault.hop.value for fault in FAULTS} == {"client", "network", "tls", "proxy", "server", "auth"}
