from causes.building import (
    HOST,
    make_answer,
    make_attempt,
    make_evidence,
    make_refusal,
    make_request,
    make_sending,
)
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.origin_rejected import judge
from ws101.signature import Says
from ws101.terms import Certainty, Hop

FOREIGN = make_sending(make_request(("Origin", "https://app.test")))


def test_without_origin_it_works():
    ruling = judge(
        make_evidence(
            make_attempt(answer=make_answer(403), sending=FOREIGN), {"without-origin": make_answer(101)}
        )
    )
    assert ruling.certainty is Certainty.PROVEN
    assert ruling.facts[0].text == "Origin is https://app.test"
    assert "https://app.test" in ruling.remedy.text


def test_without_origin_the_server_asks_for_credentials_next():
    evidence = make_evidence(
        make_attempt(answer=make_answer(403), sending=FOREIGN), {"without-origin": make_answer(401)}
    )
    assert judge(evidence).certainty is Certainty.PROVEN


def test_a_server_that_demands_an_origin():
    ruling = judge(make_evidence(make_attempt(answer=make_answer(403)), {"own-origin": make_answer(101)}))
    assert ruling.certainty is Certainty.PROVEN
    assert ruling.remedy.applies is Hop.CLIENT
    assert f"https://{HOST}" in ruling.remedy.text


def test_the_refusal_says_so():
    evidence = make_evidence(make_attempt(answer=make_refusal(403, Says.ORIGIN), sending=FOREIGN))
    assert judge(evidence).certainty is Certainty.LIKELY


def test_the_sites_own_origin_may_have_met_a_changed_host():
    sending = make_sending(make_request(("Origin", f"https://{HOST}")))
    evidence = make_evidence(make_attempt(answer=make_refusal(403, Says.ORIGIN), sending=sending))
    assert judge(evidence).certainty is Certainty.POSSIBLE


def test_another_refusal_of_a_guess_proves_nothing():
    evidence = make_evidence(make_attempt(answer=make_answer(401)), {"own-origin": make_answer(403)})
    assert isinstance(judge(evidence), Unknown)


def test_no_difference_clears_it_where_the_refusal_has_another_reason():
    refusal = make_refusal(400, Says.VERSION)
    evidence = make_evidence(make_attempt(answer=refusal, sending=FOREIGN), {"without-origin": refusal})
    assert judge(evidence) == RuledOut("the answer is the same without Origin", "without-origin")
    evidence = make_evidence(make_attempt(answer=refusal), {"own-origin": refusal})
    assert isinstance(judge(evidence), RuledOut)


def test_a_list_of_origins_may_hold_neither_none_nor_the_sites_own():
    same = {"without-origin": make_answer(403), "own-origin": make_answer(403)}
    evidence = make_evidence(make_attempt(answer=make_answer(403), sending=FOREIGN), same)
    assert judge(evidence).certainty is Certainty.POSSIBLE
    evidence = make_evidence(make_attempt(answer=make_answer(403)), {"own-origin": make_answer(403)})
    assert judge(evidence) == Unknown("an Origin that the server is known to allow (--origin)")


def test_verify_client_of_ws_answers_401_to_an_origin_too():
    refusal = make_refusal(401, Says.FORBIDDEN)
    evidence = make_evidence(make_attempt(answer=refusal, sending=FOREIGN), {"without-origin": refusal})
    assert judge(evidence).certainty is Certainty.POSSIBLE
    bare = make_answer(401)
    evidence = make_evidence(make_attempt(answer=bare, sending=FOREIGN), {"without-origin": bare})
    assert isinstance(judge(evidence), Unknown)


def test_damage_that_gives_the_clients_status():
    works = make_attempt(answer=make_answer(101))
    results = {"foreign-origin": make_answer(403), "null-origin": make_answer(101)}
    ruling = judge(make_evidence(works, results, saw=403))
    assert [fact.source for fact in ruling.facts] == ["experiment foreign-origin"]
    assert isinstance(judge(make_evidence(works, results, saw=400)), RuledOut)


def test_what_works_when_it_is_sent_again_was_not_refused_for_its_origin():
    results = {"repeat": make_answer(101), "own-origin": make_answer(101)}
    assert not isinstance(judge(make_evidence(make_attempt(answer=make_answer(404)), results)), Supported)
