import pytest

from causes.building import make_answer
from causes.connecting import WORKS, banner, ended, make_case, met, of_kind, plain, tls_failed
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.wrong_service_on_port import CAUSE
from ws101.handshake.answer import Kind
from ws101.terms import Certainty


@pytest.mark.parametrize(
    ("answer", "certainty"),
    [
        (banner("SSH"), Certainty.LIKELY),
        (of_kind(Kind.HTTP2), Certainty.LIKELY),
        (of_kind(Kind.UNKNOWN), Certainty.POSSIBLE),
        (make_answer(403, headers={"Server": "AirTunes/595.13.1"}), Certainty.LIKELY),
    ],
)
def test_another_service(answer, certainty):
    ruling = CAUSE.judge(make_case(met(answer, plain())))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is certainty


def test_a_greeting_met_without_tls():
    evidence = make_case(tls_failed("WRONG_VERSION_NUMBER"), {"plain-instead": met(banner("SSH"), plain())})
    ruling = CAUSE.judge(evidence)
    assert isinstance(ruling, Supported)
    assert ruling.facts[0].text == "what answers speaks SSH"
    assert ruling.facts[0].source == "experiment plain-instead"


@pytest.mark.parametrize(
    "answer",
    [make_answer(404), make_answer(403, headers={"Server": "nginx"}), of_kind(Kind.TLS_ALERT), WORKS],
)
def test_http_and_tls_are_no_other_service(answer):
    assert isinstance(CAUSE.judge(make_case(met(answer, plain()))), RuledOut)


def test_silence_and_a_closed_port_tell_nothing():
    assert isinstance(CAUSE.judge(make_case(ended(Layer.HTTP, Ending.SILENT, sending=plain()))), Unknown)
    assert isinstance(CAUSE.judge(make_case(ended(Layer.TCP, Ending.REFUSED, sending=plain()))), Unknown)
