import pytest

from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import behind_nginx, recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.upstream_name_unresolved import judge
from ws101.terms import Certainty

DOWN = recorded("nginx-502")


@pytest.mark.parametrize("name", ["nginx-502", "haproxy-503", "envoy-no-healthy-upstream"])
def test_a_proxy_says_that_the_next_hop_fails(name):
    assert judge(seen(recorded(name))).certainty is Certainty.POSSIBLE


def test_another_path_may_be_answered_from_a_file():
    assert judge(seen(DOWN, {"nonsense-path": make_answer(200, "<html>")})).certainty is Certainty.POSSIBLE


def test_a_plain_get_reaches_the_server():
    assert judge(seen(DOWN, {"plain-get": make_answer(404)})).experiment == "plain-get"


def test_a_refusal_of_the_server_that_was_reached():
    assert isinstance(judge(behind_nginx(make_answer(500))), RuledOut)


def test_nothing_came_back():
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut("the handshake works")
