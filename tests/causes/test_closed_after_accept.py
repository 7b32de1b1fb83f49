import pytest
from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_evidence
from ws101.attempt import Aftermath
from ws101.cause import RuledOut, Unknown
from ws101.causes.closed_after_accept import CAUSE, judge
from ws101.handshake.answer import Breach
from ws101.terms import Certainty

STRANGE = Breach("a reserved bit is set", "RFC 6455, 5.2")


def after(aftermath):
    return make_evidence(make_attempt(answer=make_answer(101), aftermath=aftermath))


@pytest.mark.parametrize(
    ("aftermath", "how"),
    [
        (Aftermath(0.1, 0.02, 1008, "policy"), "20 ms after the 101, with code 1008 and the reason “policy”"),
        (Aftermath(0.1, 0.02, 4401), "20 ms after the 101, with code 4401"),
        (Aftermath(0.3, 0.25), "250 ms after the 101, without a close frame"),
    ],
)
def test_a_socket_that_is_closed_at_once(aftermath, how):
    ruling = judge(after(aftermath))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[0].text == f"closed {how}"


def test_a_bare_end_after_a_second_may_be_a_time_out():
    assert judge(after(Aftermath(1.0, 1.0))).certainty is Certainty.POSSIBLE
    assert judge(after(Aftermath(1.0, 1.0, 1011))).certainty is Certainty.LIKELY


def test_a_socket_that_stays_open():
    assert judge(after(Aftermath(0.5, pong=True))) == RuledOut("the socket stayed open for 0.5 s")


def test_a_socket_that_is_cut_much_later():
    assert judge(after(Aftermath(60.0, 60.0))) == RuledOut("the socket stayed open for 60.0 s")


def test_what_says_more_goes_before_it():
    assert CAUSE.generic


def test_no_101():
    assert judge(make_evidence(make_attempt(answer=make_answer(403)))) == RuledOut("no 101 came back")


def test_nobody_watched():
    assert isinstance(judge(after(None)), Unknown)
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")
    assert judge(make_evidence(None)) == Unknown("an HTTP answer")


def test_an_http_answer_inside_the_stream():
    body = b"HTTP/1.1 401 UNAUTHORIZED\r\nContent-Length: 2\r\n\r\nno"  # flask-sock, after abort(401)
    ruling = judge(after(Aftermath(0.3, first_bytes=body, breaches=(STRANGE,))))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[0].text.endswith("where a frame should be: 401")


def test_bytes_that_are_no_frame():
    ruling = judge(after(Aftermath(0.3, first_bytes=b"hello there", breaches=(STRANGE,))))
    assert ruling.certainty is Certainty.POSSIBLE
    assert STRANGE.text in ruling.facts[0].text


@pytest.mark.parametrize(
    ("code", "certainty"), [(1000, Certainty.POSSIBLE), (1001, Certainty.POSSIBLE), (4401, Certainty.LIKELY)]
)
def test_a_normal_end_after_a_silence_may_be_idleness(code, certainty):
    assert judge(after(Aftermath(1.5, 1.5, code))).certainty is certainty


def test_what_follows_a_close_frame_does_not_count():
    ruling = judge(after(Aftermath(0.3, 0.01, 4401, breaches=(STRANGE,))))
    assert ruling.facts[0].text == "closed 10 ms after the 101, with code 4401"


def test_where_another_change_keeps_it_open_it_is_the_sign_and_not_the_cause():
    closed = make_attempt(answer=make_answer(101), aftermath=Aftermath(0.3, 0.01, 1011))
    evidence = make_evidence(closed, {"own-origin": make_answer(101)})
    again = replace(evidence.attempts["repeat"], aftermath=closed.aftermath)
    ruling = judge(replace(evidence, attempts={**evidence.attempts, "repeat": again}))
    assert ruling.certainty is Certainty.POSSIBLE
    assert ruling.facts[1].source == "experiment own-origin"
