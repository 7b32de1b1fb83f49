import pytest

from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import behind_nginx, recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_asks_own_credentials import judge
from ws101.handshake.answer import Answer, Kind
from ws101.handshake.headers import Headers
from ws101.terms import Certainty


@pytest.mark.parametrize("software", ["nginx", "apache", "haproxy", "caddy", "traefik"])
def test_the_proxys_own_demand_for_basic_credentials(software):
    ruling = judge(seen(recorded(f"{software}-basic")))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[0].text == f"the 401 is {software}'s own"


def test_an_application_may_ask_for_basic_credentials_as_well():
    refusal = make_answer(401, headers={"WWW-Authenticate": 'Basic realm="app"'})
    assert judge(behind_nginx(refusal)).certainty is Certainty.POSSIBLE


def test_basic_beside_another_scheme():
    challenges = Headers.of([("WWW-Authenticate", "Negotiate"), ("WWW-Authenticate", "Basic realm=x")])
    refusal = Answer(Kind.HTTP, version="HTTP/1.1", status=401, headers=challenges)
    assert judge(seen(refusal)).facts[0].text == "WWW-Authenticate: Basic realm=x"


def test_a_demand_for_a_token():
    refusal = make_answer(401, headers={"WWW-Authenticate": "Bearer"})
    assert judge(seen(refusal)) == RuledOut("nobody asks for Basic credentials")
    assert isinstance(judge(seen(recorded("nginx-401"))), RuledOut)


def test_nothing_came_back():
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut("the handshake works")
