import pytest

from causes.building import make_answer, make_attempt, make_evidence
from causes.configuring import LINES, PASS, configured, only, whole
from causes.recorded import behind_nginx, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_serves_fallback_page import inspect, judge
from ws101.terms import Certainty

INDEX = make_answer(200, "<!doctype html><div id=app>", {"Content-Type": "text/html", "ETag": '"66f0-1a2"'})
NOT_FOUND = make_answer(404)


def test_every_path_gets_the_same_page():
    assert judge(behind_nginx(INDEX, {"nonsense-path": INDEX})).certainty is Certainty.LIKELY


def test_every_path_gets_the_same_text():
    text = make_answer(200, "ok", {"Content-Type": "text/plain"})
    assert judge(behind_nginx(text, {"nonsense-path": text})).certainty is Certainty.POSSIBLE


def test_an_error_page_may_stand_in_for_a_refusal():
    assert judge(behind_nginx(INDEX, {"nonsense-path": NOT_FOUND})).certainty is Certainty.POSSIBLE


def test_a_page_of_the_applications_own():
    assert judge(seen(INDEX, {"nonsense-path": NOT_FOUND})).experiment == "nonsense-path"


def test_nobody_asked_for_another_path():
    assert isinstance(judge(behind_nginx(INDEX)), Unknown)


def test_another_status():
    assert isinstance(judge(behind_nginx(NOT_FOUND, {"nonsense-path": NOT_FOUND})), RuledOut)


def test_nothing_came_back():
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut("the handshake works")


def test_a_page_that_does_not_say_its_type():
    page = make_answer(200, "<!DOCTYPE html><div id=app>", {"Last-Modified": "Mon, 23 Nov 2026 05:00:00 GMT"})
    assert judge(behind_nginx(page, {"nonsense-path": page})).certainty is Certainty.LIKELY


def test_a_program_may_answer_every_plain_request_with_a_page():
    page = make_answer(200, "<html>hello</html>", {"Content-Type": "text/html"})
    assert judge(behind_nginx(page, {"nonsense-path": page})).certainty is Certainty.POSSIBLE


def test_a_page_that_a_known_server_wrote_is_no_proxys():
    words = "<!--\n Copyright (c) Streamlit Inc. (2018-2022)\n-->\n<!doctype html>"
    page = make_answer(200, words, {"Content-Type": "text/html", "ETag": '"66f0-1a2"'})
    ruling = judge(behind_nginx(page, {"nonsense-path": page}))
    assert ruling == RuledOut("the page is streamlit's own: the server was asked")


@pytest.mark.parametrize(
    ("challenge", "direct", "status", "supposed"),
    [("", None, 403, True), ("Bearer", None, 401, False), ("", 403, 403, False), ("", 404, 403, True)],
)
def test_the_refusal_behind_a_page_is_seen_by_its_challenge_or_directly(challenge, direct, status, supposed):
    inside = f"error_page 403 401 =200 /i.html;\nlocation / {{\n{LINES}proxy_intercept_errors on;\n{PASS}\n}}"
    fields = {"WWW-Authenticate": challenge} if challenge else {}
    attempts = {"direct": make_answer(direct)} if direct else {}
    evidence = configured(seen(make_answer(200, headers=fields), attempts), whole(inside))
    given = inspect(evidence, only(evidence)).given
    assert (given.status, given.supposed) == (status, supposed)
