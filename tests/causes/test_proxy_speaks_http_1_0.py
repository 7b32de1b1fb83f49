from causes.building import make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.recorded import behind_nginx, recorded, seen
from causes.witnessed import witnessed
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_speaks_http_1_0 import judge
from ws101.terms import Certainty

TOO_OLD = recorded("websockets 17.4: HTTP/1.0")
PROXYS = recorded("nginx-505")
WORKS = make_answer(101)


def test_a_server_that_wants_http_1_1_though_it_was_sent():
    assert judge(behind_nginx(TOO_OLD)).certainty is Certainty.LIKELY


def test_the_server_itself_answers_http_1_0_so():
    ruling = judge(behind_nginx(make_answer(400), {"direct": WORKS, "direct-http-1.0": make_answer(400)}))
    assert ruling.certainty is Certainty.PROVEN


def test_the_server_itself_wants_another_version():
    assert judge(behind_nginx(TOO_OLD, {"direct": TOO_OLD})).experiment == "direct"


def test_the_proxys_own_refusal_of_a_version_tells_nothing_of_the_way_behind_it():
    assert isinstance(judge(seen(PROXYS)), Unknown)


def test_a_handshake_that_was_sent_over_http_1_0():
    old = make_sending(make_request(version="HTTP/1.0"))
    assert judge(seen(TOO_OLD, sending=old)) == RuledOut("the handshake itself was sent as HTTP/1.0")


def test_a_refusal_that_speaks_of_something_else():
    refusal = recorded("uvicorn-403")
    assert judge(behind_nginx(refusal, {"version-99": make_answer(426)})).experiment == "version-99"
    assert isinstance(judge(behind_nginx(refusal)), Unknown)


def test_an_upgrade_that_passes():
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("an upgrade passes the proxy")


def test_nobody_looked():
    assert judge(make_evidence(None)) == Unknown("an HTTP answer")


def test_the_servers_own_record_has_http_1_0():
    ruling = judge(witnessed("http-version-too-old", version="HTTP/1.0"))
    assert (ruling.certainty, ruling.latent) == (Certainty.LIKELY, False)
    assert judge(witnessed("token-expired", version="HTTP/1.0", status=401)).latent


def test_the_servers_own_record_has_http_1_1():
    assert isinstance(judge(witnessed("token-expired", status=401)), RuledOut)
