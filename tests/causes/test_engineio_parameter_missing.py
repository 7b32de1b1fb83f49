import pytest

from causes.building import make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.recorded import recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.engineio_parameter_missing import judge
from ws101.terms import Certainty

PLAIN = make_sending(make_request(target="/socket.io/"))
REFUSAL = recorded("engineio-transport-of-upgrade")
WORKS = make_answer(101)


def test_with_the_parameters_it_works():
    assert judge(seen(REFUSAL, {"engineio-parameters": WORKS}, sending=PLAIN)).certainty is Certainty.PROVEN


@pytest.mark.parametrize(
    "name", ["engineio-transport", "engineio-transport-of-upgrade", "engineio-python-transport"]
)
def test_the_server_says_so(name):
    assert judge(seen(recorded(name), sending=PLAIN)).certainty is Certainty.LIKELY


def test_another_complaint():
    assert isinstance(judge(seen(recorded("engineio-session"), sending=PLAIN)), RuledOut)


def test_nothing_came_back():
    assert judge(make_evidence(make_attempt(sending=PLAIN))) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("the handshake works")
