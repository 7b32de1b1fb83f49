"""The server's certificate is signed by nobody whom this machine trusts

## What happens
The TLS handshake ends in the client with "self-signed certificate" or "unable to get local issuer
certificate". No HTTP request is sent, so there is no status; the server's log says "unknown ca".

## Why
The certificate signed itself, as those of development tools do; a company's own authority issued it, and the
client's store lacks that authority; an edge's origin certificate, meant for the edge alone, is met directly;
a proxy that inspects TLS puts its own in place; the client's bundle of authorities is old, or, in a slim
container, missing.

## How we know
TLS's reason and the chain as the server sent it; and TLS succeeds when everything but the authority is
checked.
With the configuration (`--nginx-config`), the line is named.
In logs the client's TLS says so; only “self-signed” tells it from a chain that is not complete.

## What to do
Serve a certificate of a public authority, or give the client the authority's certificate (not: no
verification at all).
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.attempt import Verify
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import beside_certificate, served_by
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

UNCHECKED = "authority-unchecked"
SELF_SIGNED = frozenset({18, 19})  # X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, …_SELF_SIGNED_CERT_IN_CHAIN
DATES_AND_NAMES = frozenset({9, 10, 62, 64})  # judged by OpenSSL after the authority was found good


def judge(evidence: Evidence) -> Ruling:
    if beside := beside_certificate(evidence, Verify.NOT_AUTHORITY):
        return beside
    assert evidence.baseline is not None
    assert evidence.baseline.sending.tls is not None
    code = evidence.baseline.verify_code
    if code is None:
        return Unknown("a TLS handshake that gets as far as the certificate")
    if code in DATES_AND_NAMES:
        return RuledOut("its authority is trusted")
    if evidence.baseline.sending.tls.ca_file and evidence.baseline.sending.tls.verify is Verify.ALL:
        return RuledOut("the file of --cacert alone says who is trusted")
    facts, top = _facts(evidence), evidence.look.top if evidence.look else None
    if code in SELF_SIGNED and evidence.passes_tls(UNCHECKED):
        passed = Fact("with everything but the authority checked, TLS succeeds", f"experiment {UNCHECKED}")
        return Supported(evidence.by_flip, (*facts, passed), _remedy(evidence))
    linked = evidence.look is not None and top is not None and top is not evidence.look.chain[0]
    sure = code in SELF_SIGNED or linked
    return Supported(Certainty.LIKELY if sure else Certainty.POSSIBLE, facts, _remedy(evidence))


def _facts(evidence: Evidence) -> tuple[Fact, ...]:
    baseline, top = evidence.baseline, evidence.look.top if evidence.look else None
    assert baseline is not None
    refusal = Fact(baseline.detail or f"verify error {baseline.verify_code}", "TLS verification")
    if top is None:
        return (refusal,)
    signer = "signed itself and" if top.self_issued else f"is issued by {top.issuer}, which"
    unknown = f"{top.subject} {signer} is not among this machine's authorities"
    return (refusal, Fact(unknown, "the certificate"))


def _remedy(evidence: Evidence) -> Remedy:
    text = "Serve a certificate of a public authority, or let the client trust the authority of this one."
    command = f"ws101 check --cacert authority.pem {evidence.target.scheme}://{evidence.target.authority}/"
    return Remedy(text, Hop.TLS, command=command)


def inspect(_: Evidence, hop: "Configured") -> Ruling | None:
    return served_by(hop)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    says = Says.TLS_UNTRUSTED
    if heard := hearing.by_words(story, says, words=r"self.?signed"):
        return heard
    return hearing.by_words(story, says, certainty=hearing.POSSIBLE) or hearing.connected(story)


CAUSE = Cause(
    slug="certificate-untrusted",
    hop=Hop.TLS,
    page=__doc__,
    remedy=Remedy(
        "Serve a certificate of a public authority, or let the client trust the one that signed it.", Hop.TLS
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
