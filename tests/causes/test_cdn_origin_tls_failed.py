import pytest
from msgspec.structs import replace

from causes.building import make_answer, make_refusal
from causes.connecting import WORKS, make_case, met, secure, tls_failed
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.cdn_origin_tls_failed import CAUSE
from ws101.signature import Says
from ws101.terms import Certainty

MARKS = {"Server": "cloudflare", "CF-RAY": "8a1b2c3d4e5f-FRA"}
INVALID = met(make_answer(526, "error code: 526", MARKS))


@pytest.mark.parametrize(
    "baseline",
    [INVALID, met(make_answer(525, "error code: 525", MARKS)), met(make_refusal(502, Says.CDN_ORIGIN_TLS))],
)
def test_the_edge_says_so(baseline):
    ruling = CAUSE.judge(make_case(baseline))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY


def test_the_same_failure_straight_to_the_server_is_a_further_fact():
    direct = tls_failed(code=10, detail="certificate has expired")
    evidence = make_case(INVALID, {"direct": direct}, direct=replace(secure(), host="origin.test"))
    ruling = CAUSE.judge(evidence)
    assert isinstance(ruling, Supported)
    assert ruling.facts[1].text == "straight to the server TLS fails too: certificate has expired"


@pytest.mark.parametrize(
    "baseline",
    [met(make_answer(526)), met(make_answer(521, "", MARKS)), met(make_answer(403, "", MARKS)), met(WORKS)],
)
def test_innocent(baseline):
    assert isinstance(CAUSE.judge(make_case(baseline)), RuledOut)


def test_without_an_answer_nobody_looked():
    assert isinstance(CAUSE.judge(make_case(tls_failed(code=10))), Unknown)
