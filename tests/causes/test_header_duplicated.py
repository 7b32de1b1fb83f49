from causes.building import HOST, KEY, make_answer, make_attempt, make_evidence, make_request, make_sending
from ws101.cause import RuledOut
from ws101.causes.header_duplicated import judge
from ws101.terms import Certainty

TWO_HOSTS = make_sending(make_request(("Host", HOST), ("Host", HOST)))


def test_each_field_once_mends_it():
    evidence = make_evidence(
        make_attempt(answer=make_answer(400), sending=TWO_HOSTS), {"each-field-once": make_answer(101)}
    )
    ruling = judge(evidence)
    assert ruling.certainty is Certainty.PROVEN
    assert ruling.facts[0].text.startswith("Host stands there 2 times")


def test_two_lines_of_connection_that_the_server_does_not_join():
    sending = make_sending(make_request(("Connection", "keep-alive"), ("Connection", "Upgrade")))
    results = {"each-field-once": make_answer(400), "right-connection": make_answer(101)}
    ruling = judge(make_evidence(make_attempt(answer=make_answer(400), sending=sending), results))
    assert ruling.certainty is Certainty.PROVEN


def test_a_repeated_list_that_changes_nothing_is_innocent():
    sending = make_sending(make_request(("Sec-WebSocket-Protocol", "a"), ("Sec-WebSocket-Protocol", "b")))
    results = {"each-field-once": make_answer(400)}
    assert isinstance(
        judge(make_evidence(make_attempt(answer=make_answer(400), sending=sending), results)), RuledOut
    )


def test_nothing_tried_is_possible():
    ruling = judge(make_evidence(make_attempt(answer=make_answer(400), sending=TWO_HOSTS)))
    assert ruling.certainty is Certainty.POSSIBLE


def test_a_second_key_is_another_fault():
    sending = make_sending(make_request(("Sec-WebSocket-Key", KEY), ("Sec-WebSocket-Key", KEY)))
    results = {"each-field-once": make_answer(101)}
    assert isinstance(
        judge(make_evidence(make_attempt(answer=make_answer(400), sending=sending), results)), RuledOut
    )


def test_each_field_once_is_innocent():
    assert isinstance(judge(make_evidence(make_attempt(answer=make_answer(400)))), RuledOut)


def test_damage_that_gives_the_clients_status():
    evidence = make_evidence(make_attempt(answer=make_answer(101)), {"host-twice": make_answer(400)}, saw=400)
    assert judge(evidence).certainty is Certainty.POSSIBLE
