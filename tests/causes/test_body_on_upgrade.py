from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_evidence, make_request, make_sending
from ws101.cause import RuledOut
from ws101.causes.body_on_upgrade import judge
from ws101.terms import Certainty

WITH_BODY = make_sending(
    replace(make_request(("Content-Length", "2"), ("Content-Type", "text/plain")), body=b"{}")
)


def test_without_the_body_it_works():
    evidence = make_evidence(make_attempt(sending=WITH_BODY), {"without-body": make_answer(101)})
    ruling = judge(evidence)
    assert ruling.certainty is Certainty.PROVEN
    told = " ".join(fact.text for fact in ruling.facts)
    assert "Content-Length" in told
    assert "a body of 2 bytes" in told


def test_a_header_that_announces_one_is_possible_untried():
    sending = make_sending(make_request(("Expect", "100-continue")))
    assert (
        judge(make_evidence(make_attempt(answer=make_answer(417), sending=sending))).certainty
        is Certainty.POSSIBLE
    )


def test_it_makes_no_difference():
    evidence = make_evidence(
        make_attempt(answer=make_answer(401), sending=WITH_BODY), {"without-body": make_answer(401)}
    )
    assert judge(evidence) == RuledOut(
        "without a body and its headers the answer is the same", "without-body"
    )


def test_a_request_without_a_body_is_innocent():
    assert isinstance(judge(make_evidence(make_attempt(answer=make_answer(400)))), RuledOut)


def test_damage_that_gives_the_clients_status():
    evidence = make_evidence(make_attempt(answer=make_answer(101)), {"with-body": make_answer(400)}, saw=400)
    assert judge(evidence).certainty is Certainty.POSSIBLE
