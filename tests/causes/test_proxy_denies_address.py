import pytest

from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import BEARER, behind_nginx, recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_denies_address import judge
from ws101.terms import Certainty

FORBIDDEN = recorded("nginx-403")


def test_nothing_moves_the_proxys_403():
    same = dict.fromkeys(("plain-get", "version-99", "without-token"), FORBIDDEN)
    ruling = judge(seen(FORBIDDEN, same, sending=BEARER))
    assert ruling.certainty is Certainty.POSSIBLE
    assert [fact.source for fact in ruling.facts] == ["the answer", *(f"experiment {name}" for name in same)]


@pytest.mark.parametrize("name", ["plain-get", "version-99", "without-token", "broken-token"])
def test_another_request_from_the_same_address_is_let_through(name):
    assert judge(seen(FORBIDDEN, {name: make_answer(401)}, sending=BEARER)).experiment == name


def test_another_path_may_be_open_to_all():
    assert judge(seen(FORBIDDEN, {"nonsense-path": make_answer(404)})).certainty is Certainty.POSSIBLE


def test_a_refusal_that_is_not_the_proxys_403():
    assert isinstance(judge(behind_nginx(recorded("nginx 1.22.1: passes on uvicorn's 403"))), RuledOut)
    assert isinstance(judge(seen(recorded("nginx-404"))), RuledOut)
    assert judge(seen(recorded("cloudfront-403"))) == RuledOut("a rule of the edge refuses it")


def test_nothing_came_back():
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut("the handshake works")


def test_a_proxy_that_leaves_no_mark_may_have_written_it():
    refusal = make_answer(403)
    assert judge(behind_nginx(refusal)).certainty is Certainty.POSSIBLE
    assert isinstance(judge(seen(refusal)), RuledOut)
