import pytest
from msgspec.structs import replace

from causes.building import HOST, make_answer, make_attempt, make_evidence
from causes.connecting import make_certificate, make_look
from causes.recorded import BAD_HOST, behind_nginx, recorded, seen
from ws101.attempt import Ending, Timings
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_default_server import judge
from ws101.handshake.answer import NOTHING
from ws101.terms import Certainty

NOT_FOUND = recorded("nginx-404")
SAME = {"foreign-host": NOT_FOUND, "nonsense-path": NOT_FOUND}


def test_a_host_that_nobody_serves_gets_the_same_404():
    assert judge(seen(NOT_FOUND, SAME)).certainty is Certainty.POSSIBLE


def test_the_certificate_names_another_site():
    look = make_look(make_certificate(names=("other.test",)))
    ruling = judge(seen(NOT_FOUND, SAME, look=look))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[1].text == "the certificate is for other.test"


@pytest.mark.parametrize("name", [HOST, f"*.{HOST.partition('.')[2]}"])
def test_the_certificate_names_this_site(name):
    look = make_look(make_certificate(names=(name,)))
    assert judge(seen(NOT_FOUND, SAME, look=look)).certainty is Certainty.POSSIBLE


def test_the_proxy_says_that_it_serves_no_such_host():
    unknown = recorded("fastly-unknown-domain")
    same = {"foreign-host": unknown, "nonsense-path": unknown}
    assert judge(seen(unknown, same)).certainty is Certainty.LIKELY


def test_a_catch_all_that_closes():
    same = dict.fromkeys(("foreign-host", "nonsense-path"), NOTHING)
    ruling = judge(seen(NOTHING, {"malformed-host": BAD_HOST, **same}))
    assert ruling.certainty is Certainty.LIKELY


def test_what_closes_at_this_path_alone_is_no_catch_all():
    results = {"malformed-host": BAD_HOST, "foreign-host": NOTHING, "nonsense-path": NOT_FOUND}
    assert isinstance(judge(seen(NOTHING, results)), Unknown)


def test_a_host_that_nobody_serves_is_answered_otherwise():
    assert judge(seen(NOT_FOUND, {"foreign-host": make_answer(421)})).experiment == "foreign-host"


def test_what_answers_this_path_alone_is_no_catch_all():
    assert isinstance(judge(seen(NOT_FOUND, {**SAME, "nonsense-path": make_answer(200)})), RuledOut)
    assert isinstance(judge(seen(recorded("nginx-502"))), RuledOut)


def test_nobody_asked_under_another_host():
    assert isinstance(judge(seen(NOT_FOUND)), Unknown)


def test_the_applications_own_answer():
    assert isinstance(judge(behind_nginx(recorded("aiohttp-404"))), Unknown)
    alone = {"malformed-host": make_answer(400)}
    assert judge(seen(recorded("aiohttp-404"), alone)).experiment == "malformed-host"


def test_silence_tells_nothing():
    baseline = make_attempt(ending=Ending.SILENT)
    assert isinstance(judge(make_evidence(baseline, {"foreign-host": NOT_FOUND})), Unknown)


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut("the handshake works")


@pytest.mark.parametrize("name", ["haproxy-503", "Traefik 3.7.15: no router"])
def test_a_router_that_takes_no_host_has_an_answer_of_its_own(name):
    refusal = recorded(name)
    same = dict.fromkeys(("plain-get", "foreign-host", "nonsense-path"), refusal)
    assert judge(behind_nginx(refusal, same)).certainty is Certainty.POSSIBLE


def test_a_router_in_go_that_answers_everything_with_its_404():
    unrouted = make_answer(404, "404 page not found\n", {"Content-Type": "text/plain; charset=utf-8"})
    same = dict.fromkeys(("foreign-host", "nonsense-path", "plain-get"), unrouted)
    assert judge(seen(unrouted, same)).certainty is Certainty.POSSIBLE


def test_haproxy_without_a_backend_for_the_host_answers_503_at_once():
    down = recorded("haproxy-503")
    same = {"foreign-host": down, "nonsense-path": down}
    assert judge(seen(down, same)).certainty is Certainty.POSSIBLE
    evidence = seen(down, same)
    late = replace(evidence.baseline, timings=Timings(tcp=1.0, first_byte=3004.0))
    assert isinstance(judge(replace(evidence, baseline=late)), RuledOut)
