import pytest

from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import behind_nginx, recorded, seen, unfronted
from ws101.cause import RuledOut, Unknown
from ws101.causes.server_lacks_websocket_support import judge
from ws101.terms import Certainty

WITHOUT_LIBRARY = recorded("uvicorn 0.54.0 --ws none, Starlette 1.10.0: a good handshake")
WITHOUT_WS = recorded("Express 5.3.0 without ws: a good handshake")
WORKS = make_answer(101)


def alike(answer):
    return {"plain-get": answer, "version-99": answer}


def test_a_framework_that_saw_no_upgrade_and_no_proxy_in_front():
    ruling = judge(unfronted(WITHOUT_LIBRARY, alike(WITHOUT_LIBRARY)))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.remedy.command == "pip install 'uvicorn[standard]'"


def test_the_library_to_install_is_named_only_where_it_is_known():
    assert judge(seen(WITHOUT_WS, alike(WITHOUT_WS))).remedy is None


def test_a_wsgi_server():
    page = make_answer(200, "hello", {"Server": "gunicorn"})
    assert judge(unfronted(page, alike(page))).certainty is Certainty.LIKELY


def test_a_proxy_in_front_may_have_taken_the_upgrade_away():
    assert judge(behind_nginx(WITHOUT_LIBRARY, alike(WITHOUT_LIBRARY))).certainty is Certainty.POSSIBLE
    assert judge(seen(WITHOUT_LIBRARY, alike(WITHOUT_LIBRARY))).certainty is Certainty.POSSIBLE


def test_the_server_itself_answers_so_too():
    direct = {**alike(WITHOUT_LIBRARY), "direct": WITHOUT_LIBRARY}
    assert judge(behind_nginx(WITHOUT_LIBRARY, direct)).certainty is Certainty.LIKELY


@pytest.mark.parametrize("name", ["plain-get", "version-99"])
def test_the_upgrade_changes_the_answer(name):
    assert judge(seen(WITHOUT_WS, {name: make_answer(426)})).experiment == name


@pytest.mark.parametrize("name", ["aiohttp-no-upgrade", "aiohttp-404", "nginx-404"])
def test_an_answer_of_something_that_has_websockets_or_is_a_proxys(name):
    assert isinstance(judge(seen(recorded(name), alike(recorded(name)))), RuledOut)


def test_the_server_upgrades():
    assert judge(seen(WITHOUT_WS, {"own-origin": WORKS})).experiment == "own-origin"
    assert judge(seen(WITHOUT_WS, {"direct": WORKS})).experiment == "direct"
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("the server upgrades")


def test_nothing_tells_whether_the_upgrade_arrived():
    refusal = make_answer(403)
    assert isinstance(judge(seen(refusal, alike(refusal))), Unknown)
    assert isinstance(judge(seen(recorded("gorilla-400"))), Unknown)
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")


def test_a_refusal_of_everyone_says_nothing_of_websockets():
    refusal = recorded("werkzeug-401")
    assert isinstance(judge(behind_nginx(refusal, {**alike(refusal), "direct": refusal})), Unknown)


def test_the_server_itself_tells_upgrades_from_plain_requests():
    direct = {**alike(WITHOUT_WS), "direct": make_answer(401), "direct-plain-get": WITHOUT_WS}
    assert judge(behind_nginx(WITHOUT_WS, direct)).experiment == "direct-plain-get"


def test_without_a_proxy_a_page_for_every_path_is_the_servers():
    page = make_answer(200, "<html>hello</html>")
    assert judge(seen(page, alike(page))).behind == "proxy-serves-fallback-page"
    assert judge(behind_nginx(page, alike(page))).behind == ""
