import pytest
from msgspec.structs import replace

from causes.building import make_answer, make_refusal
from causes.connecting import (
    TLS_1_3,
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
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.client_certificate_required import CAUSE
from ws101.signature import Says
from ws101.terms import Certainty

ASKED = make_look(make_certificate(), asked=True)
NOT_ASKED = make_look(make_certificate(), asked=False)


def with_certificate():
    sending = secure()
    assert sending.tls is not None
    return replace(sending, tls=replace(sending.tls, cert_file="client.pem"))


@pytest.mark.parametrize(
    "baseline",
    [
        met(make_refusal(400, Says.CLIENT_CERTIFICATE_MISSING)),
        met(make_refusal(400, Says.CLIENT_CERTIFICATE_BAD), with_certificate()),
        tls_failed("TLSV13_ALERT_CERTIFICATE_REQUIRED"),
        tls_failed("TLSV1_ALERT_UNKNOWN_CA", sending=with_certificate()),
        tls_failed("SSLV3_ALERT_CERTIFICATE_EXPIRED", sending=with_certificate()),
    ],
)
def test_the_server_says_so(baseline):
    ruling = CAUSE.judge(make_case(baseline))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY


def test_the_remedy_knows_whether_one_was_given():
    without = CAUSE.judge(make_case(tls_failed("TLSV13_ALERT_CERTIFICATE_REQUIRED")))
    given = CAUSE.judge(make_case(tls_failed("TLSV1_ALERT_UNKNOWN_CA", sending=with_certificate())))
    assert isinstance(without, Supported)
    assert isinstance(given, Supported)
    assert without.remedy != given.remedy


@pytest.mark.parametrize(
    "baseline",
    [
        ended(Layer.HTTP, Ending.CLOSED),
        ended(Layer.TLS, Ending.RESET),
        tls_failed("SSLV3_ALERT_HANDSHAKE_FAILURE"),
    ],
)
def test_asked_for_one_and_cut_off(baseline):
    ruling = CAUSE.judge(make_case(baseline, look=ASKED))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE
    assert CAUSE.judge(make_case(baseline, look=NOT_ASKED)) == RuledOut("the server asks for no certificate")


@pytest.mark.parametrize(
    "baseline", [met(make_answer(400, "Bad Request")), met(WORKS), met(make_answer(400), plain())]
)
def test_innocent(baseline):
    assert isinstance(CAUSE.judge(make_case(baseline)), RuledOut)


def test_an_alert_about_a_certificate_that_was_never_asked_for():
    assert not isinstance(CAUSE.judge(make_case(tls_failed("TLSV1_ALERT_UNKNOWN_CA"))), Supported)


def test_nobody_looked():
    assert isinstance(CAUSE.judge(make_case(ended(Layer.TLS, Ending.CLOSED))), Unknown)
    assert isinstance(CAUSE.judge(make_case(ended(Layer.TCP, Ending.REFUSED))), Unknown)
    assert isinstance(CAUSE.judge(make_case(met(WORKS, with_certificate()), saw=400)), Unknown)


def test_with_tls_1_2_the_alert_fits_other_causes_too():
    ruling = CAUSE.judge(make_case(tls_failed("SSLV3_ALERT_HANDSHAKE_FAILURE")))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE


def test_a_certificate_was_asked_for_and_the_answer_forbids():
    refusal = met(make_answer(403))
    asked = replace(refusal, tls=replace(TLS_1_3, client_certificate_asked=True))
    ruling = CAUSE.judge(make_case(asked, {"plain-get": refusal}))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE
