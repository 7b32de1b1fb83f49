import pytest
from msgspec.structs import replace

from causes.building import make_answer
from causes.connecting import WORKS, ended, make_case, met, plain, tls_failed
from ws101.attempt import Ending, Layer, TlsSession
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.tls_version_unsupported import CAUSE
from ws101.terms import Certainty

ALERT = tls_failed("TLSV1_ALERT_PROTOCOL_VERSION", detail="tlsv1 alert protocol version")
OLD = replace(met(make_answer(401)), tls=TlsSession("TLSv1.1", "ECDHE-RSA-AES256-SHA", ""))


@pytest.mark.parametrize(
    "baseline", [ALERT, tls_failed("SSLV3_ALERT_HANDSHAKE_FAILURE"), ended(Layer.TLS, Ending.RESET)]
)
def test_proven_when_old_versions_pass(baseline):
    ruling = CAUSE.judge(make_case(baseline, {"old-tls": OLD, "unverified": baseline}))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN
    assert "TLSv1.1, ECDHE-RSA-AES256-SHA" in ruling.facts[1].text


@pytest.mark.parametrize(
    ("error", "certainty"),
    [
        ("TLSV1_ALERT_PROTOCOL_VERSION", Certainty.LIKELY),
        ("UNSUPPORTED_PROTOCOL", Certainty.LIKELY),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", Certainty.POSSIBLE),
    ],
)
def test_by_the_alert_alone(error, certainty):
    ruling = CAUSE.judge(make_case(tls_failed(error)))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is certainty


def test_old_tls_that_passes_for_want_of_verification_is_no_proof():
    passed = {"old-tls": met(WORKS), "unverified": met(WORKS)}
    assert isinstance(CAUSE.judge(make_case(tls_failed(code=18), passed)), RuledOut)
    assert not isinstance(CAUSE.judge(make_case(ended(Layer.TLS, Ending.CLOSED), passed)), Supported)


@pytest.mark.parametrize("baseline", [met(WORKS), met(make_answer(400)), met(make_answer(400), plain())])
def test_innocent(baseline):
    assert isinstance(CAUSE.judge(make_case(baseline)), RuledOut)


def test_tried_in_vain_and_not_tried():
    closed = ended(Layer.TLS, Ending.CLOSED)
    assert isinstance(CAUSE.judge(make_case(closed, {"old-tls": closed})), RuledOut)
    assert isinstance(CAUSE.judge(make_case(closed)), Unknown)
    assert isinstance(CAUSE.judge(make_case(ended(Layer.TCP, Ending.REFUSED))), Unknown)
