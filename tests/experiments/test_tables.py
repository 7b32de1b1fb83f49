"""What holds for every experiment of every table, whatever the handshake that it is made on."""

import pytest
from hypothesis import HealthCheck, given, settings

from causes.building import make_request, make_sending
from experiments.baselines import changed, evidences, seen
from ws101 import experiments
from ws101.experiments import credentials, path, way
from ws101.handshake.request import build
from ws101.terms import Family
from ws101.tokens import credential

TABLES = (
    experiments.CONTROLS,
    experiments.REPAIRS_OF_TLS,
    experiments.REPAIRS,
    experiments.AT_THE_SERVER,
    experiments.DAMAGES,
)
EVERY = tuple(dict.fromkeys(experiment for table in TABLES for experiment in table))

# One change may have to touch more than one part of what is sent; these are all that do.
UNPROTECTED = ("unverified", "name-unchecked", "authority-unchecked", "plain-instead")
PARTS = {
    **{name: {"tls", "request"} for name in UNPROTECTED},  # credentials stay at home
    "redirect-target": {"port", "tls", "request"},
    "http-1.1": {"request", "http2"},
    "http-1.0": {"request", "http2"},
}
ANOTHER_PLACE = {
    "host",
    "port",
    "request",
    "tls",
    "address",
    "forward_proxy",
    "http2",
}  # what is sent to --direct
PIECES = {
    **{name: {"target", "headers"} for name in UNPROTECTED},
    "minimal": {"headers", "version", "body"},
    "without-body": {"headers", "body"},
    "with-body": {"headers", "body"},
    "redirect-target": {"target", "headers"},
    **{name: {"target", "headers"} for name in ("token-in-header", "token-in-query", "token-in-query-only",
                                                "token-in-subprotocol", "token-in-cookie", "without-token")},
}  # fmt: skip


def made(evidence):
    further = (
        *experiments.for_user_fields(evidence.baseline.sending),
        *experiments.for_addresses(evidence.baseline.sending, evidence),
    )
    return [(e, e.apply(evidence.baseline.sending, evidence)) for e in (*EVERY, *further)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(evidences())
def test_an_experiment_changes_one_thing_and_sends_a_get(evidence):
    usual = evidence.baseline.sending
    for experiment, there in made(evidence):
        if there is None:
            continue
        name = experiment.name
        assert there.request.method == "GET", name
        assert there.request.target.startswith("/"), name
        assert build(there.request).startswith(b"GET /"), name
        if name.startswith("direct"):
            assert changed(usual, there) <= ANOTHER_PLACE, name
            assert (there.host, there.port, there.address) == (
                evidence.direct.host, evidence.direct.port, evidence.direct.address)  # fmt: skip
            continue
        assert there.host == usual.host, name
        if experiment is way.REPEAT:
            assert there == usual
            continue
        parts = changed(usual, there)
        assert parts, f"{name} changes nothing and should not be sent"
        assert len(parts) == 1 or parts <= PARTS.get(name, set()), (name, parts)
        pieces = changed(usual.request, there.request)
        assert len(pieces) <= 1 or pieces <= PIECES.get(name, set()), (name, pieces)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(evidences())
def test_no_credentials_go_where_the_peer_is_less_known_than_to_the_client(evidence):
    for experiment, there in made(evidence):
        if experiment.name in UNPROTECTED and there is not None:
            assert there.request == credential.without(evidence.baseline.sending.request), experiment.name
            assert credential.find(there.request) == (), experiment.name


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(evidences())
def test_an_experiment_that_was_made_has_nothing_left_to_change(evidence):
    """Right is right: a repair that was applied is not applied again."""
    for experiment, there in made(evidence):
        if experiment.family is Family.REPAIR and there is not None and experiment.name in SETTLED:
            assert experiment.apply(there, evidence) is None, experiment.name


SETTLED = {
    "tls-instead", "plain-instead", "http-1.1", "right-upgrade", "right-connection", "right-key", "right-version",
    "without-origin", "own-origin", "without-subprotocol", "without-extensions", "without-body", "each-field-once", "minimal",
    "single-slashes", "lower-case-path", "engineio-parameters", "engineio-without-session", "token-in-header", "tidy-token",
    "proxy-line", "without-forward-proxy", "unverified", "old-tls", "without-server-name", "host-without-port",
}  # fmt: skip


def test_every_settled_name_is_an_experiment():
    assert {e.name for e in EVERY if e.family is Family.REPAIR} >= SETTLED


@pytest.mark.parametrize("experiment", EVERY, ids=lambda e: f"{e.family}-{e.name}")
def test_a_change_completes_its_sentence(experiment):
    assert experiment.name == experiment.name.lower()
    assert " " not in experiment.name
    assert not experiment.change.endswith(".")
    assert experiment.change[0].islower()


def test_what_a_table_holds():
    assert {e.family for e in experiments.DAMAGES} == {Family.DAMAGE}
    assert {e.family for e in experiments.AT_THE_SERVER} == {Family.DAMAGE}
    assert {e.family for e in experiments.REPAIRS_OF_TLS} == {Family.REPAIR}
    damages = [e for e in experiments.REPAIRS if e.family is not Family.REPAIR]
    assert damages == [credentials.SHORT], "a shorter token mends nothing; it shows that its size mattered"
    assert {e for e in experiments.CONTROLS if e.family is Family.REPAIR} == {way.REPEAT}
    assert path.NONSENSE_PATH in experiments.CONTROLS


def test_a_field_of_the_user_never_takes_the_name_of_a_tables_experiment():
    sending = make_sending(make_request(("Token", "1"), ("Body", "2"), ("Extensions", "3"), ("X-Four", "4")))
    found = experiments.for_user_fields(sending)
    assert [e.name for e in found] == [
        "without-token-field", "without-body-field", "without-extensions-field", "without-x-four",
    ]  # fmt: skip
    evidence = seen(sending)
    for experiment, field in zip(found, ("token", "body", "extensions", "x-four"), strict=True):
        assert field not in experiment.apply(sending, evidence).request.headers
