from causes.connecting import (
    DAY,
    NOW,
    WORKS,
    ended,
    make_case,
    make_certificate,
    make_look,
    met,
    tls_failed,
)
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.certificate_not_yet_valid import CAUSE
from ws101.terms import Certainty

EARLY = make_certificate(since=NOW + DAY, until=NOW + 90 * DAY)
FAILED = tls_failed(code=9, detail="certificate is not yet valid")


def test_proven_when_only_the_dates_stand_in_the_way():
    ruling = CAUSE.judge(make_case(FAILED, {"dates-unchecked": met(WORKS)}, look=make_look(EARLY)))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN
    assert "is valid from 2027-01-16 08:00 UTC" in ruling.facts[0].text


def test_likely_by_the_verification_alone_or_beside_another_fault():
    for baseline in (FAILED, tls_failed(code=18)):
        ruling = CAUSE.judge(make_case(baseline, look=make_look(EARLY)))
        assert isinstance(ruling, Supported)
        assert ruling.certainty is Certainty.LIKELY


def test_an_expired_certificate_is_another_cause():
    expired = make_look(make_certificate(since=NOW - 90 * DAY, until=NOW - DAY))
    evidence = make_case(tls_failed(code=10), {"dates-unchecked": met(WORKS)}, look=expired)
    assert isinstance(CAUSE.judge(evidence), RuledOut)


def test_not_seen_and_a_working_handshake():
    assert isinstance(CAUSE.judge(make_case(ended(Layer.TLS, Ending.CLOSED))), Unknown)
    assert CAUSE.judge(make_case(met(WORKS))) == RuledOut("the handshake works")
