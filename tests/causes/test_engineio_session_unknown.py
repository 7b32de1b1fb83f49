import pytest

from causes.building import make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.recorded import recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.engineio_session_unknown import judge
from ws101.terms import Certainty

STRAY = make_sending(make_request(target="/socket.io/?EIO=4&transport=websocket&sid=gone"))
REFUSAL = recorded("engineio-session-of-upgrade")
WORKS = make_answer(101)


def test_without_the_session_it_works():
    assert (
        judge(seen(REFUSAL, {"engineio-without-session": WORKS}, sending=STRAY)).certainty is Certainty.PROVEN
    )


@pytest.mark.parametrize(
    "name", ["engineio-session", "engineio-session-of-upgrade", "engineio-python-session"]
)
def test_the_server_says_so(name):
    assert judge(seen(recorded(name), sending=STRAY)).certainty is Certainty.LIKELY


def test_another_complaint():
    assert isinstance(judge(seen(recorded("engineio-version"), sending=STRAY)), RuledOut)


def test_nothing_came_back():
    assert judge(make_evidence(make_attempt(sending=STRAY))) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("the handshake works")
