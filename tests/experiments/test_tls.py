import pytest
from msgspec.structs import replace

from causes.building import HOST, make_request, make_sending
from experiments.baselines import SETTINGS, asking, sent, tried
from ws101.attempt import Verify
from ws101.experiments import REPAIRS_OF_TLS, tls

PINNED = replace(make_sending(), tls=SETTINGS)
CHECKS = {
    tls.NOT_DATES: Verify.NOT_DATES,
    tls.NOT_NAME: Verify.NOT_NAME,
    tls.NOT_AUTHORITY: Verify.NOT_AUTHORITY,
    tls.SYSTEM_STORE: Verify.SYSTEM_STORE,
    tls.UNVERIFIED: Verify.NOTHING,
}


@pytest.mark.parametrize("experiment", CHECKS, ids=lambda e: e.name)
def test_one_check_is_left_out_and_no_other_setting_changes(experiment):
    assert sent(experiment, PINNED).tls == replace(SETTINGS, verify=CHECKS[experiment])


@pytest.mark.parametrize("experiment", CHECKS, ids=lambda e: e.name)
@pytest.mark.parametrize("verify", [Verify.NOTHING, Verify.NOT_DATES])
def test_a_client_that_checks_less_already_is_not_made_to_check_another_part(experiment, verify):
    assert tried(experiment, replace(PINNED, tls=replace(SETTINGS, verify=verify))) is None


def test_this_machines_authorities_are_another_file_only_where_one_was_given():
    assert tried(tls.SYSTEM_STORE, make_sending()) is None


@pytest.mark.parametrize(
    "experiment", [e for e in REPAIRS_OF_TLS if e in vars(tls).values()], ids=lambda e: e.name
)
def test_nothing_applies_without_tls(experiment):
    assert tried(experiment, make_sending(tls=False)) is None


def test_old_versions_are_allowed_once():
    there = sent(tls.OLD_VERSIONS, PINNED)
    assert there.tls.legacy
    assert tried(tls.OLD_VERSIONS, there) is None


def test_the_server_name_is_left_out_and_the_certificate_must_still_fit():
    there = sent(tls.WITHOUT_NAME, PINNED)
    assert there.tls == replace(SETTINGS, server_name=None)
    assert tried(tls.WITHOUT_NAME, there) is None


@pytest.mark.parametrize(
    ("host", "name"),
    [("site.test", "site.test"), ("site.test:8443", "site.test"), ("Site.Test", "site.test")],
)
def test_the_hosts_name_becomes_the_server_name(host, name):
    there = sent(tls.HOST_AS_NAME, asking(("Host", host)))
    assert (there.tls.server_name, there.tls.check_name) == (name, name)


@pytest.mark.parametrize(
    "host", [HOST, f"{HOST}:8443", HOST.upper(), "[::1]:8443", "[::1]", "192.0.2.7", "192.0.2.7:80"]
)
def test_the_same_name_or_an_address_is_no_other_server_name(host):
    assert tried(tls.HOST_AS_NAME, asking(("Host", host))) is None


def test_without_host_there_is_no_name_to_take():
    assert tried(tls.HOST_AS_NAME, make_sending(make_request(without=["Host"]))) is None


def test_a_foreign_server_name_leaves_the_name_that_is_checked():
    there = sent(tls.FOREIGN_NAME, PINNED)
    assert there.tls.server_name not in {None, HOST}
    assert there.tls.check_name == HOST
