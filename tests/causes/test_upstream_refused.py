import pytest
from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import DIRECT, behind_nginx, recorded, seen
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Unknown
from ws101.causes.upstream_refused import judge
from ws101.terms import Certainty

DOWN = recorded("nginx-502")


@pytest.mark.parametrize(
    "name", ["nginx-502", "apache-503", "haproxy-503", "caddy-502", "traefik-502", "envoy-503", "varnish-503"]
)
def test_a_proxy_says_that_the_next_hop_fails(name):
    assert judge(seen(recorded(name))).certainty is Certainty.POSSIBLE


def test_only_what_was_tried_is_told():
    assert [fact.source for fact in judge(seen(DOWN)).facts] == ["the answer"]
    told = judge(seen(DOWN, {"plain-get": DOWN})).facts
    assert [fact.source for fact in told] == ["the answer", "experiment plain-get"]


@pytest.mark.parametrize("ending", [Ending.REFUSED, Ending.UNREACHABLE, Ending.TIMED_OUT])
def test_the_server_itself_cannot_be_reached(ending):
    evidence = seen(DOWN, direct=DIRECT)
    gone = make_attempt("direct", sending=DIRECT, layer=Layer.TCP, ending=ending)
    ruling = judge(replace(evidence, attempts={**evidence.attempts, "direct": gone}))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[1].text == f"the server itself: {ending.value}"


def test_a_plain_get_reaches_the_server():
    assert judge(seen(DOWN, {"plain-get": make_answer(404)})).experiment == "plain-get"


def test_another_path_may_be_answered_from_a_file():
    assert judge(seen(DOWN, {"nonsense-path": make_answer(200, "<html>")})).certainty is Certainty.POSSIBLE


def test_upgrades_may_go_to_a_server_of_their_own():
    refused = recorded("haproxy-503")
    assert judge(seen(refused, {"plain-get": make_answer(200)})).certainty is Certainty.POSSIBLE


def test_a_refusal_of_the_server_that_was_reached():
    assert isinstance(judge(behind_nginx(make_answer(500))), RuledOut)
    assert isinstance(judge(seen(recorded("nginx-504"))), RuledOut)


def test_nothing_came_back():
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut("the handshake works")


def test_a_proxy_that_closes_failed_upgrades_says_it_to_a_plain_get():
    assert judge(make_evidence(make_attempt(), {"plain-get": DOWN})).certainty is Certainty.POSSIBLE
    assert isinstance(judge(make_evidence(make_attempt(), {"plain-get": make_answer(404)})), Unknown)


def test_a_page_of_the_proxys_own_may_say_503():
    page = make_answer(503, "<html>Sorry</html>")
    assert judge(behind_nginx(page, {"plain-get": page})).certainty is Certainty.POSSIBLE
    assert isinstance(judge(seen(page, {"plain-get": page})), RuledOut)
