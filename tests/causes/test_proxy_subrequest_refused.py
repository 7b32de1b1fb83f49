import pytest

from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import BEARER, behind_nginx, recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_subrequest_refused import judge
from ws101.terms import Certainty

UNAUTHORISED = recorded("nginx-401")
FORBIDDEN = recorded("nginx-403")


def test_nginx_asks_for_credentials_without_saying_which():
    assert judge(seen(UNAUTHORISED)).certainty is Certainty.LIKELY


def test_haproxy_has_rules_that_write_a_401():
    assert judge(seen(recorded("haproxy-401"))).certainty is Certainty.POSSIBLE


@pytest.mark.parametrize("name", ["without-token", "broken-token"])
def test_another_token_changes_the_proxys_answer(name):
    ruling = judge(seen(FORBIDDEN, {name: UNAUTHORISED}, sending=BEARER))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[1].source == f"experiment {name}"


def test_a_403_or_a_500_may_have_other_reasons():
    assert judge(seen(FORBIDDEN)).certainty is Certainty.POSSIBLE
    assert (
        judge(seen(recorded("nginx 1.22.1: auth_request answered with 404"))).certainty is Certainty.POSSIBLE
    )


def test_a_refusal_that_no_subrequest_leaves():
    assert isinstance(judge(seen(recorded("nginx-basic"))), RuledOut)
    assert isinstance(judge(seen(recorded("nginx-404"))), RuledOut)
    assert isinstance(judge(seen(recorded("traefik-500"))), RuledOut)
    assert isinstance(judge(seen(recorded("cloudflare-403"))), RuledOut)
    assert isinstance(judge(behind_nginx(recorded("aiohttp-401"))), RuledOut)


def test_a_subrequest_that_was_upgraded_closes_without_an_answer():
    assert judge(make_evidence(make_attempt())) == Unknown("the proxy's error log")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut("the handshake works")


def test_a_proxy_that_leaves_no_mark_may_have_written_the_500():
    failure = make_answer(500)
    assert judge(behind_nginx(failure, {"plain-get": failure})).certainty is Certainty.POSSIBLE
    assert isinstance(judge(behind_nginx(failure)), RuledOut)
