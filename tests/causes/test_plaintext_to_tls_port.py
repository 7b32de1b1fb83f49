import pytest
from msgspec.structs import replace

from causes.building import make_answer, make_refusal
from causes.connecting import WORKS, ended, make_case, met, of_kind, plain, tls_failed
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.plaintext_to_tls_port import CAUSE
from ws101.handshake.answer import Kind
from ws101.signature import Says
from ws101.terms import Certainty

SAYS_SO = met(make_refusal(400, Says.PLAIN_HTTP_TO_TLS), plain())


@pytest.mark.parametrize(
    "baseline",
    [
        SAYS_SO,
        met(of_kind(Kind.TLS_ALERT), plain()),
        ended(Layer.HTTP, Ending.CLOSED, sending=plain()),
        ended(Layer.HTTP, Ending.RESET, sending=plain()),
        ended(Layer.HTTP, Ending.SILENT, sending=plain()),
    ],
)
@pytest.mark.parametrize(
    "over_tls",
    [
        met(WORKS),
        met(make_answer(401)),
        tls_failed(code=18, detail="self-signed certificate"),
        tls_failed("TLSV1_UNRECOGNIZED_NAME"),
        tls_failed("SSLV3_ALERT_HANDSHAKE_FAILURE"),
    ],
)
def test_proven_by_tls_on_the_same_port(baseline, over_tls):
    ruling = CAUSE.judge(make_case(baseline, {"tls-instead": over_tls}))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN
    assert ruling.remedy is not None
    assert "wss://" in ruling.remedy.text


def test_a_listener_that_wavers_proves_nothing():
    evidence = make_case(SAYS_SO, {"repeat": met(make_answer(502), plain()), "tls-instead": met(WORKS)})
    ruling = CAUSE.judge(evidence)
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE


@pytest.mark.parametrize("baseline", [SAYS_SO, met(of_kind(Kind.TLS_ALERT), plain())])
def test_likely_by_its_own_words(baseline):
    ruling = CAUSE.judge(make_case(baseline))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY


@pytest.mark.parametrize(
    "over_tls", [tls_failed("WRONG_VERSION_NUMBER"), ended(Layer.TLS, Ending.CLOSED), met(make_answer(404))]
)
def test_a_port_that_speaks_no_tls_or_both_alike(over_tls):
    ruling = CAUSE.judge(make_case(met(make_answer(404), plain()), {"tls-instead": over_tls}))
    assert isinstance(ruling, RuledOut)
    assert ruling.experiment == "tls-instead"


def test_a_client_that_drops_tls():
    refusal = {"plain-instead": met(make_refusal(400, Says.PLAIN_HTTP_TO_TLS), plain())}
    assert isinstance(CAUSE.judge(make_case(met(WORKS), refusal, saw=400)), Supported)
    assert isinstance(CAUSE.judge(make_case(met(WORKS), refusal, saw=404)), RuledOut)


def test_not_tried_not_reached_and_not_plain():
    assert isinstance(CAUSE.judge(make_case(met(make_answer(404), plain()))), Unknown)
    assert isinstance(CAUSE.judge(make_case(ended(Layer.TCP, Ending.REFUSED, sending=plain()))), Unknown)
    assert isinstance(CAUSE.judge(make_case(met(make_answer(404)))), RuledOut)
    assert isinstance(CAUSE.judge(make_case(met(WORKS, plain()))), RuledOut)


def test_plain_bytes_that_only_an_experiment_sent_are_no_fault_of_the_client():
    evidence = make_case(SAYS_SO, {"tls-instead": met(WORKS)}, overcome=("plain-instead",))
    asked_for_tls = replace(evidence, target=replace(evidence.target, scheme="wss"))
    assert isinstance(CAUSE.judge(asked_for_tls), RuledOut)


PLAINLY = met(make_answer(404, "404 page not found\n"), plain())


@pytest.mark.parametrize("over_tls", [met(WORKS), met(make_answer(401))])
def test_a_listener_that_takes_both_is_known_by_what_gets_further(over_tls):
    ruling = CAUSE.judge(make_case(PLAINLY, {"tls-instead": over_tls}))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN


def test_a_listener_that_takes_both_and_refuses_both_wants_no_tls():
    ruling = CAUSE.judge(make_case(PLAINLY, {"tls-instead": met(make_answer(502))}))
    assert ruling == RuledOut(
        "this port answers plain HTTP as well, and over TLS the handshake gets no further", "tls-instead"
    )


def test_behind_a_certificate_that_is_not_trusted_nobody_looked():
    ruling = CAUSE.judge(make_case(PLAINLY, {"tls-instead": tls_failed(code=18)}))
    assert isinstance(ruling, Unknown)
    assert "--cacert" in ruling.need


def test_a_listener_that_answers_every_plain_request_400_may_want_tls():
    refusal = met(make_answer(400), plain())
    same = {"plain-get": refusal, "nonsense-path": refusal, "tls-instead": tls_failed(code=18)}
    ruling = CAUSE.judge(make_case(refusal, same))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE


def test_silence_where_other_plain_requests_are_answered_is_no_wish_for_tls():
    silent = ended(Layer.HTTP, Ending.SILENT, sending=plain())
    others = {"malformed-host": met(make_answer(400, "400 Bad Request"), plain())}
    ruling = CAUSE.judge(make_case(silent, {**others, "tls-instead": tls_failed(code=18)}))
    assert not isinstance(ruling, Supported)


def test_what_is_malformed_is_refused_before_the_port_is_looked_at():
    attempts = {
        "malformed-host": met(make_answer(400, "400 Bad Request"), plain()),
        "tls-instead": met(make_answer(426)),
    }
    ruling = CAUSE.judge(make_case(SAYS_SO, attempts))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN
