from causes.building import make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.recorded import behind_nginx, recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_restricts_method import judge
from ws101.terms import Certainty

FORBIDDEN = recorded("nginx-403")
NOT_ALLOWED = recorded("nginx-405")


def test_the_proxys_own_405():
    assert judge(seen(NOT_ALLOWED, {"plain-get": NOT_ALLOWED})).certainty is Certainty.LIKELY


def test_a_403_has_other_reasons_more_often():
    ruling = judge(seen(FORBIDDEN, {"plain-get": FORBIDDEN}))
    assert (ruling.certainty, ruling.rare) == (Certainty.POSSIBLE, True)


def test_another_get_of_the_same_path_is_let_through():
    assert judge(seen(FORBIDDEN, {"plain-get": make_answer(200)})).experiment == "plain-get"
    foreign = make_sending(make_request(("Origin", "https://app.test")))
    assert (
        judge(seen(FORBIDDEN, {"without-origin": make_answer(101)}, sending=foreign)).experiment
        == "without-origin"
    )


def test_a_refusal_that_is_not_the_proxys_about_methods():
    assert isinstance(judge(behind_nginx(recorded("tornado-405"))), RuledOut)
    assert isinstance(judge(seen(recorded("nginx-404"))), RuledOut)
    assert judge(seen(recorded("cloudflare-403"))) == RuledOut("a rule of the edge refuses it")


def test_a_get_that_passes():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut("a GET handshake passes")


def test_nothing_came_back():
    assert judge(make_evidence(make_attempt())) == Unknown("an HTTP answer")


def test_a_proxy_that_leaves_no_mark_may_have_written_it():
    refusal = make_answer(403)
    assert judge(behind_nginx(refusal)).certainty is Certainty.POSSIBLE
    assert isinstance(judge(seen(refusal)), RuledOut)
