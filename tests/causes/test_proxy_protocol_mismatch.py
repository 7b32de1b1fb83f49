import pytest

from causes.building import make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.recorded import BAD_HOST, seen
from ws101.attempt import Ending
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_protocol_mismatch import judge
from ws101.terms import Certainty

CLOSED = make_attempt()


@pytest.mark.parametrize("status", [101, 401, 404, 502])
def test_with_a_proxy_line_before_it_the_handshake_is_answered(status):
    ruling = judge(make_evidence(CLOSED, {"proxy-line": make_answer(status)}))
    assert ruling.certainty is Certainty.PROVEN
    assert ruling.facts[0].text == f"with a PROXY line before it: {status}"


def test_the_answers_waver():
    results = {"proxy-line": make_answer(101), "repeat": make_answer(502)}
    assert judge(make_evidence(CLOSED, results)).certainty is Certainty.POSSIBLE


def test_without_the_line_it_works_as_well_when_it_is_sent_again():
    results = {"proxy-line": make_answer(101), "repeat": make_answer(101)}
    assert isinstance(judge(make_evidence(CLOSED, results)), RuledOut)


@pytest.mark.parametrize("status", [400, 405, 501])
def test_the_line_is_refused_as_a_request(status):
    ruling = judge(make_evidence(make_attempt(ending=Ending.SILENT), {"proxy-line": make_answer(status)}))
    assert ruling == RuledOut("a PROXY line before it does not help", "proxy-line")


def test_the_answer_is_the_same_with_the_line():
    refusal = make_answer(403)
    assert isinstance(judge(make_evidence(make_attempt(answer=refusal), {"proxy-line": refusal})), RuledOut)


def test_an_answer_came_without_a_line():
    assert judge(seen(BAD_HOST)) == RuledOut("an answer came without a PROXY line")


def test_nobody_sent_a_line():
    assert judge(make_evidence(CLOSED)) == Unknown("the listener's configuration")


def test_a_working_handshake():
    assert isinstance(judge(make_evidence(make_attempt(answer=make_answer(101)))), RuledOut)


def test_a_hop_in_front_may_send_the_line_unasked():
    same = dict.fromkeys(("plain-get", "nonsense-path"), BAD_HOST)
    ruling = judge(seen(BAD_HOST, same))
    assert (ruling.certainty, ruling.remedy.patch) == (Certainty.POSSIBLE, "listen 443 ssl proxy_protocol;")


def test_a_request_that_is_malformed_itself_explains_the_refusal():
    same = dict.fromkeys(("plain-get", "nonsense-path"), BAD_HOST)
    keyless = make_sending(make_request(without=["Sec-WebSocket-Key"]))
    assert isinstance(judge(seen(BAD_HOST, same, sending=keyless)), RuledOut)


def test_a_listener_that_waits_for_the_line_answers_nothing_without_it():
    results = {"proxy-line": make_answer(404), "nonsense-path": make_answer(404)}
    assert isinstance(judge(make_evidence(CLOSED, results)), RuledOut)


def test_whatever_is_sent_is_refused_as_malformed():
    ruling = judge(seen(BAD_HOST, {"plain-get": BAD_HOST, "nonsense-path": BAD_HOST}))
    assert ruling.certainty is Certainty.POSSIBLE
    assert "proxy_protocol" in ruling.remedy.patch


def test_what_is_refused_as_malformed_is_malformed():
    sending = make_sending(make_request(("Bad Name", "x")))
    results = {"plain-get": BAD_HOST, "nonsense-path": BAD_HOST}
    assert isinstance(judge(seen(BAD_HOST, results, sending=sending)), RuledOut)


def test_a_head_that_a_shorter_token_mends_is_no_strange_line():
    bearer = make_sending(make_request(("Authorization", "Bearer opaque-1f0c")))
    results = {"plain-get": BAD_HOST, "nonsense-path": BAD_HOST, "short-token": make_answer(401)}
    assert isinstance(judge(seen(BAD_HOST, results, sending=bearer)), RuledOut)
