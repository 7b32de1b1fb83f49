from causes.building import make_answer, make_attempt, make_evidence, make_refusal, make_request, make_sending
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported
from ws101.causes.upgrade_header_missing import judge
from ws101.signature import Says
from ws101.terms import Certainty

BARE = make_sending(make_request(without=["Upgrade"]))
PLAIN = make_sending(make_request(without=["Upgrade", "Connection"]))


def test_the_right_field_alone_mends_it():
    evidence = make_evidence(
        make_attempt(answer=make_answer(426), sending=BARE), {"right-upgrade": make_answer(101)}
    )
    ruling = judge(evidence)
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN
    assert [fact.source for fact in ruling.facts] == ["the request as sent", "experiment right-upgrade"]
    assert "Upgrade is missing" in ruling.facts[0].text


def test_a_move_to_the_next_obstacle_proves_it_too():
    evidence = make_evidence(
        make_attempt(answer=make_answer(404), sending=BARE), {"right-upgrade": make_answer(401)}
    )
    assert judge(evidence).certainty is Certainty.PROVEN


def test_the_same_words_with_another_status_are_no_passage():
    refusal = make_refusal(400, Says.NO_UPGRADE)
    results = {"right-upgrade": make_refusal(426, Says.NO_UPGRADE)}
    assert (
        judge(make_evidence(make_attempt(answer=refusal, sending=BARE), results)).certainty
        is not Certainty.PROVEN
    )


def test_an_overload_is_no_passage():
    results = {"right-upgrade": make_answer(503)}
    ruling = judge(make_evidence(make_attempt(answer=make_answer(400), sending=BARE), results))
    assert ruling.certainty is Certainty.POSSIBLE


def test_a_flip_of_a_wavering_handshake_is_only_possible():
    results = {"repeat": make_answer(502), "right-upgrade": make_answer(101)}
    ruling = judge(make_evidence(make_attempt(answer=make_answer(400), sending=BARE), results))
    assert ruling.certainty is Certainty.POSSIBLE


def test_the_refusal_says_so():
    evidence = make_evidence(make_attempt(answer=make_refusal(426, Says.NO_UPGRADE), sending=BARE))
    assert judge(evidence).certainty is Certainty.LIKELY


def test_nothing_said_and_nothing_tried_is_possible():
    assert (
        judge(make_evidence(make_attempt(answer=make_answer(400), sending=BARE))).certainty
        is Certainty.POSSIBLE
    )


def test_without_connection_too_only_both_together_mend_it():
    results = {
        "right-upgrade": make_answer(404),
        "right-connection": make_answer(404),
        "minimal": make_answer(101),
    }
    ruling = judge(make_evidence(make_attempt(answer=make_answer(404), sending=PLAIN), results))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[-1].source == "experiment minimal"


def test_minimal_says_nothing_when_another_single_change_does_the_same():
    sending = make_sending(make_request(("X-Odd", "1"), without=["Upgrade"]))
    results = {
        "right-upgrade": make_answer(400),
        "without-x-odd": make_answer(101),
        "minimal": make_answer(101),
    }
    ruling = judge(make_evidence(make_attempt(answer=make_answer(400), sending=sending), results))
    assert (ruling.certainty, ruling.latent) == (Certainty.POSSIBLE, True)


def test_another_obstacle_stands_before_it():
    evidence = make_evidence(
        make_attempt(answer=make_answer(401), sending=BARE), {"right-upgrade": make_answer(401)}
    )
    ruling = judge(evidence)
    assert (ruling.certainty, ruling.latent) == (Certainty.POSSIBLE, True)


def test_a_right_request_is_innocent_whatever_the_refusal_says():
    ruling = judge(make_evidence(make_attempt(answer=make_refusal(426, Says.NO_UPGRADE))))
    assert ruling == RuledOut("our handshake carries it as RFC 6455 asks")


def test_a_server_that_does_not_mind_clears_it():
    assert judge(make_evidence(make_attempt(answer=make_answer(101), sending=BARE))) == RuledOut(
        "the handshake works"
    )


def test_a_request_that_was_never_sent_is_innocent():
    unsent = make_attempt(sending=BARE, layer=Layer.TCP, ending=Ending.REFUSED)
    assert isinstance(judge(make_evidence(unsent)), RuledOut)


def test_damage_that_gives_the_clients_status():
    results = {"without-upgrade": make_answer(404), "plain-get": make_answer(404)}
    works = make_attempt(answer=make_answer(101))
    assert judge(make_evidence(works, results, saw=404)).certainty is Certainty.POSSIBLE
    assert isinstance(judge(make_evidence(works, results, saw=401)), RuledOut)
