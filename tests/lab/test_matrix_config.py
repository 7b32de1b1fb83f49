"""With the configurations of the nginx hops, a fault of a proxy is named alone and proven, and a sound stack has no finding."""

import asyncio
from pathlib import Path

import pytest

from ws101.causes import BY_SLUG
from ws101.cli.lab import cases
from ws101.cli.lab_run import AT_ONCE, Verdict, diagnose_all, expectations, line
from ws101.lab.faults import FAULTS, HEALTHY
from ws101.nginx.blameless import NO_LINE
from ws101.terms import Certainty, Hop

EXPECTED = expectations((Path(__file__).parent / "expected_config.toml").read_text(encoding="utf-8"))
FILES = {fault.name for fault in FAULTS if fault.hop is Hop.PROXY}

# Proven by the sandbox, and no diff can mend them, for no file is at fault: what is to be done is said in its place.
BLAMELESS = {
    "auth-request-401": "the service that is asked says 401",
    "auth-request-403": "the service that is asked says 403",
    "auth-request-down": "the service that is asked does not run",
    "upstream-down": "the server does not run",
    "upstream-silent": "the server takes the handshake and does not answer",
    "upstream-drops": "the server's packets vanish",
    "answer-cut-short": "the server breaks off in its 101",
    "upstream-name-unknown": "the resolver does not run",
}
# Faults at the proxy's hop without a proxy: the server stands alone, and no configuration can be given.
ALONE = {"answer-without-upgrade", "token-of-9-kilobytes-direct"}

_CASES = {
    name: stack
    for name, stack in cases().items()
    if stack.proxies and (name.partition("@")[0] in EXPECTED or name in {sound.name for sound in HEALTHY})
}
_NAMES = sorted(_CASES)
_BATCH = 4 * AT_ONCE


@pytest.mark.timeout(300)
@pytest.mark.parametrize("first", range(0, len(_NAMES), _BATCH))
def test_the_configuration_names_the_line(first: int) -> None:
    chosen = [(name, _CASES[name]) for name in _NAMES[first : first + _BATCH]]
    sound = {name.name: () for name in HEALTHY}
    verdicts = asyncio.run(diagnose_all(chosen, EXPECTED | sound, with_config=True))
    wrong = [f"{line(verdict)}  ({why})" for verdict in verdicts if (why := _wrong(verdict))]
    assert not wrong, "\n".join(["", *wrong])
    missing = sorted({verdict.skipped for verdict in verdicts if verdict.report is None})
    if missing:
        pytest.skip("; ".join(missing))


def _wrong(verdict: Verdict) -> str:
    """Say what is wrong with a verdict, if anything is."""
    if verdict.report is None:
        return ""
    if not verdict.right:
        return "another cause"
    findings = verdict.report.findings
    if len(findings) != len(verdict.expected or ()):
        return "not alone"
    name = verdict.case.partition("@")[0]
    if name not in FILES | {"idle-cut-by-nginx"}:
        return ""
    if not findings[0].where:
        return "no line is shown"
    if findings[0].certainty is not Certainty.PROVEN:
        return "not proven"
    remedy = findings[0].remedy
    if name in BLAMELESS:
        return "" if remedy.text.startswith(NO_LINE) and not remedy.patch else "the file is blamed"
    return "" if (remedy.patch or "").startswith("--- ") else "no diff of the user's own file"


def test_every_fault_of_a_proxy_is_expected_here() -> None:
    assert {name.partition("@")[0] for name in EXPECTED} >= FILES - ALONE
    assert {name.partition("@")[0] for name in (*BLAMELESS, *ALONE)} < FILES
    assert {slug for slugs in EXPECTED.values() for slug in slugs} <= set(BY_SLUG)
    assert set(EXPECTED) <= set(cases()) | {fault.name for fault in FAULTS}
