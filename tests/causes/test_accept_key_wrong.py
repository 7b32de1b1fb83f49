import pytest

from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.accept_key_wrong import judge
from ws101.terms import Certainty


@pytest.mark.parametrize("accept", ["", "c29tZXRoaW5nIGVsc2U=", "S3PPLMBITXAQ9KYGZZHZRBK+XOO="])
def test_a_value_that_does_not_fit_the_key(accept):
    ruling = judge(seen(make_answer(101, headers={"Sec-WebSocket-Accept": accept})))
    assert ruling.certainty is Certainty.LIKELY
    assert "RFC 6455" in ruling.facts[0].text


def test_another_fault_of_the_101():
    ruling = judge(seen(make_answer(101, headers={"Upgrade": ""})))
    assert ruling == RuledOut("Sec-WebSocket-Accept fits the key")


def test_no_101():
    assert judge(seen(make_answer(400))) == RuledOut("no 101 came back")
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")
    assert judge(make_evidence(None)) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(seen(make_answer(101))) == RuledOut("Sec-WebSocket-Accept fits the key")
