from causes.connecting import (
    WORKS,
    ended,
    make_case,
    make_certificate,
    make_look,
    met,
    secure,
    tls_failed,
)
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.certificate_chain_incomplete import CAUSE
from ws101.observed import TrustFile
from ws101.terms import Certainty

PUBLIC = make_certificate(issuer="CN=Intermediate", issuer_url="http://authority.test/intermediate.der")
PRIVATE = make_certificate(issuer="CN=Intermediate")
STRANGER = make_certificate("CN=Former Intermediate", "CN=Root", ())
FAILED = tls_failed(code=20, detail="unable to get local issuer certificate")


def test_a_lone_certificate_that_names_its_issuers_place():
    ruling = CAUSE.judge(make_case(FAILED, {"authority-unchecked": met(WORKS)}, look=make_look(PUBLIC)))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY
    assert len(ruling.facts) == 3
    assert ruling.remedy is not None
    assert "fullchain.pem" in (ruling.remedy.patch or "")


def test_an_intermediate_that_did_not_sign_it():
    ruling = CAUSE.judge(make_case(FAILED, look=make_look(PRIVATE, STRANGER)))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY


def test_a_lone_certificate_without_that_mark_may_be_a_private_authoritys():
    ruling = CAUSE.judge(make_case(FAILED, look=make_look(PRIVATE)))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE


def test_what_was_sent_beyond_the_leaf_is_not_always_known():
    ruling = CAUSE.judge(make_case(FAILED, look=make_look(PUBLIC, whole=False)))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE


def test_a_chain_that_this_machine_accepts_is_whole():
    baseline = tls_failed(code=20, sending=secure(ca_file="ca.pem"))
    evidence = make_case(baseline, {"system-authorities": met(WORKS)}, look=make_look(PUBLIC))
    ruling = CAUSE.judge(evidence)
    assert isinstance(ruling, RuledOut)
    assert ruling.experiment == "system-authorities"


def test_an_issuer_of_the_same_name_in_the_file_is_not_missing():
    held = TrustFile("ca.pem", (make_certificate("CN=Intermediate", "CN=Intermediate", ()),))
    baseline = tls_failed(code=20, sending=secure(ca_file="ca.pem"))
    assert isinstance(CAUSE.judge(make_case(baseline, look=make_look(PRIVATE), trust_file=held)), RuledOut)


def test_a_whole_chain_to_an_unknown_root():
    sent = make_look(PUBLIC, make_certificate("CN=Intermediate", "CN=Root", ()))
    assert CAUSE.judge(make_case(FAILED, look=sent)) == Unknown("the certificate of CN=Root")


def test_other_failures_miss_no_issuer():
    for code in (9, 10, 18, 19, 62):
        assert CAUSE.judge(make_case(tls_failed(code=code))) == RuledOut("TLS does not miss an issuer")
    assert isinstance(CAUSE.judge(make_case(ended(Layer.TLS, Ending.CLOSED))), Unknown)
    assert isinstance(CAUSE.judge(make_case(met(WORKS), look=make_look(PUBLIC))), RuledOut)
