from causes.building import make_answer, make_attempt, make_evidence, make_refusal, make_request, make_sending
from ws101.cause import RuledOut
from ws101.causes.websocket_version_unsupported import judge
from ws101.report import Fact
from ws101.signature import Says
from ws101.terms import Certainty

FIELD = "Sec-WebSocket-Version"
DRAFT = make_sending(make_request((FIELD, "8")))


def test_version_13_alone_mends_it():
    refusal = make_answer(426, headers={FIELD: "13"})
    ruling = judge(
        make_evidence(make_attempt(answer=refusal, sending=DRAFT), {"right-version": make_answer(101)})
    )
    assert ruling.certainty is Certainty.PROVEN
    assert Fact("the server speaks version 13", FIELD) in ruling.facts


def test_the_refusal_says_so():
    evidence = make_evidence(make_attempt(answer=make_refusal(400, Says.VERSION), sending=DRAFT))
    assert judge(evidence).certainty is Certainty.LIKELY


def test_version_13_is_innocent():
    assert isinstance(judge(make_evidence(make_attempt(answer=make_refusal(400, Says.VERSION)))), RuledOut)


def test_version_13_on_two_lines_is_another_fault():
    sending = make_sending(make_request((FIELD, "13"), (FIELD, "13")))
    evidence = make_evidence(
        make_attempt(answer=make_answer(400), sending=sending), {"right-version": make_answer(101)}
    )
    assert isinstance(judge(evidence), RuledOut)


def test_damage_that_gives_the_clients_status():
    results = {"version-8": make_answer(101), "version-99": make_answer(426)}
    ruling = judge(make_evidence(make_attempt(answer=make_answer(101)), results, saw=426))
    assert [fact.source for fact in ruling.facts] == ["experiment version-99"]
