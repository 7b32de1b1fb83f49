import pytest
from msgspec.structs import replace

from causes.building import HOST, make_request, make_sending
from experiments.baselines import asking, sent, tried
from ws101.experiments import origin

ELSEWHERE = ("Origin", "https://elsewhere.test")


def origins(sending):
    return sending.request.headers.get_all("origin")


@pytest.mark.parametrize("experiment", [origin.WITHOUT_ORIGIN, origin.WITHOUT_ORIGIN_DAMAGE])
def test_origin_is_left_out_where_it_stands(experiment):
    there = sent(experiment, asking(ELSEWHERE))
    assert origins(there) == ()
    assert tried(experiment, there) is None


@pytest.mark.parametrize(
    ("tls", "host", "own"),
    [
        (True, HOST, f"https://{HOST}"),
        (False, HOST, f"http://{HOST}"),
        (True, f"{HOST}:8443", f"https://{HOST}:8443"),
        (False, "[::1]:80", "http://[::1]:80"),
    ],
)
def test_the_sites_own_origin_is_its_scheme_and_host(tls, host, own):
    sending = make_sending(make_request(ELSEWHERE, ("Host", host)), tls=tls)
    assert origins(sent(origin.OWN_ORIGIN, sending)) == (own,)
    assert tried(origin.OWN_ORIGIN, sent(origin.OWN_ORIGIN, sending)) is None


def test_a_client_without_origin_gets_one():
    assert origins(sent(origin.OWN_ORIGIN)) == (f"https://{HOST}",)


def test_less_its_port():
    sending = asking(("Host", f"{HOST}:8443"))
    assert origins(sent(origin.OWN_ORIGIN_WITHOUT_PORT, sending)) == (f"https://{HOST}",)


def test_where_there_is_no_port_it_would_be_the_same_experiment_twice():
    assert tried(origin.OWN_ORIGIN_WITHOUT_PORT) is None


@pytest.mark.parametrize("experiment", [origin.OWN_ORIGIN, origin.OWN_ORIGIN_WITHOUT_PORT])
def test_without_host_the_site_has_no_origin(experiment):
    assert tried(experiment, make_sending(make_request(ELSEWHERE, without=["Host"]))) is None


@pytest.mark.parametrize(
    ("experiment", "value"),
    [(origin.FOREIGN_ORIGIN, "https://ws101-other.invalid"), (origin.NULL_ORIGIN, "null")],
)
def test_wrong_origins(experiment, value):
    there = sent(experiment, asking(ELSEWHERE))
    assert origins(there) == (value,)
    assert tried(experiment, there) is None


def test_several_origins_become_one():
    sending = make_sending()
    twice = sending.asking(sending.request.with_headers(sending.request.headers.added(ELSEWHERE, ELSEWHERE)))
    assert origins(sent(origin.OWN_ORIGIN, twice)) == (f"https://{HOST}",)
    assert replace(twice, request=sent(origin.WITHOUT_ORIGIN, twice).request) == sending
