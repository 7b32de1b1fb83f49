from causes.building import make_answer, make_attempt, make_evidence, make_sending
from ws101.cause import RuledOut
from ws101.causes.upgrade_sent_over_http2 import judge
from ws101.terms import Certainty

FRAMES = make_sending(http2=True)


def test_http_1_1_mends_it():
    evidence = make_evidence(
        make_attempt(answer=make_answer(400), sending=FRAMES), {"http-1.1": make_answer(101)}
    )
    assert judge(evidence).certainty is Certainty.PROVEN


def test_the_same_status_over_both_is_another_obstacle():
    # HTTP/2 has no reason phrase, so the two answers never are quite alike.
    evidence = make_evidence(
        make_attempt(answer=make_answer(401), sending=FRAMES),
        {"http-1.1": make_answer(401, headers={"Vary": "x"})},
    )
    ruling = judge(evidence)
    assert (ruling.certainty, ruling.latent) == (Certainty.POSSIBLE, True)


def test_untried_it_is_likely():
    assert (
        judge(make_evidence(make_attempt(answer=make_answer(404), sending=FRAMES))).certainty
        is Certainty.LIKELY
    )


def test_http_1_1_is_innocent():
    assert isinstance(judge(make_evidence(make_attempt(answer=make_answer(400)))), RuledOut)


def test_damage_that_gives_the_clients_status():
    works = make_attempt(answer=make_answer(101))
    assert judge(make_evidence(works, {"http-2": make_answer(400)}, saw=400)).certainty is Certainty.POSSIBLE
    assert isinstance(judge(make_evidence(works, {"http-2": make_answer(404)}, saw=400)), RuledOut)
