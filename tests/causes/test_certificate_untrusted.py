import pytest

from causes.building import make_answer
from causes.connecting import WORKS, make_case, make_certificate, make_look, met, secure, tls_failed
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.certificate_untrusted import CAUSE
from ws101.terms import Certainty

SELF_SIGNED = make_look(make_certificate(issuer="CN=ws101.test"))
ROOT = make_certificate("CN=Test Authority", "CN=Test Authority", ())
INTERMEDIATE = make_certificate("CN=Test Authority", "CN=Far Root", ())


@pytest.mark.parametrize(("code", "look"), [(18, SELF_SIGNED), (19, make_look(make_certificate(), ROOT))])
def test_proven_when_only_the_authority_stands_in_the_way(code, look):
    ruling = CAUSE.judge(make_case(tls_failed(code=code), {"authority-unchecked": met(WORKS)}, look=look))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN
    assert "signed itself" in ruling.facts[1].text


def test_likely_when_a_further_fault_stands_behind():
    evidence = make_case(tls_failed(code=18), {"authority-unchecked": tls_failed(code=62)}, look=SELF_SIGNED)
    ruling = CAUSE.judge(evidence)
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY


def test_likely_when_the_intermediate_was_sent():
    look = make_look(make_certificate(), INTERMEDIATE)
    ruling = CAUSE.judge(make_case(tls_failed(code=20), {"authority-unchecked": met(WORKS)}, look=look))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY
    assert "CN=Far Root" in ruling.facts[1].text


def test_a_lone_certificate_may_as_well_lack_its_intermediate():
    evidence = make_case(
        tls_failed(code=20), {"authority-unchecked": met(WORKS)}, look=make_look(make_certificate())
    )
    ruling = CAUSE.judge(evidence)
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE


@pytest.mark.parametrize("code", [9, 10, 62, 64])
def test_an_authority_that_is_trusted_is_innocent(code):
    assert CAUSE.judge(make_case(tls_failed(code=code))) == RuledOut("its authority is trusted")


def test_a_given_file_is_another_cause():
    evidence = make_case(tls_failed(code=18, sending=secure(ca_file="ca.pem")), look=SELF_SIGNED)
    assert isinstance(CAUSE.judge(evidence), RuledOut)


def test_an_alert_tells_nothing_and_an_answer_clears_it():
    assert isinstance(CAUSE.judge(make_case(tls_failed("SSLV3_ALERT_HANDSHAKE_FAILURE"))), Unknown)
    assert isinstance(CAUSE.judge(make_case(met(make_answer(400)))), RuledOut)
