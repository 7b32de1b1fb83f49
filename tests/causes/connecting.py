"""Builds evidence of connections by hand: addresses, forward proxies, TLS that fails, and certificates.

As in building, an experiment's sending is made by the experiment itself.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from causes.building import HOST, make_answer, make_attempt, make_sending
from ws101 import experiments
from ws101.attempt import Attempt, Ending, ForwardProxy, Layer, Sending, TlsSession, Verify
from ws101.evidence import Evidence
from ws101.handshake.answer import Answer, Kind
from ws101.observed import Certificate, Dial, Resolution, Target, TlsLook
from ws101.terms import Family

NOW = 1_800_000_000.0
DAY = 86_400.0
TLS_1_3 = TlsSession("TLSv1.3", "TLS_AES_256_GCM_SHA384", "")
PROXY = ForwardProxy("proxy.test", 3128, tls=False, authorization=None, given_by="HTTPS_PROXY")


def make_certificate(
    subject: str = f"CN={HOST}",
    issuer: str = "CN=Test Authority",
    names: tuple[str, ...] = (HOST,),
    *,
    since: float = NOW - 30 * DAY,
    until: float = NOW + 60 * DAY,
    issuer_url: str = "",
    fingerprint: str = "",
) -> Certificate:
    return Certificate(
        subject=subject,
        issuer=issuer,
        names=names,
        not_before=since,
        not_after=until,
        self_issued=subject == issuer,
        is_authority=not names,
        fingerprint=fingerprint or f"{subject}/{issuer}",
        issuer_url=issuer_url,
        signed_by_itself=subject == issuer,
    )


def make_look(*chain: Certificate, whole: bool = True, asked: bool | None = None) -> TlsLook:
    session = replace(TLS_1_3, client_certificate_asked=asked)
    return TlsLook(session if chain else None, chain, chain_complete_known=whole)


def plain(**changes: object) -> Sending:
    return replace(make_sending(tls=False, port=443), **changes)


def secure(
    *, host: str = HOST, ca_file: str | None = None, verify: Verify = Verify.ALL, **changes: object
) -> Sending:
    sending = make_sending()
    assert sending.tls is not None
    tls = replace(sending.tls, check_name=host, ca_file=ca_file, verify=verify)
    return replace(sending, tls=tls, **changes)


def met(answer: Answer, sending: Sending | None = None) -> Attempt:
    """Return an attempt that was answered, over TLS where the sending has it."""
    sending = sending or make_sending()
    return replace(make_attempt(answer=answer, sending=sending), tls=TLS_1_3 if sending.tls else None)


def ended(layer: Layer, ending: Ending, detail: str = "", *, sending: Sending | None = None) -> Attempt:
    """Return an attempt that ended at this layer, without an answer."""
    return replace(make_attempt(sending=sending, layer=layer, ending=ending), detail=detail)


def tls_failed(
    error: str = "", *, code: int | None = None, detail: str = "", sending: Sending | None = None
) -> Attempt:
    """Return an attempt on which TLS failed, by a reason of OpenSSL's or by a verify code."""
    attempt = ended(Layer.TLS, Ending.TLS_FAILED, detail, sending=sending)
    return replace(
        attempt, tls_error=error or ("CERTIFICATE_VERIFY_FAILED" if code else ""), verify_code=code
    )


def make_case(baseline: Attempt, results: Mapping[str, Attempt] | None = None, **fields: object) -> Evidence:
    """Return the evidence of a baseline and of what each experiment met; the repeat met the same unless told."""
    sending = baseline.sending
    scheme = "wss" if sending.tls else "ws"
    target = Target(f"{scheme}://{HOST}:{sending.port}/ws", scheme, sending.host, sending.port, "/ws")
    evidence = Evidence(target=target, sending=sending, now=NOW, baseline=baseline, **fields)  # type: ignore[arg-type]
    outcomes = {"repeat": baseline, **(results or {})}
    return replace(evidence, attempts={name: _run(evidence, name, seen) for name, seen in outcomes.items()})


def _run(evidence: Evidence, name: str, seen: Attempt) -> Attempt:
    assert evidence.baseline is not None
    tables = (experiments.CONTROLS, experiments.REPAIRS_OF_TLS, experiments.REPAIRS, experiments.DAMAGES)
    if evidence.works:
        tables = (experiments.DAMAGES, *tables)
    further = experiments.for_addresses(evidence.baseline.sending, evidence)
    known = [*further, *(e for table in tables for e in table)]
    experiment = next(e for e in known if e.name == name)
    sending = experiment.apply(evidence.baseline.sending, evidence)
    assert sending is not None, f"{name} would change nothing here and is not sent"
    family = experiment.family if name != "repeat" else Family.REPAIR
    return replace(seen, experiment=name, sending=sending, family=family, change=experiment.change)


def banner(service: str) -> Answer:
    return Answer(Kind.BANNER, raw=b"...", service=service)


def of_kind(kind: Kind) -> Answer:
    return Answer(kind, raw=b"...")


def dialled(*outcomes: tuple[str, Ending | None]) -> dict[str, object]:
    """Return the fields of the evidence for a name with these addresses; None for one that connects."""
    dials = tuple(
        Dial(address, connected=ending is None, ending=ending or Ending.ANSWERED)
        for address, ending in outcomes
    )
    return {"dials": dials, "names": Resolution(HOST, tuple(dial.address for dial in dials))}


WORKS = make_answer(101)
