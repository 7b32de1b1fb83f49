from causes.building import make_answer, make_attempt, make_evidence, make_refusal, make_request, make_sending
from ws101.cause import RuledOut
from ws101.causes.connection_header_lacks_upgrade import judge
from ws101.signature import Says
from ws101.terms import Certainty

KEEP_ALIVE = make_sending(make_request(("Connection", "keep-alive")))


def test_the_right_field_alone_mends_it():
    results = {"right-connection": make_answer(101)}
    ruling = judge(make_evidence(make_attempt(answer=make_answer(400), sending=KEEP_ALIVE), results))
    assert ruling.certainty is Certainty.PROVEN
    assert "Connection does not name Upgrade" in ruling.facts[0].text


def test_the_refusal_says_so():
    evidence = make_evidence(make_attempt(answer=make_refusal(400, Says.NO_CONNECTION), sending=KEEP_ALIVE))
    assert judge(evidence).certainty is Certainty.LIKELY


def test_a_list_that_names_upgrade_is_innocent():
    sending = make_sending(make_request(("Connection", "keep-alive, Upgrade")))
    evidence = make_evidence(make_attempt(answer=make_refusal(400, Says.NO_CONNECTION), sending=sending))
    assert isinstance(judge(evidence), RuledOut)


def test_two_lines_that_name_upgrade_are_another_fault():
    sending = make_sending(make_request(("Connection", "Upgrade"), ("Connection", "keep-alive")))
    results = {"right-connection": make_answer(101)}
    assert isinstance(
        judge(make_evidence(make_attempt(answer=make_answer(404), sending=sending), results)), RuledOut
    )


def test_damage_that_gives_the_clients_status():
    results = {"without-connection": make_answer(426), "connection-keep-alive": make_answer(400)}
    ruling = judge(make_evidence(make_attempt(answer=make_answer(101)), results, saw=400))
    assert [fact.source for fact in ruling.facts] == ["experiment connection-keep-alive"]
