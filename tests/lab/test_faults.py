"""The table of faults: complete, named alike everywhere, and every fault does break its stack."""

import pkgutil
import tomllib
from pathlib import Path

import pytest

import ws101.causes
from lab import client
from ws101.lab import faults
from ws101.lab.faults import FAULTS
from ws101.lab.stack import SERVERS

EXPECTED = tomllib.loads((Path(__file__).parent / "expected.toml").read_text())
RUNS = [
    pytest.param(fault, server, id=f"{fault.name}@{server}") for fault in FAULTS for server in fault.servers
]


def test_each_module_is_in_the_table_under_its_own_name():
    modules = {module.name for module in pkgutil.iter_modules(faults.__path__)}
    assert modules == {fault.name.replace("-", "_").replace(".", "_") for fault in FAULTS}
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_faults_stand_in_the_order_of_the_wire():
    hops = [fault.hop for fault in FAULTS]
    assert hops == sorted(hops, key=list(type(hops[0])).index)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_is_described_and_names_known_servers(fault):
    assert fault.summary
    assert not fault.summary.endswith(".")
    assert set(fault.servers) <= set(SERVERS)


@pytest.mark.parametrize(("fault", "server"), RUNS)
def test_each_run_has_an_expectation(fault, server):
    assert f"{fault.name}@{server}" in EXPECTED or fault.name in EXPECTED


def test_nothing_is_expected_of_what_does_not_exist():
    known = {fault.name for fault in FAULTS} | {
        f"{fault.name}@{server}" for fault in FAULTS for server in fault.servers
    }
    assert set(EXPECTED) <= known


def test_only_causes_of_the_catalogue_are_expected():
    causes = {module.name.replace("_", "-") for module in pkgutil.iter_modules(ws101.causes.__path__)}
    named = {slug for slugs in EXPECTED.values() for slug in ([slugs] if isinstance(slugs, str) else slugs)}
    assert {slug.replace(".", "-") for slug in named} <= causes


@pytest.mark.parametrize(("fault", "server"), RUNS)
def test_each_fault_breaks_its_stack(lab, fault, server):
    with lab.running(fault.stack(server)) as up:
        outcome = client.shake(up.arguments)
    assert outcome.sound is fault.works, outcome
