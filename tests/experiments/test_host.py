import pytest
from msgspec.structs import replace

from causes.building import HOST, make_request, make_sending
from causes.connecting import make_certificate, make_look
from experiments.baselines import asking, seen, sent, tried
from ws101.experiments import host
from ws101.observed import Target


def hosts(sending):
    return sending.request.headers.get_all("host")


@pytest.mark.parametrize(
    ("tls", "port", "expected"),
    [
        (True, 443, HOST),
        (True, 8443, f"{HOST}:8443"),
        (True, 80, f"{HOST}:80"),
        (False, 80, HOST),
        (False, 443, f"{HOST}:443"),
    ],
)
def test_the_urls_own_host_has_the_port_only_where_it_is_not_the_schemes(tls, port, expected):
    sending = make_sending(make_request(("Host", "other.test")), tls=tls, port=port)
    there = sent(host.URL_HOST, sending)
    assert hosts(there) == (expected,)
    assert tried(host.URL_HOST, there) is None


def test_the_urls_own_host_is_not_the_one_that_connect_to_dials():
    sending = replace(make_sending(make_request(("Host", "other.test")), port=7777), host="127.0.0.1")
    evidence = replace(seen(sending), target=Target("wss://ws.test/ws", "wss", "ws.test", 443, "/ws"))
    assert hosts(host.URL_HOST.apply(sending, evidence)) == ("ws.test",)


def test_an_address_stands_in_brackets():
    assert hosts(sent(host.URL_HOST, replace(make_sending(port=8443), host="::1"))) == ("[::1]:8443",)


@pytest.mark.parametrize(
    ("before", "after"), [(f"{HOST}:8443", HOST), ("[::1]:80", "[::1]"), ("192.0.2.1:80", "192.0.2.1")]
)
@pytest.mark.parametrize("experiment", [host.HOST_WITHOUT_PORT, host.HOST_WITHOUT_PORT_DAMAGE])
def test_the_port_is_left_out(experiment, before, after):
    assert hosts(sent(experiment, asking(("Host", before)))) == (after,)


@pytest.mark.parametrize("value", [HOST, "[::1]", "::1:", "h:http"])
def test_without_a_port_none_is_left_out(value):
    assert tried(host.HOST_WITHOUT_PORT, asking(("Host", value))) is None


def test_the_certificates_name_is_the_first_whole_one():
    look = make_look(make_certificate(names=("*.site.test", "192.0.2.1", "ws.site.test", "b.test")))
    assert hosts(sent(host.CERTIFICATE_HOST, look=look)) == ("ws.site.test",)


@pytest.mark.parametrize("names", [(HOST, "ws.site.test"), ("*.site.test",), ("localhost",), ()])
def test_a_certificate_for_this_host_or_without_a_whole_name_offers_none(names):
    assert tried(host.CERTIFICATE_HOST, look=make_look(make_certificate(names=names))) is None


def test_nobody_looked_at_a_certificate():
    assert tried(host.CERTIFICATE_HOST) is None


def test_host_is_sent_twice_or_not_at_all():
    assert hosts(sent(host.HOST_TWICE)) == (HOST, HOST)
    assert hosts(sent(host.WITHOUT_HOST)) == ()
    bare = make_sending(make_request(without=["Host"]))
    assert tried(host.HOST_TWICE, bare) is None
    assert tried(host.WITHOUT_HOST, bare) is None


@pytest.mark.parametrize("experiment", [host.MALFORMED_HOST, host.FOREIGN_HOST])
def test_a_wrong_host_stands_where_the_right_one_stood(experiment):
    there = sent(experiment)
    assert there.request.headers.fields[0][0] == "Host"
    assert len(hosts(there)) == 1
    assert hosts(there) != (HOST,)


def test_a_malformed_host_can_stand_in_a_url():
    assert " " not in hosts(sent(host.MALFORMED_HOST))[0]


def test_the_foreign_host_is_nobodys():
    assert hosts(sent(host.FOREIGN_HOST))[0].endswith(".invalid")
