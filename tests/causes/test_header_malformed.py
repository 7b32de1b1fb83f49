import pytest

from causes.building import make_answer, make_attempt, make_evidence, make_refusal, make_request, make_sending
from ws101.cause import RuledOut
from ws101.causes.header_malformed import judge
from ws101.signature import Says
from ws101.terms import Certainty

BLANK = make_sending(make_request(("X-App ", "1")))


@pytest.mark.parametrize(
    ("field", "repair"),
    [
        (("X-App ", "1"), "without-x-app "),
        (("X-App", "a\x01b"), "without-x-app"),
        (("X-App", "a\r\n b"), "without-x-app"),
        (("Sec-WebSocket-Extensions", ""), "without-extensions"),
        (("Sec-WebSocket-Protocol", ""), "without-subprotocol"),
        (("Sec-WebSocket-Protocol", "chat, chat"), "without-subprotocol"),
    ],
)
def test_the_handshake_without_the_malformed_field(field, repair):
    baseline = make_attempt(answer=make_answer(400), sending=make_sending(make_request(field)))
    ruling = judge(make_evidence(baseline, {repair: make_answer(101)}))
    assert ruling.certainty is Certainty.PROVEN
    assert field[0] in ruling.facts[0].text


def test_minimal_proves_it_when_it_leaves_out_nothing_else():
    evidence = make_evidence(
        make_attempt(answer=make_answer(400), sending=BLANK), {"minimal": make_answer(101)}
    )
    assert judge(evidence).certainty is Certainty.PROVEN


def test_minimal_does_not_when_other_fields_went_with_it():
    sending = make_sending(make_request(("X-App ", "1"), ("X-Other", "1")))
    evidence = make_evidence(
        make_attempt(answer=make_answer(400), sending=sending), {"minimal": make_answer(101)}
    )
    assert judge(evidence).certainty is Certainty.LIKELY


def test_the_refusal_says_so():
    evidence = make_evidence(make_attempt(answer=make_refusal(400, Says.MALFORMED), sending=BLANK))
    assert judge(evidence).certainty is Certainty.LIKELY


def test_a_well_formed_field_without_which_the_handshake_works():
    sending = make_sending(make_request(("X-App", "1")))
    evidence = make_evidence(
        make_attempt(answer=make_answer(400), sending=sending), {"without-x-app": make_answer(101)}
    )
    ruling = judge(evidence)
    assert ruling.certainty is Certainty.PROVEN
    assert "x-app" in ruling.remedy.text


@pytest.mark.parametrize(
    "field",
    [
        ("Cookie", "a=b"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("Content-Type", "text/plain"),
        ("X-Long", "x" * 5000),
    ],
)
def test_a_well_formed_field_that_another_cause_is_about(field):
    sending = make_sending(make_request(field))
    results = {f"without-{field[0].lower()}": make_answer(101)}
    assert isinstance(
        judge(make_evidence(make_attempt(answer=make_answer(400), sending=sending), results)), RuledOut
    )


def test_a_well_formed_request_is_innocent():
    assert isinstance(judge(make_evidence(make_attempt(answer=make_refusal(400, Says.MALFORMED)))), RuledOut)


def test_damage_that_gives_the_clients_status():
    results = {"malformed-field": make_answer(400), "empty-extensions": make_answer(101)}
    ruling = judge(make_evidence(make_attempt(answer=make_answer(101)), results, saw=400))
    assert [fact.source for fact in ruling.facts] == ["experiment malformed-field"]
