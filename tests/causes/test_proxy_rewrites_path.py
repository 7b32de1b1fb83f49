import pytest

from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import behind_nginx, recorded, seen
from causes.witnessed import witnessed
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_rewrites_path import judge
from ws101.terms import Certainty

NOT_FOUND = recorded("aiohttp-404")
WORKS = make_answer(101)


@pytest.mark.parametrize(
    "body",
    [
        "<pre>Cannot GET /socket</pre>",
        '{"status":404,"path":"/api/ws"}',
        "No route found for path 'api/ws'.",
        "\u26a0\ufe0f 404 \u2014 Not Found\n==================\nRequested URL /moved not found\n",
        "<pre>Cannot GET /</pre>",
    ],
)
def test_the_server_names_a_path_that_was_not_asked(body):
    ruling = judge(behind_nginx(make_answer(404, body)))
    assert ruling.certainty is Certainty.LIKELY
    assert "/ws was asked" in ruling.facts[0].text


def test_without_a_proxy_in_sight_a_router_inside_may_have_cut_it():
    refusal = make_answer(404, "<pre>Cannot GET /socket</pre>")
    assert judge(seen(refusal)).certainty is Certainty.POSSIBLE


def test_the_server_names_the_path_that_was_asked():
    assert isinstance(judge(behind_nginx(make_answer(404, "<pre>Cannot GET /ws</pre>"))), RuledOut)
    assert isinstance(judge(behind_nginx(make_answer(500, "No route found for path 'ws'."))), RuledOut)


def test_the_server_itself_answers_an_unknown_path_so():
    direct = {"direct": WORKS, "direct-nonsense-path": NOT_FOUND, "direct-plain-get": make_answer(400)}
    assert judge(behind_nginx(NOT_FOUND, direct)).certainty is Certainty.POSSIBLE


def test_an_unknown_path_gets_the_same_answer():
    ruling = judge(behind_nginx(NOT_FOUND, {"nonsense-path": NOT_FOUND}))
    assert ruling.certainty is Certainty.POSSIBLE
    assert isinstance(judge(seen(NOT_FOUND, {"nonsense-path": NOT_FOUND})), Unknown)


def test_the_server_itself_refuses_so():
    assert judge(behind_nginx(NOT_FOUND, {"direct": NOT_FOUND})).experiment == "direct"


def test_another_change_shows_that_the_path_is_served():
    assert judge(behind_nginx(NOT_FOUND, {"own-origin": WORKS})).experiment == "own-origin"


def test_the_server_was_not_heard():
    assert isinstance(judge(seen(recorded("nginx-404"))), Unknown)
    assert isinstance(judge(make_evidence(None)), Unknown)


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("the handshake works")


def test_the_server_itself_answers_nothing_so():
    direct = {"direct": WORKS, "direct-nonsense-path": make_answer(404), "direct-plain-get": make_answer(426)}
    ruling = judge(behind_nginx(make_answer(418, "another application"), direct))
    assert ruling.certainty is Certainty.POSSIBLE
    assert ruling.facts[1].source == "experiments direct-nonsense-path, direct-plain-get"


def test_the_way_of_the_path_is_known_by_a_path_below_it():
    results = {"nonsense-path": recorded("nginx-404"), "nonsense-below": NOT_FOUND}
    ruling = judge(behind_nginx(NOT_FOUND, results))
    assert ruling.certainty is Certainty.POSSIBLE
    assert ruling.facts[0].source == "experiment nonsense-below"


def test_nothing_that_was_tried_at_the_server_itself_is_answered_so():
    home = make_answer(200, "home")
    direct = {"direct": WORKS, "direct-nonsense-path": NOT_FOUND, "direct-plain-get": make_answer(400)}
    assert judge(seen(home, direct)).certainty is Certainty.POSSIBLE


def test_the_servers_own_record_has_another_path():
    ruling = judge(witnessed("wrong-path", target="//ws", status=404))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[0].text == "the target was sent as `/ws`, and the server saw `//ws`"


def test_the_servers_own_record_has_the_path_that_was_asked():
    assert isinstance(judge(witnessed("wrong-path", status=404)), RuledOut)
