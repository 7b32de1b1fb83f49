from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import BAD_HOST
from ws101.attempt import Aftermath
from ws101.cause import RuledOut, Unknown
from ws101.causes.idle_timeout import judge
from ws101.terms import Certainty


def after(aftermath, results=None):
    return make_evidence(make_attempt(answer=make_answer(101), aftermath=aftermath), results)


def test_a_silent_socket_that_is_cut():
    ruling = judge(after(Aftermath(60.1, 60.0)))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[0].text == "cut after 60.0 s of silence"


def test_a_short_silence_is_a_time_out_where_a_proxy_stands():
    assert judge(after(Aftermath(1.1, 1.0))).certainty is Certainty.POSSIBLE
    assert judge(after(Aftermath(1.1, 1.0), {"malformed-host": BAD_HOST})).certainty is Certainty.LIKELY


def test_a_close_frame_may_have_other_reasons():
    assert judge(after(Aftermath(60.1, 60.0, 1001))).certainty is Certainty.POSSIBLE


def test_a_socket_that_is_closed_at_once():
    assert isinstance(judge(after(Aftermath(0.1, 0.02, 1008))), RuledOut)


def test_a_silence_that_cuts_nothing():
    assert judge(after(Aftermath(90.0))) == RuledOut("90 s of silence did not cut it")


def test_nobody_was_silent_for_long():
    assert isinstance(judge(after(Aftermath(0.3, pong=True))), Unknown)
    assert isinstance(judge(after(Aftermath(0.5))), Unknown)


def test_no_101():
    assert judge(make_evidence(make_attempt(answer=make_answer(403)))) == RuledOut("no 101 came back")


def test_nobody_watched():
    assert isinstance(judge(after(None)), Unknown)
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")
    assert judge(make_evidence(None)) == Unknown("an HTTP answer")


def test_a_close_code_that_complains_is_no_idleness_while_the_silence_is_short():
    assert judge(after(Aftermath(1.1, 1.0, 1011))) == RuledOut("the close code gives another reason: 1011")
    assert judge(after(Aftermath(1.1, 1.0, 1001))).certainty is Certainty.POSSIBLE
    assert judge(after(Aftermath(4.1, 4.0, 4408))).certainty is Certainty.POSSIBLE
