from causes.building import make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.recorded import BEARER, behind_nginx, recorded, seen
from causes.witnessed import witnessed
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_strips_authorization import judge
from ws101.terms import Certainty

UNAUTHORISED = recorded("aiohttp-401")
WORKS = make_answer(101)
QUERY = make_sending(make_request(target="/ws?token=opaque-1f0c"))


def test_the_server_itself_answers_a_handshake_without_a_token_so():
    direct = {"direct": WORKS, "direct-without-token": UNAUTHORISED, "direct-nonsense-path": make_answer(404)}
    assert judge(behind_nginx(UNAUTHORISED, direct, sending=BEARER)).certainty is Certainty.PROVEN


def test_the_answers_waver():
    direct = {"direct": WORKS, "direct-without-token": UNAUTHORISED, "repeat": make_answer(502)}
    assert judge(behind_nginx(UNAUTHORISED, direct, sending=BEARER)).certainty is Certainty.POSSIBLE


def test_the_same_token_in_the_query_is_accepted():
    ruling = judge(behind_nginx(UNAUTHORISED, {"token-in-query": WORKS}, sending=BEARER))
    assert (ruling.certainty, ruling.behind) == (Certainty.POSSIBLE, "token-in-wrong-place")


def test_the_field_arrives():
    other = make_answer(401, "malformed token")
    assert (
        judge(behind_nginx(UNAUTHORISED, {"broken-token": other}, sending=BEARER)).experiment
        == "broken-token"
    )
    assert (
        judge(behind_nginx(UNAUTHORISED, {"without-token": other}, sending=BEARER)).experiment
        == "without-token"
    )


def test_the_server_itself_refuses_so():
    ruling = judge(behind_nginx(UNAUTHORISED, {"direct": UNAUTHORISED}, sending=BEARER))
    assert ruling.experiment == "direct"


def test_nothing_tells_whether_the_field_arrives():
    assert isinstance(judge(behind_nginx(UNAUTHORISED, sending=BEARER)), Unknown)


def test_no_token_in_a_header():
    assert isinstance(judge(behind_nginx(UNAUTHORISED)), RuledOut)
    assert isinstance(judge(behind_nginx(UNAUTHORISED, sending=QUERY)), RuledOut)


def test_a_refusal_that_is_not_the_applications():
    assert isinstance(judge(seen(recorded("nginx-403"), sending=BEARER)), RuledOut)
    assert isinstance(judge(behind_nginx(make_answer(404), sending=BEARER)), RuledOut)


def test_no_proxy_is_seen():
    assert (
        judge(seen(UNAUTHORISED, {"malformed-host": UNAUTHORISED}, sending=BEARER)).experiment
        == "malformed-host"
    )


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("the handshake works")


def test_a_field_with_an_underscore_in_its_name_is_dropped_by_many_proxies():
    own = make_sending(make_request(("access_token", "opaque-1f0c")))
    ruling = judge(behind_nginx(UNAUTHORISED, {"without-token": UNAUTHORISED}, sending=own))
    assert ruling.certainty is Certainty.LIKELY
    assert "access_token" in ruling.facts[0].text
    arrives = {"without-token": make_answer(401, "no token")}
    assert isinstance(judge(behind_nginx(UNAUTHORISED, arrives, sending=own)), RuledOut)


def test_a_field_of_its_own_that_the_server_does_not_read_is_not_lost():
    own = make_sending(make_request(("X-Auth-Token", "opaque-1f0c")))
    results = {"without-token": UNAUTHORISED, "token-in-header": WORKS}
    assert isinstance(judge(behind_nginx(UNAUTHORISED, results, sending=own)), Unknown)


def test_the_servers_own_record_does_not_have_it():
    request = BEARER.request
    ruling = judge(witnessed("token-missing", without=("Authorization",), request=request, status=401))
    assert (ruling.certainty, ruling.latent) == (Certainty.LIKELY, False)
    other = witnessed("header-malformed", without=("Authorization",), request=request)
    assert judge(other).latent


def test_the_servers_own_record_has_it():
    ruling = judge(witnessed("token-expired", request=BEARER.request, status=401))
    assert ruling == RuledOut("the server's own record has it")
