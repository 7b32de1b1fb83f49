import pytest

from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import behind_nginx, recorded, seen, unfronted
from ws101.cause import RuledOut, Unknown
from ws101.causes.route_not_websocket import judge
from ws101.terms import Certainty

PAGE = make_answer(200, "<h1>Hello</h1>")
PLAIN = {"plain-get": PAGE, "nonsense-path": make_answer(404)}
WORKS = make_answer(101)


def test_the_handshake_gets_what_a_plain_get_gets():
    assert judge(unfronted(PAGE, PLAIN)).certainty is Certainty.LIKELY


def test_a_proxy_in_front_may_have_taken_the_upgrade_away():
    assert judge(behind_nginx(PAGE, PLAIN)).certainty is Certainty.POSSIBLE
    assert judge(seen(PAGE, PLAIN)).certainty is Certainty.POSSIBLE


def test_the_server_itself_answers_so_too():
    assert judge(behind_nginx(PAGE, {**PLAIN, "direct": PAGE})).certainty is Certainty.LIKELY


def test_a_route_for_other_methods():
    assert judge(seen(recorded("tornado-405"))).certainty is Certainty.LIKELY
    assert judge(behind_nginx(recorded("tornado-405"))).certainty is Certainty.POSSIBLE


@pytest.mark.parametrize("name", ["plain-get", "version-99"])
def test_the_upgrade_counts_here(name):
    assert judge(seen(make_answer(400), {name: make_answer(426)})).experiment == name


def test_every_path_gets_the_same():
    assert judge(seen(PAGE, {**PLAIN, "nonsense-path": PAGE})).experiment == "nonsense-path"


@pytest.mark.parametrize(
    "name", ["aiohttp-no-upgrade", "starlette-404", "aiohttp-404", "uvicorn-403", "nginx-404"]
)
def test_an_answer_that_is_no_plain_routes(name):
    assert judge(seen(recorded(name), PLAIN | {"plain-get": recorded(name)})) == RuledOut(
        "the answer is not a plain route's"
    )


def test_the_path_is_served_as_a_websocket():
    assert judge(seen(PAGE, {"own-origin": WORKS})).experiment == "own-origin"
    assert judge(seen(PAGE, {"direct": WORKS})).experiment == "direct"
    assert isinstance(judge(make_evidence(make_attempt(answer=WORKS))), RuledOut)


def test_nobody_sent_a_plain_get():
    assert judge(seen(PAGE)) == Unknown("the server's routes")
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")


def test_a_page_whose_router_keeps_sockets_apart():
    plain = {"plain-get": PAGE, "nonsense-path": recorded("uvicorn-403"), "version-99": make_answer(400)}
    assert judge(seen(recorded("uvicorn-403"), plain)).certainty is Certainty.POSSIBLE


def test_werkzeug_refuses_an_upgrade_where_the_route_is_a_page():
    mismatch = recorded("werkzeug-400")
    results = {"plain-get": PAGE, "version-99": mismatch, "nonsense-path": make_answer(404)}
    assert judge(behind_nginx(mismatch, results)).certainty is Certainty.LIKELY


def test_a_page_and_a_socket_may_share_a_path_that_asks_for_a_token():
    assert isinstance(judge(seen(make_answer(401), {"plain-get": PAGE})), RuledOut)


def test_a_path_below_this_one_that_is_answered_alike_is_no_route():
    page = make_answer(404, "no such path")
    results = {
        "plain-get": page,
        "version-99": page,
        "nonsense-path": make_answer(404),
        "nonsense-below": page,
    }
    assert judge(seen(page, results)).experiment == "nonsense-below"
