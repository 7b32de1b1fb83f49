import pytest

from causes.building import make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.recorded import recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.request_header_too_large import judge
from ws101.terms import Certainty

TOO_LARGE = recorded("nginx-header-too-large")
LONG = make_sending(make_request(("Authorization", f"Bearer {'x' * 9000}")))
SMALLER = {"short-token": make_answer(401)}


def test_the_refusal_says_so_and_a_smaller_head_is_answered_otherwise():
    ruling = judge(seen(TOO_LARGE, SMALLER, sending=LONG))
    assert ruling.certainty is Certainty.PROVEN
    assert ruling.facts[1].source == "experiment short-token"


@pytest.mark.parametrize(
    "name",
    ["nginx-header-too-large", "nginx-414", "aiohttp-too-large", "hypercorn-431", "sanic-413", "go-431"],
)
def test_the_refusal_says_so(name):
    assert judge(seen(recorded(name), sending=LONG)).certainty is Certainty.LIKELY


def test_a_status_that_means_nothing_else():
    assert (
        judge(seen(recorded("ws 8.23.0 on http of Node.js 20: a field of 70 kB"))).certainty
        is Certainty.LIKELY
    )


@pytest.mark.parametrize("status", [400, 413, 500])
def test_a_smaller_head_is_answered_otherwise(status):
    assert judge(seen(make_answer(status), SMALLER, sending=LONG)).certainty is Certainty.LIKELY


def test_a_hop_that_closes_on_a_large_head_and_answers_a_smaller_one():
    assert judge(make_evidence(make_attempt(sending=LONG), SMALLER)).certainty is Certainty.LIKELY


@pytest.mark.parametrize("status", [401, 403, 404, 426])
def test_a_short_token_is_judged_as_a_token_where_the_long_one_was_read(status):
    assert isinstance(judge(seen(make_answer(status), SMALLER, sending=LONG)), RuledOut)


def test_nobody_sent_a_smaller_one():
    assert judge(seen(make_answer(400), sending=LONG)) == Unknown("the log of the hop that refuses")


def test_a_small_head():
    assert isinstance(judge(seen(make_answer(400))), RuledOut)


def test_nobody_looked():
    assert judge(make_evidence(None)) == Unknown("an answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut(
        "a head of this size passes"
    )


def test_damage_that_gives_the_clients_status():
    evidence = make_evidence(
        make_attempt(answer=make_answer(101)), {"large-header": make_answer(431)}, saw=431
    )
    assert judge(evidence).certainty is Certainty.POSSIBLE
