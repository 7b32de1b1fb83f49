from causes.building import make_answer, make_attempt, make_evidence, make_refusal, make_request, make_sending
from ws101.attempt import Aftermath
from ws101.cause import RuledOut, Unknown
from ws101.causes.subprotocol_mismatch import judge
from ws101.signature import Says
from ws101.terms import Certainty

FIELD = "Sec-WebSocket-Protocol"
CHAT = make_sending(make_request((FIELD, "chat, superchat")))


def test_without_the_offer_it_works():
    evidence = make_evidence(
        make_attempt(answer=make_answer(400), sending=CHAT), {"without-subprotocol": make_answer(101)}
    )
    ruling = judge(evidence)
    assert ruling.certainty is Certainty.PROVEN
    assert ruling.facts[0].text == "the client offers chat, superchat"


def test_the_refusal_says_so():
    refusal = make_refusal(400, Says.SUBPROTOCOL)
    assert judge(make_evidence(make_attempt(answer=refusal, sending=CHAT))).certainty is Certainty.LIKELY
    ruling = judge(make_evidence(make_attempt(answer=refusal)))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[0].text == "none was offered"


def test_a_101_that_names_one_that_was_not_offered():
    baseline = make_attempt(answer=make_answer(101, headers={FIELD: "Chat"}), sending=CHAT)
    ruling = judge(make_evidence(baseline))
    assert ruling.certainty is Certainty.LIKELY
    assert "not offered" in ruling.facts[1].text


def test_a_101_that_names_none_although_offered():
    ruling = judge(make_evidence(make_attempt(answer=make_answer(101), sending=CHAT)))
    assert ruling.certainty is Certainty.LIKELY
    assert "browsers" in ruling.facts[1].text


def test_a_token_in_the_offer_is_not_told():
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"
    baseline = make_attempt(
        answer=make_answer(101), sending=make_sending(make_request((FIELD, f"bearer, {token}")))
    )
    assert token not in " ".join(fact.text for fact in judge(make_evidence(baseline)).facts)


def test_a_101_that_agrees_is_innocent():
    chosen = make_attempt(answer=make_answer(101, headers={FIELD: "chat"}), sending=CHAT)
    assert isinstance(judge(make_evidence(chosen)), RuledOut)
    assert isinstance(judge(make_evidence(make_attempt(answer=make_answer(101)))), RuledOut)


def test_no_difference_clears_it_and_less_says_nothing():
    baseline = make_attempt(answer=make_answer(400), sending=CHAT)
    assert isinstance(judge(make_evidence(baseline, {"without-subprotocol": make_answer(400)})), RuledOut)
    assert isinstance(judge(make_evidence(baseline)), Unknown)
    assert isinstance(judge(make_evidence(make_attempt(answer=make_answer(400)))), RuledOut)


def test_damage_that_gives_the_clients_status():
    results = {"foreign-subprotocol": make_answer(400)}
    ruling = judge(make_evidence(make_attempt(answer=make_answer(101)), results, saw=400))
    assert ruling.certainty is Certainty.POSSIBLE


def test_a_403_without_a_reason_may_demand_a_subprotocol_that_was_not_offered():
    sending = make_sending(make_request(("Sec-WebSocket-Protocol", "other")))
    refusal = make_answer(403)
    evidence = make_evidence(make_attempt(answer=refusal, sending=sending), {"without-subprotocol": refusal})
    assert isinstance(judge(evidence), Unknown)


def test_a_close_frame_that_names_the_subprotocol():
    end = Aftermath(0.3, 0.01, 4406, "Subprotocol not acceptable")  # graphql-ws 6.3
    ruling = judge(make_evidence(make_attempt(answer=make_answer(101), aftermath=end)))
    assert ruling.certainty is Certainty.LIKELY
    assert [fact.text for fact in ruling.facts] == [
        "none was offered",
        "closed with 4406 after the 101, and the reason “Subprotocol not acceptable”",
    ]
    other = Aftermath(0.3, 0.01, 4401, "Unauthorized")
    assert isinstance(judge(make_evidence(make_attempt(answer=make_answer(101), aftermath=other))), RuledOut)
