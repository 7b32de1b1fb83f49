from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import behind_nginx, recorded
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_header_inheritance_lost import judge
from ws101.judging import CONFIGURATION

BLIND = recorded("nginx 1.22.1: passes on aiohttp's 400")
WORKS = make_answer(101)


def test_only_the_configuration_tells_it_from_headers_that_are_not_passed_on():
    assert judge(behind_nginx(BLIND, {"plain-get": BLIND, "version-99": BLIND})) == Unknown(CONFIGURATION)


def test_an_upgrade_that_arrives():
    assert judge(behind_nginx(BLIND, {"version-99": make_answer(426)})).experiment == "version-99"
    assert judge(behind_nginx(BLIND, {"own-origin": WORKS})).experiment == "own-origin"
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("an upgrade passes the proxy")


def test_the_server_itself_refuses_so():
    assert judge(behind_nginx(BLIND, {"direct": BLIND})).experiment == "direct"
