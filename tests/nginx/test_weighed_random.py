"""Random configurations and requests beside random answers: every cause judges them, and what is told fits the file."""

from itertools import product

import pytest
from generating import HTTP, Generator
from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_evidence
from causes.configuring import model
from causes.recorded import recorded
from ws101.attempt import Aftermath, Sending, TlsSettings
from ws101.causes import CAUSES
from ws101.configured import Running, follow
from ws101.evidence import Evidence
from ws101.handshake.request import Request
from ws101.terms import Certainty
from ws101.verdict import tell
from ws101.verdict.weigh import weigh

SEEDS = range(12)
REQUESTS = 6
PORT = 8080
ANSWERS = (
    make_answer(101), make_answer(426, "missing Connection header."), recorded("nginx-403"), recorded("nginx-502"), make_answer(404),
    make_answer(401), make_answer(301, headers={"Location": "https://a.test/"}), make_answer(400), make_answer(200, "<html>"),
)  # fmt: skip


def _bind(_: tuple[str, ...]) -> int:
    return PORT


def _sending(generator: Generator) -> Sending:
    case = generator.case()
    tls = TlsSettings("a.test", case.server_name) if case.tls else None
    request = Request(case.target, case.headers, case.method, case.protocol)
    return Sending("a.test", case.port, request, tls)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cause_judges_it(seed: int) -> None:
    generator = Generator(seed, 0, _bind, 9000)
    text = f"events {{}}\nhttp {{\n{HTTP}{generator.configuration()}\n}}\n"
    understood = model(
        text, **{name.removesuffix(".conf"): inside for name, inside in generator.files.items()}
    )
    lines = text.split("\n")
    sendings = [_sending(generator) for _ in range(REQUESTS)]
    for sending, answer in product(sendings, ANSWERS):
        aftermath = Aftermath(90, 60.0) if answer.status == 101 else None
        evidence = make_evidence(make_attempt(answer=answer, sending=sending, aftermath=aftermath))
        config = follow([understood, understood], sending, PORT, "127.0.0.1", Running())
        _check(replace(evidence, config=config), lines)


def _check(evidence: Evidence, lines: list[str]) -> None:
    weighed = weigh([evidence], CAUSES)
    report = tell.report([evidence], weighed)
    assert set(weighed.cures) <= {finding.cause for finding in weighed.findings}
    for finding in report.findings:
        shown = [line for one in finding.where if one.file == "nginx.conf" for line in one.lines]
        assert all(line.text == lines[line.number - 1].expandtabs(4) for line in shown)
        assert not finding.where or any(line.note for one in finding.where for line in one.lines)
        proven_here = finding.certainty is Certainty.PROVEN and finding.where
        assert not proven_here, "nothing of a configuration is proven but in a sandbox"
