import pytest
from msgspec.structs import replace

from causes.building import make_answer
from causes.connecting import WORKS, ended, make_case, met, secure, tls_failed
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.cdn_refused import CAUSE
from ws101.signature import Says
from ws101.terms import Certainty

MARKS = {"Server": "cloudflare", "CF-RAY": "8a1b2c3d4e5f-FRA"}
CHALLENGE = make_answer(403, "<title>Just a moment...</title>", {**MARKS, "cf-mitigated": "challenge"})
BLOCKED = make_answer(403, Says.CDN_BLOCKED.value, MARKS)
ORIGIN = replace(secure(), host="origin.test")


@pytest.mark.parametrize("answer", [CHALLENGE, BLOCKED])
def test_the_edge_says_so(answer):
    ruling = CAUSE.judge(make_case(met(answer)))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[1].text == "cf-ray: 8a1b2c3d4e5f-FRA"
    assert ruling.remedy is not None
    assert ruling.remedy.text.startswith("In Cloudflare's rules")


@pytest.mark.parametrize("answer", [WORKS, make_answer(401, "who are you?")])
def test_proven_straight_to_the_server(answer):
    ruling = CAUSE.judge(make_case(met(BLOCKED), {"direct": met(answer)}, direct=ORIGIN))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN


def test_a_server_that_cannot_be_reached_directly_proves_nothing():
    direct = ended(Layer.TCP, Ending.TIMED_OUT)
    ruling = CAUSE.judge(make_case(met(BLOCKED), {"direct": direct}, direct=ORIGIN))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY


def test_a_bare_403_through_an_edge_may_be_the_servers():
    through = met(make_answer(403, "Forbidden by app", MARKS))
    assert isinstance(CAUSE.judge(make_case(through)), Unknown)
    assert isinstance(CAUSE.judge(make_case(through, {"direct": through}, direct=ORIGIN)), RuledOut)


@pytest.mark.parametrize("baseline", [met(make_answer(403)), met(make_answer(404, "", MARKS)), met(WORKS)])
def test_innocent(baseline):
    assert isinstance(CAUSE.judge(make_case(baseline)), RuledOut)


def test_nobody_looked():
    assert isinstance(CAUSE.judge(make_case(tls_failed(code=10))), Unknown)
    assert isinstance(CAUSE.judge(make_case(met(make_answer(101, headers=MARKS)), saw=403)), Unknown)
