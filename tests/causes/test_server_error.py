import pytest

from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import behind_nginx, recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.server_error import CAUSE, judge
from ws101.terms import Certainty


@pytest.mark.parametrize("name", ["aiohttp-500", "tornado-500", "daphne-500", "starlette-500", "express-500"])
def test_the_applications_own_500(name):
    ruling = judge(behind_nginx(recorded(name)))
    assert ruling.certainty is Certainty.LIKELY
    assert "answers 500" in ruling.facts[0].text


def test_another_path_does_not_fail():
    ruling = judge(seen(recorded("aiohttp-500"), {"nonsense-path": make_answer(404)}))
    assert ruling.facts[1].source == "experiment nonsense-path"


@pytest.mark.parametrize("name", ["nginx-500", "nginx-502", "haproxy-503", "nginx-505", "aiohttp-404"])
def test_what_is_no_error_of_the_application(name):
    assert isinstance(judge(seen(recorded(name))), RuledOut)


def test_what_says_more_goes_before_it():
    assert CAUSE.generic


def test_nothing_came_back():
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut("the handshake works")


def test_channels_fails_so_where_no_route_fits():
    failure = recorded("daphne-500")
    assert judge(seen(failure, {"nonsense-path": failure})).certainty is Certainty.POSSIBLE


def test_a_proxy_that_leaves_no_mark_may_have_written_it():
    assert judge(behind_nginx(make_answer(500))).certainty is Certainty.POSSIBLE
