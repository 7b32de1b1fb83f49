from causes.building import make_answer, make_attempt, make_evidence
from ws101.cause import RuledOut, Unknown
from ws101.causes.method_not_get import judge


def test_our_own_get_is_innocent():
    assert judge(make_evidence(make_attempt(answer=make_answer(405)))) == RuledOut("our handshake is a GET")
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut("the handshake works")


def test_the_method_of_a_client_that_fails_where_ours_works_is_in_its_log():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)), saw=405)) == Unknown(
        "the failing client's log"
    )
