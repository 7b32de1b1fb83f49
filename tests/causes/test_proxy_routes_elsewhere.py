import pytest

from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import behind_nginx, recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_routes_elsewhere import judge
from ws101.terms import Certainty

WORKS = make_answer(101)
APPLICATIONS = recorded("nginx 1.22.1: passes on uvicorn's 403")
BEHIND = recorded("websockets-error")


def test_the_proxy_answers_this_path_and_the_application_another():
    ruling = judge(seen(recorded("nginx-404"), {"nonsense-path": BEHIND}))
    assert ruling.certainty is Certainty.LIKELY
    assert [fact.source for fact in ruling.facts] == ["the answer", "experiment nonsense-path"]


@pytest.mark.parametrize("name", ["nginx-403", "nginx-405", "nginx-redirect"])
def test_a_rule_of_the_right_location_may_forbid_or_redirect_as_well(name):
    assert judge(seen(recorded(name), {"nonsense-path": BEHIND})).certainty is Certainty.POSSIBLE


def test_the_proxys_404_for_every_path():
    page = recorded("nginx-404")
    assert judge(seen(page, {"nonsense-path": page})).certainty is Certainty.POSSIBLE


def test_the_server_itself_answers_an_unknown_path_so():
    direct = {"direct": WORKS, "direct-nonsense-path": APPLICATIONS}
    assert judge(behind_nginx(APPLICATIONS, direct)).certainty is Certainty.POSSIBLE


def test_a_proxy_that_forbids_everything():
    page = recorded("nginx-403")
    assert isinstance(judge(seen(page, {"nonsense-path": page})), Unknown)


def test_a_proxy_that_gives_another_reason():
    assert judge(seen(recorded("nginx-502"), {"nonsense-path": BEHIND})) == RuledOut(
        "the proxy gives another reason"
    )


def test_another_change_shows_that_the_path_is_served():
    assert judge(seen(recorded("nginx-403"), {"own-origin": WORKS})).experiment == "own-origin"


def test_the_applications_own_answer():
    assert isinstance(judge(behind_nginx(APPLICATIONS)), Unknown)
    alone = {"malformed-host": make_answer(400)}
    assert judge(seen(recorded("aiohttp-404"), alone)).experiment == "malformed-host"


def test_nobody_asked_for_another_path():
    assert isinstance(judge(seen(recorded("nginx-404"))), Unknown)


def test_nothing_came_back():
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("the handshake works")


def test_the_server_itself_answers_nothing_so():
    direct = {"direct": WORKS, "direct-nonsense-path": make_answer(404), "direct-plain-get": make_answer(426)}
    ruling = judge(behind_nginx(make_answer(418, "another application"), direct))
    assert ruling.certainty is Certainty.POSSIBLE
    assert ruling.facts[1].source == "experiments direct-nonsense-path, direct-plain-get"


def test_the_proxy_calls_it_malformed_at_this_path_alone():
    assert judge(seen(recorded("nginx-400"), {"nonsense-path": APPLICATIONS})).certainty is Certainty.POSSIBLE


def test_the_proxys_own_400_at_this_path_alone_is_configured():
    page = recorded("nginx-400")
    assert judge(seen(page, {"nonsense-path": recorded("nginx-404")})).certainty is Certainty.POSSIBLE
    assert isinstance(judge(seen(page, {"nonsense-path": page})), RuledOut)


def test_servers_that_differ_share_the_load():
    ruling = judge(seen(make_answer(404), {"repeat": WORKS, "own-origin": WORKS}))
    assert ruling.certainty is Certainty.POSSIBLE
    assert ruling.facts[0].source == "experiment repeat"
