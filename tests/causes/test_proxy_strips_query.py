from causes.building import make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.recorded import behind_nginx, recorded, seen
from causes.witnessed import witnessed
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_strips_query import judge
from ws101.terms import Certainty

UNAUTHORISED = recorded("aiohttp-401")
WORKS = make_answer(101)
QUERY = make_sending(make_request(target="/ws?token=opaque-1f0c"))


def test_the_server_itself_answers_a_handshake_without_its_query_so():
    direct = {"direct": WORKS, "direct-without-query": UNAUTHORISED, "direct-nonsense-path": make_answer(404)}
    assert judge(behind_nginx(UNAUTHORISED, direct, sending=QUERY)).certainty is Certainty.PROVEN


def test_a_lost_token_looks_like_a_lost_query():
    direct = {"direct": WORKS, "direct-without-query": UNAUTHORISED, "direct-without-token": UNAUTHORISED}
    assert judge(behind_nginx(UNAUTHORISED, direct, sending=QUERY)).certainty is Certainty.POSSIBLE


def test_the_same_token_in_authorization_is_accepted():
    ruling = judge(behind_nginx(UNAUTHORISED, {"token-in-header": WORKS}, sending=QUERY))
    assert (ruling.certainty, ruling.behind) == (Certainty.POSSIBLE, "token-in-wrong-place")


def test_without_a_proxy_in_sight_the_server_reads_it_elsewhere():
    assert isinstance(judge(seen(UNAUTHORISED, {"token-in-header": WORKS}, sending=QUERY)), Unknown)


def test_the_server_itself_refuses_so():
    assert judge(behind_nginx(UNAUTHORISED, {"direct": UNAUTHORISED}, sending=QUERY)).experiment == "direct"


def test_no_query_was_sent():
    assert judge(behind_nginx(UNAUTHORISED)) == RuledOut("the handshake has no query")


def test_the_proxys_own_refusal():
    assert isinstance(judge(seen(recorded("nginx-403"), sending=QUERY)), RuledOut)


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("the handshake works")


def test_the_servers_own_record_has_no_query():
    ruling = judge(witnessed("token-missing", request=QUERY.request, target="/ws", status=401))
    assert ruling.certainty is Certainty.LIKELY


def test_the_servers_own_record_has_the_query():
    ruling = judge(witnessed("token-in-wrong-place", request=QUERY.request, status=401))
    assert ruling == RuledOut("the server's own record has the query")
