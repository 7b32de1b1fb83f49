from msgspec.structs import replace

from causes.building import make_answer
from causes.connecting import PROXY, WORKS, ended, make_case, met, secure, tls_failed
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.forward_proxy_in_the_way import CAUSE
from ws101.terms import Certainty

THROUGH = secure(forward_proxy=PROXY)
AROUND = "without-forward-proxy"


def refused(status):
    attempt = ended(Layer.FORWARD_PROXY, Ending.PROXY_REFUSED, f"{status}", sending=THROUGH)
    return replace(attempt, proxy_answer=make_answer(status))


def test_proven_by_going_around_it():
    ruling = CAUSE.judge(make_case(refused(403), {AROUND: met(WORKS)}))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN
    assert ruling.facts[0].source == "HTTPS_PROXY"
    assert ruling.facts[1].text == "the proxy answers 403"


def test_its_own_certificate_stands_in_the_way():
    inspected = tls_failed(code=19, detail="self-signed certificate in certificate chain", sending=THROUGH)
    ruling = CAUSE.judge(make_case(inspected, {AROUND: met(make_answer(401))}))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN


def test_a_tunnel_that_is_cut_counts_as_less_than_an_answer():
    cut = ended(Layer.HTTP, Ending.CLOSED, sending=THROUGH)
    ruling = CAUSE.judge(make_case(cut, {AROUND: met(make_answer(401))}))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN


def test_a_proxy_that_asks_for_credentials():
    ruling = CAUSE.judge(make_case(refused(407), {AROUND: ended(Layer.TCP, Ending.TIMED_OUT)}))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.remedy is not None
    assert "credentials" in ruling.remedy.text


def test_a_proxy_that_cannot_reach_the_server_may_be_right():
    ruling = CAUSE.judge(make_case(refused(502)))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE


def test_the_same_refusal_without_the_proxy_clears_it():
    through = met(make_answer(401), THROUGH)
    assert isinstance(CAUSE.judge(make_case(through, {AROUND: met(make_answer(401))})), RuledOut)


def test_not_tried_and_not_there():
    assert isinstance(CAUSE.judge(make_case(met(make_answer(401), THROUGH))), Unknown)
    assert isinstance(CAUSE.judge(make_case(met(make_answer(401)))), RuledOut)
    assert isinstance(CAUSE.judge(make_case(met(WORKS, THROUGH))), RuledOut)


def test_only_407_speaks_of_the_failing_clients_proxy():
    assert isinstance(CAUSE.judge(make_case(met(WORKS), saw=407)), Supported)
    assert isinstance(CAUSE.judge(make_case(met(WORKS), saw=400)), Unknown)
    assert isinstance(CAUSE.judge(make_case(met(WORKS))), RuledOut)
