from causes.building import make_answer, make_attempt, make_evidence, make_refusal, make_request, make_sending
from ws101.cause import RuledOut, Unknown
from ws101.causes.extension_mismatch import judge
from ws101.signature import Says
from ws101.terms import Certainty

FIELD = "Sec-WebSocket-Extensions"
DEFLATE = make_sending(make_request((FIELD, "permessage-deflate; client_max_window_bits=99")))


def test_a_101_that_names_one_that_was_not_offered():
    ruling = judge(
        make_evidence(make_attempt(answer=make_answer(101, headers={FIELD: "permessage-deflate"})))
    )
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[0].text == "the client offers no extension"


def test_without_the_offer_it_works():
    results = {"without-extensions": make_answer(101)}
    ruling = judge(make_evidence(make_attempt(answer=make_answer(400), sending=DEFLATE), results))
    assert ruling.certainty is Certainty.PROVEN


def test_the_refusal_says_so():
    evidence = make_evidence(make_attempt(answer=make_refusal(400, Says.EXTENSION), sending=DEFLATE))
    assert judge(evidence).certainty is Certainty.LIKELY


def test_an_empty_offer_is_another_cause():
    sending = make_sending(make_request((FIELD, "")))
    results = {"without-extensions": make_answer(101)}
    assert isinstance(
        judge(make_evidence(make_attempt(answer=make_answer(400), sending=sending), results)), RuledOut
    )


def test_agreement_and_no_difference_are_innocent():
    agreed = make_attempt(answer=make_answer(101, headers={FIELD: "permessage-deflate"}), sending=DEFLATE)
    assert isinstance(judge(make_evidence(agreed)), RuledOut)
    assert isinstance(judge(make_evidence(make_attempt(answer=make_answer(400)))), RuledOut)
    results = {"without-extensions": make_answer(400)}
    assert isinstance(
        judge(make_evidence(make_attempt(answer=make_answer(400), sending=DEFLATE), results)), RuledOut
    )


def test_nobody_looked():
    assert isinstance(judge(make_evidence(make_attempt(answer=make_answer(400), sending=DEFLATE))), Unknown)
    assert isinstance(judge(make_evidence(make_attempt(answer=make_answer(101)), saw=400)), Unknown)
