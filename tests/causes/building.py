"""Builds evidence by hand: a request, what it was answered, and what each experiment on it was answered.

An experiment's sending is made by the experiment itself, so a test cannot claim what ws101 would never send.
"""

import re
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from ws101 import experiments
from ws101.attempt import Aftermath, Attempt, Ending, Layer, Sending, TlsSettings
from ws101.evidence import Evidence
from ws101.experiment import Experiment
from ws101.handshake.answer import NOTHING, Answer, Kind
from ws101.handshake.checks import check_answer, fatal
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request, opening
from ws101.observed import Target
from ws101.signature import Says, Signature
from ws101.terms import Family, Hop

HOST = "ws101.test"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455, 1.3

# A made-up server whose refusals have the meaning itself as their body.
SPOKEN = tuple(
    Signature(
        says.name.lower(),
        "spoken",
        Hop.SERVER,
        says,
        "made up",
        body=f"^{re.escape(says.value)}$",
    )
    for says in Says
    if says is not Says.NOTHING
)


def make_request(
    *fields: tuple[str, str], without: Iterable[str] = (), target: str = "/ws", version: str = "HTTP/1.1"
) -> Request:
    """Return a handshake; `fields` replace those of their name, or are added; `without` names fields to leave out."""
    request = opening(HOST, target, KEY, Headers.of(fields))
    return replace(request, headers=request.headers.without(*without), version=version)


def make_sending(
    request: Request | None = None, *, tls: bool = True, port: int = 0, http2: bool = False
) -> Sending:
    return Sending(
        host=HOST,
        port=port or (443 if tls else 80),
        request=request or make_request(),
        tls=TlsSettings(check_name=HOST, server_name=HOST) if tls else None,
        http2=http2,
    )


def make_answer(status: int, body: str = "", headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer of HTTP/1.1; a 101 has what RFC 6455 asks of it, unless `headers` say otherwise."""
    ours = (
        {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": ACCEPT}
        if status == 101
        else {}
    )
    fields = Headers.of({**ours, **(headers or {})}.items())
    return Answer(Kind.HTTP, version="HTTP/1.1", status=status, headers=fields, body=body.encode())


def make_refusal(status: int, says: Says) -> Answer:
    """Return the refusal of a server that says this and nothing else."""
    return make_answer(status, says.value)


def make_attempt(
    name: str = "baseline",
    answer: Answer = NOTHING,
    *,
    sending: Sending | None = None,
    family: Family = Family.BASELINE,
    change: str = "",
    layer: Layer = Layer.HTTP,
    ending: Ending | None = None,
    aftermath: Aftermath | None = None,
) -> Attempt:
    """Return an attempt that met this answer, or none; a 101's breaches are those that the answer has."""
    sending = sending or make_sending()
    return Attempt(
        experiment=name,
        sending=sending,
        layer=layer,
        ending=ending or (Ending.CLOSED if answer.kind is Kind.NOTHING else Ending.ANSWERED),
        family=family,
        change=change,
        answer=answer,
        breaches=fatal(check_answer(sending.request, answer)) if answer.status == 101 else (),
        aftermath=aftermath,
    )


def make_evidence(
    baseline: Attempt | None, results: Mapping[str, Answer] | None = None, **fields: object
) -> Evidence:
    """Return the evidence of a baseline and of what each experiment on it was answered.

    The unchanged repeat met the baseline's answer unless `results` have another.
    """
    sending = baseline.sending if baseline else make_sending()
    scheme = "wss" if sending.tls else "ws"
    target = Target(
        f"{scheme}://{sending.host}{sending.request.target}",
        scheme,
        sending.host,
        sending.port,
        sending.request.target,
    )
    evidence = Evidence(target=target, sending=sending, now=1_800_000_000.0, baseline=baseline, **fields)
    if baseline is None:
        return evidence
    answers = {"repeat": baseline.answer, **(results or {})}
    return replace(
        evidence, attempts={name: _run(evidence, name, answer) for name, answer in answers.items()}
    )


def _run(evidence: Evidence, name: str, answer: Answer) -> Attempt:
    assert evidence.baseline is not None
    experiment = _named(evidence, name)
    sending = experiment.apply(evidence.baseline.sending, evidence)
    assert sending is not None, f"{name} would change nothing here and is not sent"
    return make_attempt(name, answer, sending=sending, family=experiment.family, change=experiment.change)


def _named(evidence: Evidence, name: str) -> Experiment:
    assert evidence.baseline is not None
    first, second = experiments.CONTROLS + experiments.REPAIRS, experiments.DAMAGES
    tables = (second, first) if evidence.works else (first, second)
    user = experiments.for_user_fields(evidence.baseline.sending)
    known = (*tables[0], *experiments.REPAIRS_OF_TLS, *experiments.AT_THE_SERVER, *user, *tables[1])
    return next(experiment for experiment in known if experiment.name == name)
