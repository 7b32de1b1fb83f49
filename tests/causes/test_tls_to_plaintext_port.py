import pytest

from causes.building import make_answer, make_refusal
from causes.connecting import (
    NOW,
    WORKS,
    banner,
    ended,
    make_case,
    make_certificate,
    make_look,
    met,
    plain,
    tls_failed,
)
from causes.witnessed import make_document
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.tls_to_plaintext_port import CAUSE
from ws101.signature import Says
from ws101.terms import Certainty

NO_TLS = (
    tls_failed("WRONG_VERSION_NUMBER", detail="wrong version number"),
    ended(Layer.TLS, Ending.CLOSED),
    ended(Layer.TLS, Ending.RESET),
    ended(Layer.TLS, Ending.SILENT),
)


@pytest.mark.parametrize("baseline", NO_TLS)
@pytest.mark.parametrize("answer", [WORKS, make_answer(401)])
def test_proven_by_an_http_answer_without_tls(baseline, answer):
    ruling = CAUSE.judge(make_case(baseline, {"plain-instead": met(answer, plain())}))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN
    assert str(answer.status) in ruling.facts[1].text


def test_the_librarys_reason_alone_fits_other_services_too():
    ruling = CAUSE.judge(make_case(tls_failed("WRONG_VERSION_NUMBER")))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE


def test_a_listener_that_wants_tls_is_innocent():
    refusal = met(make_refusal(400, Says.PLAIN_HTTP_TO_TLS), plain())
    ruling = CAUSE.judge(make_case(ended(Layer.TLS, Ending.CLOSED), {"plain-instead": refusal}))
    assert isinstance(ruling, RuledOut)


@pytest.mark.parametrize(
    "baseline",
    [tls_failed("TLSV1_UNRECOGNIZED_NAME"), tls_failed(code=10), met(make_answer(404)), met(WORKS)],
)
def test_a_tls_peer_is_innocent_whatever_it_answers_without_tls(baseline):
    """Traefik answers plain HTTP at its TLS entry point with 404."""
    ruling = CAUSE.judge(make_case(baseline, {"plain-instead": met(make_answer(404, "not found"), plain())}))
    assert isinstance(ruling, RuledOut)


def test_tls_that_was_seen_without_verification_is_tls():
    look = make_look(make_certificate(until=NOW - 1))
    ruling = CAUSE.judge(
        make_case(ended(Layer.TLS, Ending.CLOSED), {"plain-instead": met(WORKS, plain())}, look=look)
    )
    assert isinstance(ruling, RuledOut)


def test_another_service_is_no_plain_http():
    evidence = make_case(tls_failed("WRONG_VERSION_NUMBER"), {"plain-instead": met(banner("SSH"), plain())})
    assert isinstance(CAUSE.judge(evidence), RuledOut)


def test_no_answer_either_way_and_not_tried():
    silent = ended(Layer.TLS, Ending.SILENT)
    nothing = ended(Layer.HTTP, Ending.SILENT, sending=plain())
    assert isinstance(CAUSE.judge(make_case(silent, {"plain-instead": nothing})), RuledOut)
    assert CAUSE.judge(make_case(silent)) == Unknown("the same handshake without TLS")
    assert isinstance(CAUSE.judge(make_case(ended(Layer.TCP, Ending.REFUSED))), Unknown)


def test_plain_handshakes_speak_no_tls():
    assert isinstance(CAUSE.judge(make_case(met(make_answer(404), plain()))), RuledOut)
    evidence = make_case(met(WORKS, plain()), {"tls-instead": tls_failed("WRONG_VERSION_NUMBER")}, saw=400)
    assert isinstance(CAUSE.judge(evidence), RuledOut)


@pytest.mark.parametrize(
    ("error", "found"), [("SSLV3_ALERT_HANDSHAKE_FAILURE", True), ("TLSV1_UNRECOGNIZED_NAME", False)]
)
def test_the_timer_service_tells_a_tls_client_by_an_alert(error, found):
    refusal = met(make_document("token-missing", 401), plain())
    ruling = CAUSE.judge(make_case(tls_failed(error), {"plain-instead": refusal}))
    assert (isinstance(ruling, Supported) and ruling.certainty is Certainty.LIKELY) is found


def test_an_alert_of_a_listener_that_speaks_both_is_about_tls():
    answer = met(make_answer(404, "404 page not found"), plain())
    alert = tls_failed("SSLV3_ALERT_HANDSHAKE_FAILURE")
    assert isinstance(CAUSE.judge(make_case(alert, {"plain-instead": answer})), RuledOut)
