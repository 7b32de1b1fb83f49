"""The doctor and the timer service together: what the service saw stands beside what was sent."""

import asyncio

import pytest

from ws101.cli.lab import cases
from ws101.cli.lab_run import diagnose_all
from ws101.lab.stack import healthy
from ws101.lab.upstreams.policy import SOCKET_PATH
from ws101.report import Report
from ws101.terms import Fate


def examined(case, stack=None) -> Report:
    (verdict,) = asyncio.run(diagnose_all([(case, stack or cases()[case])], {}))
    if verdict.report is None:
        pytest.skip(verdict.skipped)
    return verdict.report


def fates(report: Report) -> dict[str, Fate]:
    assert report.seen is not None
    return {passage.part: passage.fate for passage in report.seen.passages}


def test_headers_that_the_proxy_drops_are_shown_as_lost():
    report = examined("proxy-bare@timers")
    seen = fates(report)
    assert seen["Upgrade"] is Fate.LOST
    assert seen["Connection"] in {Fate.LOST, Fate.CHANGED}  # nginx before 1.29.7 sends `close` in its place
    assert {seen[name] for name in ("target", "Host", "Authorization", "Sec-WebSocket-Key")} == {Fate.SAME}
    assert seen["X-Forwarded-For"] is Fate.ADDED
    assert {fact.source for fact in report.verdict.facts} == {
        "the server's trace",
        "the answer's problem document",
    }


def test_all_of_a_handshake_that_works_is_seen():
    report = examined("works", healthy("timers", tls=True).asking(saw=401))
    assert set(fates(report).values()) <= {Fate.SAME, Fate.ADDED}
    assert report.seen.trace


@pytest.mark.parametrize("case", ["proxy-authorization-stripped@timers", "token-expired@timers"])
def test_a_record_that_the_token_does_not_open_is_left_closed_and_told(case):
    report = examined(case)
    assert report.seen is None
    assert any("what the server saw of this handshake" in said for said in report.unexamined)


def test_without_saw_a_handshake_that_works_is_not_asked_about():
    assert examined("works", healthy("timers")).seen is None


def test_a_token_in_the_query_is_compared_by_its_shape():
    stack = healthy("timers").asking(path=f"{SOCKET_PATH}?token=@{{token}}&since=3", saw=401)
    assert fates(examined("query", stack))["target"] is Fate.SAME
