import pytest

from causes.building import (
    KEY,
    make_answer,
    make_attempt,
    make_evidence,
    make_refusal,
    make_request,
    make_sending,
)
from ws101.cause import RuledOut
from ws101.causes.websocket_key_invalid import judge
from ws101.signature import Says
from ws101.terms import Certainty

FIELD = "Sec-WebSocket-Key"


@pytest.mark.parametrize(
    "request_",
    [
        make_request(without=[FIELD]),
        make_request((FIELD, "SGVsbG8sIHdvcmxkIQ==")),
        make_request((FIELD, KEY), (FIELD, KEY)),
    ],
    ids=["missing", "13 bytes", "twice"],
)
def test_a_right_key_alone_mends_it(request_):
    baseline = make_attempt(answer=make_answer(400), sending=make_sending(request_))
    ruling = judge(make_evidence(baseline, {"right-key": make_answer(101)}))
    assert ruling.certainty is Certainty.PROVEN
    assert FIELD in ruling.facts[0].text


def test_the_refusal_says_so():
    sending = make_sending(make_request((FIELD, "c2hvcnQ=")))
    evidence = make_evidence(make_attempt(answer=make_refusal(400, Says.KEY_INVALID), sending=sending))
    assert judge(evidence).certainty is Certainty.LIKELY


def test_a_right_key_is_innocent_even_where_a_proxy_lost_it():
    evidence = make_evidence(make_attempt(answer=make_refusal(400, Says.KEY_MISSING)))
    assert isinstance(judge(evidence), RuledOut)


def test_damage_that_gives_the_clients_status():
    results = {"short-key": make_answer(400), "without-key": make_answer(400)}
    works = make_attempt(answer=make_answer(101))
    assert judge(make_evidence(works, results, saw=400)).certainty is Certainty.POSSIBLE
    assert isinstance(judge(make_evidence(works, results, saw=426)), RuledOut)
