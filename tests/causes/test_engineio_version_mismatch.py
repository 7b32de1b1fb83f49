import pytest

from causes.building import make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.recorded import recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.engineio_version_mismatch import judge
from ws101.terms import Certainty

OLD = make_sending(make_request(target="/socket.io/?EIO=3&transport=websocket"))
BARE = make_sending(make_request(target="/socket.io/"))
REFUSAL = recorded("engineio-version")
WORKS = make_answer(101)


def test_with_the_other_version_it_works():
    assert judge(seen(REFUSAL, {"engineio-other-version": WORKS}, sending=OLD)).certainty is Certainty.PROVEN


@pytest.mark.parametrize("name", ["engineio-version", "engineio-python-version"])
def test_the_server_says_so(name):
    assert judge(seen(recorded(name), sending=OLD)).certainty is Certainty.LIKELY


def test_a_server_that_takes_no_version_for_a_wrong_one():
    missing = recorded("engineio-python-version")
    assert (
        judge(seen(missing, {"engineio-parameters": WORKS}, sending=BARE)).experiment == "engineio-parameters"
    )


def test_another_complaint():
    assert isinstance(judge(seen(recorded("engineio-session"), sending=OLD)), RuledOut)


def test_nothing_came_back():
    assert judge(make_evidence(make_attempt(sending=OLD))) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("the handshake works")
