from causes.building import make_answer, make_evidence
from causes.connecting import (
    DAY,
    NOW,
    WORKS,
    ended,
    make_case,
    make_certificate,
    make_look,
    met,
    plain,
    secure,
    tls_failed,
)
from ws101.attempt import Ending, Layer, Verify
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.certificate_expired import CAUSE
from ws101.terms import Certainty

EXPIRED = make_certificate(since=NOW - 90 * DAY, until=NOW - DAY)
FAILED = tls_failed(code=10, detail="certificate has expired")


def test_proven_when_only_the_dates_stand_in_the_way():
    unverified = met(make_answer(101, headers={"Date": "Fri, 15 Jan 2027 08:00:00 GMT"}))
    results = {"dates-unchecked": met(WORKS), "unverified": unverified}
    ruling = CAUSE.judge(make_case(FAILED, results, look=make_look(EXPIRED)))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN
    texts = [fact.text for fact in ruling.facts]
    assert "CN=ws101.test was valid until 2027-01-14 08:00 UTC" in texts
    assert "it is 2027-01-15 08:00 UTC" in texts
    assert "it is Fri, 15 Jan 2027 08:00:00 GMT" in texts


def test_passing_tls_is_enough_whatever_http_says():
    evidence = make_case(FAILED, {"dates-unchecked": met(make_answer(401))}, look=make_look(EXPIRED))
    ruling = CAUSE.judge(evidence)
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN


def test_likely_beside_another_fault_of_the_certificate():
    baseline = tls_failed(code=62, detail="Hostname mismatch")
    evidence = make_case(baseline, {"dates-unchecked": baseline}, look=make_look(EXPIRED))
    ruling = CAUSE.judge(evidence)
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY


def test_an_expired_intermediate_counts_when_tls_says_so():
    intermediate = make_certificate("CN=Test Authority", "CN=Root", (), until=NOW - DAY)
    chain = make_look(make_certificate(), intermediate)
    ruling = CAUSE.judge(make_case(FAILED, look=chain))
    assert isinstance(ruling, Supported)
    assert ruling.facts[0].text.startswith("CN=Test Authority was valid until")
    assert isinstance(CAUSE.judge(make_case(tls_failed(code=62), look=chain)), RuledOut)


def test_a_certificate_within_its_dates_is_innocent():
    evidence = make_case(
        tls_failed(code=62), {"dates-unchecked": tls_failed(code=62)}, look=make_look(make_certificate())
    )
    ruling = CAUSE.judge(evidence)
    assert isinstance(ruling, RuledOut)
    assert "valid until 2027-03-16" in ruling.why


def test_not_seen_and_not_checked():
    assert isinstance(CAUSE.judge(make_case(ended(Layer.TLS, Ending.CLOSED))), Unknown)
    assert isinstance(CAUSE.judge(make_case(ended(Layer.TCP, Ending.REFUSED))), Unknown)
    unchecked = tls_failed("SSLV3_ALERT_HANDSHAKE_FAILURE", sending=secure(verify=Verify.NOTHING))
    assert isinstance(CAUSE.judge(make_case(unchecked, look=make_look(EXPIRED))), RuledOut)
    assert isinstance(CAUSE.judge(make_case(met(make_answer(401)), look=make_look(EXPIRED))), RuledOut)
    assert isinstance(CAUSE.judge(make_case(met(WORKS))), RuledOut)
    assert isinstance(CAUSE.judge(make_case(met(make_answer(400), plain()))), RuledOut)
    assert CAUSE.judge(make_evidence(None)) == Unknown("the handshake itself")
