import pytest
from msgspec.structs import replace

from causes.building import make_answer, make_request
from causes.connecting import WORKS, ended, make_case, met, plain, secure, tls_failed
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.server_name_unrecognised import CAUSE
from ws101.terms import Certainty

OTHER_HOST = replace(secure(), request=make_request(("Host", "site.example")))


@pytest.mark.parametrize(
    "error", ["TLSV1_UNRECOGNIZED_NAME", "TLSV1_ALERT_INTERNAL_ERROR", "SSLV3_ALERT_HANDSHAKE_FAILURE", ""]
)
@pytest.mark.parametrize("flip", ["server-name-from-host", "without-server-name"])
def test_proven_by_another_server_name(error, flip):
    baseline = tls_failed(error, sending=OTHER_HOST)
    ruling = CAUSE.judge(make_case(baseline, {flip: met(make_answer(401))}))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN
    assert ruling.facts[0].text == "the server name sent is ws101.test"


def test_proven_by_a_101_at_the_other_name():
    evidence = make_case(met(make_answer(421), OTHER_HOST), {"server-name-from-host": met(WORKS)})
    ruling = CAUSE.judge(evidence)
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN


def test_another_sites_certificate_is_also_a_mismatch():
    baseline = tls_failed(code=62, sending=OTHER_HOST)
    ruling = CAUSE.judge(make_case(baseline, {"server-name-from-host": met(WORKS)}))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY


@pytest.mark.parametrize(
    ("error", "certainty"),
    [("TLSV1_UNRECOGNIZED_NAME", Certainty.LIKELY), ("TLSV1_ALERT_INTERNAL_ERROR", Certainty.POSSIBLE)],
)
def test_by_the_alert_alone(error, certainty):
    ruling = CAUSE.judge(make_case(tls_failed(error)))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is certainty


def test_another_name_that_changes_nothing_clears_it():
    closed = ended(Layer.TLS, Ending.CLOSED)
    ruling = CAUSE.judge(make_case(closed, {"without-server-name": closed}))
    assert isinstance(ruling, RuledOut)
    assert ruling.experiment == "without-server-name"


@pytest.mark.parametrize(
    "baseline", [met(WORKS), met(make_answer(404)), met(make_answer(404), plain()), tls_failed(code=10)]
)
def test_innocent(baseline):
    assert isinstance(CAUSE.judge(make_case(baseline)), RuledOut)


def test_a_client_that_sends_another_name_or_none():
    damages = {"without-server-name": met(make_answer(404)), "foreign-server-name": tls_failed(code=62)}
    assert isinstance(CAUSE.judge(make_case(met(WORKS), damages, saw=404)), Supported)
    assert isinstance(CAUSE.judge(make_case(met(WORKS), damages, saw=400)), RuledOut)


def test_nobody_looked():
    assert isinstance(CAUSE.judge(make_case(ended(Layer.TLS, Ending.CLOSED))), Unknown)
    assert isinstance(CAUSE.judge(make_case(ended(Layer.TCP, Ending.REFUSED))), Unknown)
