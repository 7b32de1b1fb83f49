from causes.building import make_answer, make_attempt, make_evidence, make_refusal, make_request, make_sending
from ws101.cause import RuledOut
from ws101.causes.http_version_too_old import judge
from ws101.signature import Says
from ws101.terms import Certainty

OLD = make_sending(make_request(version="HTTP/1.0"))


def test_http_1_1_mends_it():
    ruling = judge(
        make_evidence(make_attempt(answer=make_answer(505), sending=OLD), {"http-1.1": make_answer(101)})
    )
    assert ruling.certainty is Certainty.PROVEN
    assert "HTTP/1.0" in ruling.facts[0].text


def test_a_server_that_closed_and_now_asks_for_credentials():
    evidence = make_evidence(make_attempt(sending=OLD), {"http-1.1": make_answer(401)})
    assert judge(evidence).certainty is Certainty.PROVEN


def test_the_refusal_says_so():
    evidence = make_evidence(make_attempt(answer=make_refusal(400, Says.HTTP_VERSION), sending=OLD))
    assert judge(evidence).certainty is Certainty.LIKELY


def test_http_1_1_is_innocent_even_where_a_proxy_speaks_1_0():
    assert isinstance(
        judge(make_evidence(make_attempt(answer=make_refusal(426, Says.HTTP_VERSION)))), RuledOut
    )


def test_http_2_is_another_cause():
    sending = make_sending(http2=True)
    evidence = make_evidence(
        make_attempt(answer=make_answer(400), sending=sending), {"http-1.1": make_answer(101)}
    )
    assert isinstance(judge(evidence), RuledOut)


def test_damage_that_gives_the_clients_status():
    results = {"http-1.0": make_answer(426)}
    assert (
        judge(make_evidence(make_attempt(answer=make_answer(101)), results, saw=426)).certainty
        is Certainty.POSSIBLE
    )
