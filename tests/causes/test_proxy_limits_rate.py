import pytest
from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_evidence
from causes.configuring import LINES, PASS, configured, only, whole
from causes.recorded import behind_nginx, recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_limits_rate import inspect, judge
from ws101.experiments.way import AFTER_PAUSE, PAUSE_SECONDS
from ws101.observed import Met, Soundings
from ws101.terms import Certainty

LIMITED = recorded("nginx 1.22.1: limit_req")
WORKS = make_answer(101)


def test_after_a_pause_it_passes():
    assert judge(seen(LIMITED, {"after-pause": WORKS})).certainty is Certainty.PROVEN


@pytest.mark.parametrize(
    ("rate", "pause"),
    [("10r/s", PAUSE_SECONDS), ("30r/m", 2.2), ("6r/m", 10.2), ("1r/m", PAUSE_SECONDS)],
)
def test_the_pause_is_as_long_as_the_rate_asks_if_that_is_not_too_long(rate, pause):
    inside = f"location / {{\n{LINES}limit_req zone=z;\n{PASS}\n}}"
    zone = f"limit_req_zone $server_name zone=z:1m rate={rate};"
    evidence = configured(seen(LIMITED), whole(inside, more=zone))
    assert AFTER_PAUSE.apply(evidence.sending, evidence).pause == pytest.approx(pause)


@pytest.mark.parametrize(("after", "supposed"), [(WORKS, False), (LIMITED, True)])
def test_that_a_limit_was_reached_is_seen_where_it_lets_one_through_later(after, supposed):
    inside = f"location / {{\n{LINES}limit_req zone=z;\n{PASS}\n}}"
    evidence = configured(seen(LIMITED, {"after-pause": after}), whole(inside))
    assert inspect(evidence, only(evidence)).given.supposed is supposed


@pytest.mark.parametrize(
    ("met", "supposed"), [(Met(101), False), (Met(101, whole=False), True), (Met(503), True), (Met(), True)]
)
def test_a_server_that_takes_the_handshake_from_here_leaves_the_limit_alone_to_refuse(met, supposed):
    inside = f"location / {{\n{LINES}limit_conn z 1;\n{PASS}\n}}"
    evidence = configured(seen(LIMITED), whole(inside))
    (place,) = only(evidence).server_places
    ruling = inspect(replace(evidence, soundings=Soundings(met={place: met})), only(evidence))
    assert ruling.given.supposed is supposed
    assert any("takes this very handshake" in fact.text for fact in ruling.facts) is not supposed


def test_now_it_passes_and_now_it_does_not():
    assert judge(seen(LIMITED, {"repeat": WORKS})).certainty is Certainty.LIKELY


def test_a_503_that_stays_may_have_other_reasons():
    assert judge(seen(LIMITED, {"after-pause": LIMITED})).certainty is Certainty.POSSIBLE


def test_the_proxy_says_that_it_were_too_many():
    assert judge(seen(recorded("nginx-429"))).certainty is Certainty.LIKELY
    assert judge(seen(recorded("traefik-429"))).certainty is Certainty.LIKELY


def test_a_proxy_that_gives_another_reason():
    assert judge(seen(recorded("haproxy-503"))) == RuledOut("the proxy gives another reason")


def test_a_refusal_that_is_not_the_proxys():
    assert isinstance(judge(behind_nginx(make_answer(503, "starting"))), RuledOut)
    assert isinstance(judge(seen(recorded("nginx-502"))), RuledOut)


def test_nothing_came_back():
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("the handshake works")


def test_haproxys_own_500_is_the_end_of_a_tarpit():
    assert judge(seen(recorded("haproxy-500"))).certainty is Certainty.POSSIBLE
