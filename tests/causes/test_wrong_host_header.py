from causes.building import (
    HOST,
    make_answer,
    make_attempt,
    make_evidence,
    make_refusal,
    make_request,
    make_sending,
)
from ws101.cause import RuledOut, Unknown
from ws101.causes.wrong_host_header import judge
from ws101.observed import Certificate, TlsLook
from ws101.signature import Says
from ws101.terms import Certainty

OTHER = make_sending(make_request(("Host", "other.test")))


def test_the_urls_own_host_mends_it():
    ruling = judge(
        make_evidence(make_attempt(answer=make_answer(404), sending=OTHER), {"host-of-url": make_answer(101)})
    )
    assert ruling.certainty is Certainty.PROVEN
    assert ruling.facts[0].text == f"Host is other.test; the URL's host is {HOST}"
    assert ruling.remedy.patch == f"Host: {HOST}"


def test_a_missing_host_that_leads_to_another_refusal_when_given():
    sending = make_sending(make_request(without=["Host"]))
    evidence = make_evidence(
        make_attempt(answer=make_answer(400), sending=sending), {"host-of-url": make_answer(404)}
    )
    assert judge(evidence).certainty is Certainty.PROVEN


def test_the_name_in_the_certificate_mends_it():
    leaf = Certificate("CN=site.test", "CN=ca", ("site.test",), 0.0, 2e9, False, False, "00")
    evidence = make_evidence(
        make_attempt(answer=make_answer(404)),
        {"host-of-certificate": make_answer(101)},
        look=TlsLook(None, (leaf,)),
    )
    ruling = judge(evidence)
    assert ruling.certainty is Certainty.PROVEN
    assert "site.test" in ruling.remedy.text


def test_the_refusal_says_so():
    evidence = make_evidence(make_attempt(answer=make_refusal(400, Says.HOST), sending=OTHER))
    assert judge(evidence).certainty is Certainty.LIKELY


def test_a_host_set_on_purpose_is_not_proven_wrong_by_another_sites_answer():
    evidence = make_evidence(
        make_attempt(answer=make_answer(400), sending=OTHER), {"host-of-url": make_answer(404)}
    )
    assert isinstance(judge(evidence), Unknown)


def test_another_host_that_makes_no_difference_is_innocent():
    evidence = make_evidence(
        make_attempt(answer=make_answer(400), sending=OTHER), {"host-of-url": make_answer(400)}
    )
    assert judge(evidence) == RuledOut("with the URL's own Host the answer is the same", "host-of-url")


def test_the_urls_own_host_is_innocent_even_where_its_port_is_refused():
    sending = make_sending(make_request(("Host", f"{HOST}:8443")), port=8443)
    evidence = make_evidence(
        make_attempt(answer=make_refusal(400, Says.HOST), sending=sending),
        {"host-without-port": make_answer(101)},
    )
    assert judge(evidence) == RuledOut("Host is the URL's own")


def test_the_schemes_own_port_makes_no_other_host():
    sending = make_sending(make_request(("Host", f"{HOST.upper()}:443")))
    assert isinstance(judge(make_evidence(make_attempt(answer=make_answer(400), sending=sending))), RuledOut)


def test_host_twice_is_another_cause():
    sending = make_sending(make_request(("Host", HOST), ("Host", HOST)))
    results = {"each-field-once": make_answer(101), "host-of-url": make_answer(101)}
    assert isinstance(
        judge(make_evidence(make_attempt(answer=make_answer(400), sending=sending), results)), RuledOut
    )


def test_damage_that_gives_the_clients_status():
    results = {"foreign-host": make_answer(421), "without-host": make_answer(400)}
    ruling = judge(make_evidence(make_attempt(answer=make_answer(101)), results, saw=421))
    assert [fact.source for fact in ruling.facts] == ["experiment foreign-host"]
