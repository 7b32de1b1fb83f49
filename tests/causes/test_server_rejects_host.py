import pytest

from causes.building import HOST, make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.recorded import BEARER, behind_nginx, recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.server_rejects_host import judge
from ws101.terms import Certainty

PORT = make_sending(make_request(("Host", f"{HOST}:8443")), port=8443)
TWICE = make_sending(make_request(("Host", f"{HOST}:8443"), ("Host", f"{HOST}:8443")), port=8443)
WORKS = make_answer(101)


def test_host_without_its_port_is_accepted():
    assert (
        judge(seen(make_answer(400), {"host-without-port": WORKS}, sending=PORT)).certainty
        is Certainty.PROVEN
    )


def test_what_made_two_hosts_one_changed_more_than_the_port():
    ruling = judge(seen(make_answer(400), {"host-without-port": WORKS}, sending=TWICE))
    assert isinstance(ruling, Unknown)


@pytest.mark.parametrize("name", ["django-400", "django-debug-host", "starlette-host", "aspnet-host"])
def test_the_server_says_so(name):
    assert judge(behind_nginx(recorded(name))).certainty is Certainty.LIKELY


def test_a_proxy_says_so():
    assert isinstance(judge(seen(recorded("nginx-421"))), Unknown)


@pytest.mark.parametrize("name", ["nonsense-path", "without-token"])
def test_another_request_to_the_same_host_is_answered_otherwise(name):
    assert judge(seen(make_answer(400), {name: make_answer(404)}, sending=BEARER)).experiment == name


def test_the_port_changes_nothing_and_the_refusal_has_another_reason():
    refusal = recorded("aiohttp-no-upgrade")
    assert (
        judge(seen(refusal, {"host-without-port": refusal}, sending=PORT)).experiment == "host-without-port"
    )


def test_nothing_came_back():
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("the Host is accepted")


def test_asked_directly_the_server_accepts_the_same_host():
    assert judge(behind_nginx(make_answer(404), {"direct": WORKS})).experiment == "direct"


def test_the_server_itself_accepts_this_host():
    results = {"direct": WORKS}
    assert judge(seen(recorded("starlette-host"), results)).experiment == "direct"
