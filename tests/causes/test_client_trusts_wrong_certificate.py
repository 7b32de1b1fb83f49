from causes.connecting import WORKS, make_case, make_certificate, make_look, met, secure, tls_failed
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.client_trusts_wrong_certificate import CAUSE
from ws101.observed import TrustFile
from ws101.terms import Certainty

PINNED = secure(ca_file="pinned.pem")
OTHER = TrustFile("pinned.pem", (make_certificate("CN=Other Authority", "CN=Other Authority", ()),))
LEAF = make_certificate(issuer="CN=Intermediate")


def judge(code, *chain, held=OTHER, **results):
    named = {name.replace("_", "-"): attempt for name, attempt in results.items()}
    baseline = tls_failed(code=code, sending=PINNED)
    return CAUSE.judge(make_case(baseline, named, look=make_look(*chain), trust_file=held))


def test_proven_by_this_machines_own_authorities():
    ruling = judge(20, LEAF, system_authorities=met(WORKS))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN
    assert "the file holds CN=Other Authority" in [fact.text for fact in ruling.facts]


def test_proven_when_the_whole_chain_is_there_and_only_the_authority_fails():
    itself = make_certificate(issuer="CN=ws101.test")
    ruling = judge(18, itself, authority_unchecked=met(WORKS), system_authorities=tls_failed(code=18))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN


def test_likely_when_the_intermediate_was_sent():
    ruling = judge(20, LEAF, make_certificate("CN=Intermediate", "CN=Root", ()))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY


def test_a_renewed_certificate_under_the_old_name():
    old = TrustFile(
        "pinned.pem", (make_certificate("CN=Intermediate", "CN=Intermediate", (), fingerprint="old"),)
    )
    ruling = judge(20, LEAF, held=old)
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY
    assert "older certificate" in ruling.facts[-1].text


def test_a_lone_certificate_may_as_well_lack_its_intermediate():
    ruling = judge(20, LEAF, authority_unchecked=met(WORKS), system_authorities=tls_failed(code=20))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE


def test_a_file_that_signed_it_is_innocent():
    assert isinstance(judge(10, LEAF), RuledOut)
    assert isinstance(judge(62, LEAF), RuledOut)
    assert isinstance(CAUSE.judge(make_case(met(WORKS, PINNED))), RuledOut)


def test_without_a_file_there_is_no_wrong_one():
    assert isinstance(CAUSE.judge(make_case(tls_failed(code=18))), RuledOut)


def test_an_alert_tells_nothing_of_the_file():
    baseline = tls_failed("SSLV3_ALERT_HANDSHAKE_FAILURE", sending=PINNED)
    assert isinstance(CAUSE.judge(make_case(baseline, trust_file=OTHER)), Unknown)
