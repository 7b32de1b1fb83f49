import pytest
from msgspec.structs import replace

from causes.building import make_answer, make_refusal
from causes.connecting import WORKS, ended, make_case, met, secure, tls_failed
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.cdn_cannot_reach_origin import CAUSE
from ws101.signature import Says
from ws101.terms import Certainty

MARKS = {"Server": "cloudflare", "CF-RAY": "8a1b2c3d4e5f-FRA"}
DOWN = met(make_answer(521, "error code: 521", MARKS))
ORIGIN = replace(secure(), host="origin.test")


@pytest.mark.parametrize("baseline", [DOWN, met(make_refusal(502, Says.CDN_ORIGIN_UNREACHABLE))])
def test_the_edge_says_so(baseline):
    ruling = CAUSE.judge(make_case(baseline))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY


def test_proven_when_the_server_answers_without_the_edge():
    ruling = CAUSE.judge(make_case(DOWN, {"direct": met(make_answer(401))}, direct=ORIGIN))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN


def test_a_server_that_is_down_is_a_further_fact():
    direct = ended(Layer.TCP, Ending.REFUSED, "Connection refused")
    ruling = CAUSE.judge(make_case(DOWN, {"direct": direct}, direct=ORIGIN))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[1].text == "straight to the server: Connection refused"


@pytest.mark.parametrize(
    "baseline",
    [met(make_answer(521)), met(make_answer(502, "", MARKS)), met(make_answer(525, "", MARKS)), met(WORKS)],
)
def test_innocent(baseline):
    assert isinstance(CAUSE.judge(make_case(baseline)), RuledOut)


def test_without_an_answer_nobody_looked():
    assert isinstance(CAUSE.judge(make_case(tls_failed(code=10))), Unknown)
