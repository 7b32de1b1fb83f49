import pytest
from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import BAD_HOST, recorded, seen
from ws101.attempt import Ending, Layer, Timings
from ws101.cause import RuledOut, Unknown
from ws101.causes.upstream_timeout import judge
from ws101.terms import Certainty

SILENT = make_attempt(ending=Ending.SILENT)


@pytest.mark.parametrize(
    "name", ["nginx-504", "haproxy-504", "caddy-504", "traefik-504", "envoy-504", "alb-504"]
)
def test_a_proxy_says_that_the_next_hop_does_not_answer(name):
    assert judge(seen(recorded(name))).certainty is Certainty.LIKELY


def test_the_proxy_answers_at_once_and_the_handshake_stays_unanswered():
    assert judge(make_evidence(SILENT, {"malformed-host": BAD_HOST})).certainty is Certainty.POSSIBLE


def test_whoever_answers_first_does_so_at_once_and_leaves_no_mark():
    ruling = judge(make_evidence(SILENT, {"malformed-host": make_answer(400)}))
    assert (ruling.certainty, ruling.behind) == (Certainty.POSSIBLE, "")


def test_silence_alone():
    assert judge(make_evidence(SILENT)) == Unknown("the server's log")


def test_an_answer_in_time():
    assert judge(seen(recorded("nginx-502"))) == RuledOut("an answer came in time")


def test_no_request_was_sent():
    refused = make_attempt(layer=Layer.TCP, ending=Ending.REFUSED)
    assert judge(make_evidence(refused)) == Unknown("an HTTP answer")
    assert judge(make_evidence(None)) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut("the handshake works")


def test_a_502_that_takes_whole_seconds_each_time():
    down, slow = recorded("nginx-502"), Timings(tcp=1.0, first_byte=1003.0)
    evidence = seen(down)
    late = {name: replace(attempt, timings=slow) for name, attempt in evidence.attempts.items()}
    both = replace(evidence, baseline=replace(evidence.baseline, timings=slow), attempts=late)
    assert judge(both).certainty is Certainty.POSSIBLE
    assert isinstance(judge(replace(both, attempts=evidence.attempts)), RuledOut)


def test_silence_for_this_handshake_alone():
    ruling = judge(make_evidence(SILENT, {"nonsense-path": make_answer(404)}))
    assert ruling.certainty is Certainty.POSSIBLE
    assert ruling.facts[0].source == "experiments nonsense-path"
