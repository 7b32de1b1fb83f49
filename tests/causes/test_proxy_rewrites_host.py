from causes.building import (
    HOST,
    make_answer,
    make_attempt,
    make_evidence,
    make_refusal,
    make_request,
    make_sending,
)
from causes.recorded import behind_nginx, recorded, seen
from causes.witnessed import witnessed
from ws101.cause import RuledOut, Unknown
from ws101.causes import CAUSES
from ws101.causes.proxy_rewrites_host import judge
from ws101.signature import Says
from ws101.terms import Certainty
from ws101.verdict.weigh import weigh

ORIGIN_REFUSED = recorded("tornado-origin")
WORKS = make_answer(101)
OWN = make_sending(make_request(("Origin", f"https://{HOST}")))
PORT = make_sending(make_request(("Host", f"{HOST}:8443"), ("Origin", f"https://{HOST}:8443")), port=8443)
FOREIGN = make_sending(make_request(("Host", f"{HOST}:8443"), ("Origin", "https://app.test")), port=8443)


def test_the_sites_own_origin_is_accepted_less_its_port():
    ruling = judge(behind_nginx(ORIGIN_REFUSED, {"own-origin-without-port": WORKS}, sending=PORT))
    assert (ruling.certainty, ruling.behind) == (Certainty.PROVEN, "origin-rejected")


def test_a_foreign_origin_was_refused_and_the_sites_own_is_accepted_only_less_its_port():
    results = {"own-origin": ORIGIN_REFUSED, "own-origin-without-port": WORKS}
    assert judge(behind_nginx(ORIGIN_REFUSED, results, sending=FOREIGN)).certainty is Certainty.PROVEN


def test_a_foreign_origin_was_refused_and_the_sites_own_is_accepted_as_it_is():
    results = {"own-origin": WORKS, "own-origin-without-port": WORKS}
    assert isinstance(judge(behind_nginx(ORIGIN_REFUSED, results, sending=FOREIGN)), Unknown)


def test_the_sites_own_origin_is_refused():
    assert judge(behind_nginx(ORIGIN_REFUSED, sending=OWN)).certainty is Certainty.POSSIBLE
    assert (
        judge(behind_nginx(make_answer(403), {"without-origin": WORKS}, sending=OWN)).certainty
        is Certainty.POSSIBLE
    )


def test_the_server_itself_answers_another_host_so():
    refusal = make_answer(403)
    direct = {"direct": WORKS, "direct-foreign-host": refusal, "direct-plain-get": make_answer(400)}
    assert judge(behind_nginx(refusal, direct)).certainty is Certainty.PROVEN


def test_an_origin_that_the_server_takes_directly_is_refused_for_the_host_beside_it():
    direct = {"direct": WORKS, "direct-foreign-host": ORIGIN_REFUSED, "direct-plain-get": make_answer(400)}
    evidence = behind_nginx(ORIGIN_REFUSED, {**direct, "without-origin": WORKS}, sending=OWN)
    ruling = judge(evidence)
    assert (ruling.certainty, ruling.behind) == (Certainty.PROVEN, "origin-rejected")
    assert weigh([evidence], CAUSES).findings[0].cause == "proxy-rewrites-host"


def test_the_host_that_the_server_sees_is_refused():
    ruling = judge(behind_nginx(recorded("django-400")))
    assert (ruling.certainty, ruling.behind) == (Certainty.POSSIBLE, "server-rejects-host")


def test_a_proxy_that_refuses_the_host_itself_rewrites_nothing():
    assert isinstance(judge(seen(recorded("nginx-421"))), Unknown)


def test_the_server_itself_refuses_so():
    assert judge(behind_nginx(ORIGIN_REFUSED, {"direct": ORIGIN_REFUSED}, sending=OWN)).experiment == "direct"


def test_no_proxy_is_seen():
    refusal = make_refusal(403, Says.ORIGIN)
    assert judge(seen(refusal, {"malformed-host": refusal}, sending=OWN)).experiment == "malformed-host"


def test_a_foreign_origin_tells_nothing():
    assert isinstance(judge(behind_nginx(ORIGIN_REFUSED, sending=FOREIGN)), Unknown)


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("the handshake works")


def test_a_router_by_names_may_have_found_none_for_the_host_that_it_saw():
    unrouted = recorded("Traefik 3.7.15: no router")
    assert judge(behind_nginx(unrouted, {"foreign-host": unrouted})).certainty is Certainty.POSSIBLE
    assert isinstance(judge(behind_nginx(unrouted, {"foreign-host": make_answer(421)})), Unknown)


def test_nobody_looked():
    assert judge(make_evidence(None)) == Unknown("an HTTP answer")


def test_the_server_itself_refuses_another_host_so_and_no_proxy_shows_itself():
    refusal = recorded("starlette-host")
    direct = {"direct": WORKS, "direct-foreign-host": refusal, "direct-nonsense-path": make_answer(404)}
    assert judge(seen(refusal, direct)).certainty is Certainty.PROVEN


def test_a_router_behind_the_proxy_may_not_know_the_host_that_it_sees():
    unrouted = make_answer(404, "404 page not found\n", {"Content-Type": "text/plain; charset=utf-8"})
    assert judge(behind_nginx(unrouted, {"foreign-host": unrouted})).certainty is Certainty.POSSIBLE
    assert isinstance(judge(behind_nginx(unrouted, {"foreign-host": make_answer(200)})), Unknown)


def test_the_servers_own_record_has_another_host():
    changed = ("origin-rejected", ("Host", "upstream"))
    ruling = judge(witnessed(*changed, without=("Host",), status=403))
    assert (ruling.certainty, ruling.behind) == (Certainty.LIKELY, "origin-rejected")


def test_the_servers_own_record_has_the_host_that_was_sent():
    assert judge(witnessed("origin-rejected", status=403)) == RuledOut(
        "the server's own record has the Host that was sent"
    )


def test_another_host_that_the_refusal_does_not_concern():
    ruling = judge(witnessed("token-expired", ("Host", "upstream"), without=("Host",), status=401))
    assert isinstance(ruling, Unknown)
