import pytest

from causes.building import make_answer, make_attempt, make_evidence, make_refusal, make_request, make_sending
from causes.recorded import BEARER, behind_nginx, recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.server_distrusts_proxy import judge
from ws101.signature import Says
from ws101.terms import Certainty

REFUSAL = make_answer(400, "400: Bad Request")
WORKS = make_answer(101)
EVERYWHERE = {"nonsense-path": REFUSAL, "plain-get": REFUSAL}


def test_the_server_itself_answers_a_forwarded_handshake_so():
    direct = {"direct": WORKS, "direct-forwarded": REFUSAL, "direct-plain-get": make_answer(200)}
    assert judge(behind_nginx(REFUSAL, direct)).certainty is Certainty.PROVEN


def test_the_client_sends_the_field_itself():
    sending = make_sending(make_request(("X-Forwarded-For", "192.0.2.1")))
    assert (
        judge(seen(REFUSAL, {"without-x-forwarded-for": WORKS}, sending=sending)).certainty
        is Certainty.PROVEN
    )


def test_the_refusal_says_so():
    assert judge(seen(make_refusal(400, Says.DISTRUSTS_PROXY))).certainty is Certainty.LIKELY


def test_whatever_passes_the_proxy_is_refused():
    assert judge(behind_nginx(REFUSAL, EVERYWHERE)).certainty is Certainty.POSSIBLE
    assert isinstance(judge(seen(REFUSAL, EVERYWHERE)), Unknown)


def test_the_refusal_gives_another_reason():
    host = recorded("django-400")
    assert isinstance(judge(behind_nginx(host, {"nonsense-path": host, "plain-get": host})), Unknown)


@pytest.mark.parametrize("name", ["nonsense-path", "plain-get", "without-token"])
def test_other_requests_through_the_proxy_are_answered_otherwise(name):
    assert judge(behind_nginx(REFUSAL, {name: make_answer(404)}, sending=BEARER)).experiment == name


def test_another_change_gets_through_the_same_proxy():
    assert judge(behind_nginx(REFUSAL, {"own-origin": WORKS})).experiment == "own-origin"


def test_the_server_itself_refuses_so():
    assert judge(behind_nginx(REFUSAL, {"direct": REFUSAL})).experiment == "direct"


def test_the_server_was_not_heard():
    assert isinstance(judge(seen(recorded("nginx-400"))), Unknown)
    assert isinstance(judge(make_evidence(make_attempt())), Unknown)


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("the handshake works")
