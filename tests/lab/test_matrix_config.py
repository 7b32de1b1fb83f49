"""With the configurations of the nginx hops, a fault of a proxy is named alone and proven, and a sound stack has no finding."""

import asyncio
from pathlib import Path

import pytest

from ws101.causes import BY_SLUG
from ws101.cli.lab import AT_ONCE, Verdict, cases, diagnose_all, expectations, line
from ws101.lab.faults import FAULTS, HEALTHY
from ws101.report import Certainty, Hop

EXPECTED = expectations((Path(__file__).parent / "expected_config.toml").read_text(encoding="utf-8"))
FILES = {fault.name for fault in FAULTS if fault.hop is Hop.PROXY}

# What a line of the file explains and no sandbox can prove.
UNPROVEN = {
    "auth-request-401": "the service that is asked decides it",
    "auth-request-403": "the service that is asked decides it",
    "auth-request-down": "the service that is asked decides it",
    "limit-req": "it takes other requests to reach a limit",
    "limit-req-429": "it takes other requests to reach a limit",
    "limit-conn": "it takes other connections to reach a limit",
    "http-to-tls-nginx": "the two configurations disagree, and one at a time is tried",
    "http-to-tls-upstream@timers": "what the server speaks is not in the file",
    "spa-fallback": "the file that answers lies beside the configuration",
    "error-page-200": "it hides the server's own refusal",
    "upstream-silent": "the server is silent",
    "upstream-drops": "the server's packets vanish",
    "idle-cut-by-nginx": "the silence was seen on the wire, and no change to it was tried",
}
# Faults of a proxy at which its configuration is sound: the server behind it answers so.
OF_THE_SERVER = {
    "answer-cut-short", "answer-head-too-large", "answer-without-upgrade", "upstream-down-direct-given",
    "token-of-9-kilobytes-direct",
}  # fmt: skip

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
    reason = UNPROVEN.get(verdict.case, UNPROVEN.get(verdict.case.partition("@")[0]))
    of_proxy = bool(findings) and findings[0].cause.startswith(("proxy-", "request-"))
    if of_proxy and not findings[0].where:
        return "no line is shown"
    if of_proxy and reason is None and findings[0].certainty is not Certainty.PROVEN:
        return "not proven"
    return ""


def test_every_fault_of_a_proxy_is_expected_here_or_is_the_servers() -> None:
    assert {name.partition("@")[0] for name in EXPECTED} >= FILES - OF_THE_SERVER
    assert {slug for slugs in EXPECTED.values() for slug in slugs} <= set(BY_SLUG)
    assert set(EXPECTED) <= set(cases()) | {fault.name for fault in FAULTS}
