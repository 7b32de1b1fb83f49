from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import behind_nginx, recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.server_overloaded import CAUSE, judge
from ws101.terms import Certainty

FULL = make_answer(503, "no room")
WORKS = make_answer(101)


def test_after_a_pause_it_passes():
    assert judge(seen(FULL, {"after-pause": WORKS})).certainty is Certainty.PROVEN


def test_the_server_says_when_to_come_again():
    ruling = judge(behind_nginx(make_answer(503, "no room", {"Retry-After": "30"})))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[1].text == "Retry-After: 30"


def test_a_server_that_is_known():
    assert judge(behind_nginx(recorded("tomcat-503"))).certainty is Certainty.LIKELY


def test_a_page_of_nobody_may_be_the_proxys_as_well():
    assert judge(seen(FULL)).certainty is Certainty.LIKELY
    assert judge(behind_nginx(FULL)).certainty is Certainty.POSSIBLE


def test_the_proxys_own_refusal():
    assert isinstance(judge(seen(recorded("nginx-503"))), RuledOut)
    assert isinstance(judge(seen(recorded("nginx-429"))), RuledOut)


def test_another_status():
    assert isinstance(judge(seen(make_answer(500))), RuledOut)


def test_what_says_more_goes_before_it():
    assert CAUSE.generic


def test_nothing_came_back():
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("the handshake works")
