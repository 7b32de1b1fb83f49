import pytest

from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import behind_nginx, recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.route_not_found import judge
from ws101.handshake.answer import NOTHING
from ws101.terms import Certainty

WORKS = make_answer(101)


@pytest.mark.parametrize(
    "name",
    [
        "aiohttp-404",
        "go-404",
        "ws-path",
        "tornado-404",
        "uvicorn-403",
        "hypercorn-403",
        "daphne-500",
        "plain-text-404",
    ],
)
def test_a_path_that_nobody_serves_gets_the_same_answer(name):
    refusal = recorded(name)
    assert judge(behind_nginx(refusal, {"nonsense-path": refusal})).certainty is Certainty.POSSIBLE


def test_node_closes_where_no_route_fits():
    results = {"plain-get": make_answer(404), "nonsense-path": NOTHING}
    assert judge(make_evidence(make_attempt(), results)).certainty is Certainty.POSSIBLE
    down = recorded("nginx-502")
    assert (
        judge(seen(down, {"plain-get": make_answer(404), "nonsense-path": down})).certainty
        is Certainty.POSSIBLE
    )


def test_another_path_is_answered_otherwise():
    assert (
        judge(seen(recorded("uvicorn-403"), {"nonsense-path": make_answer(404)})).experiment
        == "nonsense-path"
    )


@pytest.mark.parametrize(
    "name", ["aiohttp-401", "tornado-origin", "django-400", "websockets-no-upgrade", "starlette-404"]
)
def test_an_answer_about_something_else(name):
    refusal = recorded(name)
    assert judge(seen(refusal, {"nonsense-path": refusal})) == RuledOut("the answer is not about the path")


def test_the_path_is_served():
    refusal = recorded("uvicorn-403")
    assert judge(seen(refusal, {"own-origin": WORKS})).experiment == "own-origin"
    assert judge(seen(refusal, {"direct": WORKS})).experiment == "direct"
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("the path is served")


def test_the_server_was_not_heard():
    page = recorded("nginx-404")
    assert judge(seen(page, {"nonsense-path": page})) == Unknown("an answer of the server's own")
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")


def test_nobody_asked_for_another_path():
    assert judge(seen(recorded("aiohttp-404"))) == Unknown("the server's routes")


def test_a_path_below_this_one_is_refused_alike_where_others_go_elsewhere():
    refusal = recorded("aiohttp-404")
    results = {"nonsense-path": recorded("nginx-404"), "nonsense-below": refusal}
    assert judge(behind_nginx(refusal, results)).certainty is Certainty.POSSIBLE
