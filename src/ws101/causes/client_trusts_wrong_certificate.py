"""The client's file of trusted certificates does not match what the server sends

## What happens
The client trusts one file (a pinned certificate, a company's authority) instead of the system's authorities,
and that file has signed nothing of what the server sends. TLS ends with "unable to get local issuer
certificate" or "self-signed certificate", though browsers work.

## Why
The server's certificate was renewed and the pinned one was not; the file is of another stage or another
authority; it holds a leaf where its authority was meant; a public certificate replaced the private one.

## How we know
The file's certificates against the chain as the server sent it; and this machine's own authorities accept
that chain.
In logs only a client that pins a certificate says so.

## What to do
Give the client the authority that signs what is served now. Pin authorities or keys that outlive a renewal,
not leaves.
"""

from ws101 import hearing
from ws101.attempt import Verify
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import beside_certificate
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

UNCHECKED, SYSTEM = "authority-unchecked", "system-authorities"
SELF_SIGNED = frozenset({18, 19})  # X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, …_SELF_SIGNED_CERT_IN_CHAIN
DATES_AND_NAMES = frozenset({9, 10, 62, 64})  # judged by OpenSSL after the authority was found good
SHOWN = 3


def judge(evidence: Evidence) -> Ruling:
    if beside := beside_certificate(evidence, Verify.NOT_AUTHORITY):
        return beside
    assert evidence.baseline is not None
    assert evidence.baseline.sending.tls is not None
    tls, code = evidence.baseline.sending.tls, evidence.baseline.verify_code
    if tls.ca_file is None or tls.verify is Verify.SYSTEM_STORE:
        return RuledOut("no file of trusted certificates is used, but this machine's authorities")
    if code is None:
        return Unknown("a TLS handshake that gets as far as the certificate")
    if code in DATES_AND_NAMES:
        return RuledOut("the file holds what signed the certificate")
    facts = _facts(evidence)
    if evidence.passes_tls(SYSTEM):
        passed = Fact(
            "with this machine's authorities instead of the file, TLS succeeds", f"experiment {SYSTEM}"
        )
        return Supported(evidence.by_flip, (*facts, passed), _remedy(evidence))
    if code in SELF_SIGNED and evidence.passes_tls(UNCHECKED):
        passed = Fact("with everything but the authority checked, TLS succeeds", f"experiment {UNCHECKED}")
        return Supported(evidence.by_flip, (*facts, passed), _remedy(evidence))
    return Supported(Certainty.LIKELY if _sure(evidence) else Certainty.POSSIBLE, facts, _remedy(evidence))


def _sure(evidence: Evidence) -> bool:
    """Whether only the file can be at fault: the chain goes beyond the leaf, or the file knows its names."""
    look, held = evidence.look, evidence.trust_file
    if evidence.baseline is not None and evidence.baseline.verify_code in SELF_SIGNED:
        return True
    if look is None or look.top is None:
        return False
    return look.top is not look.chain[0] or (held is not None and _namesake(evidence) != "")


def _namesake(evidence: Evidence) -> str:
    """The subject that both the file and the chain know, though with different certificates."""
    if evidence.look is None or evidence.look.top is None or evidence.trust_file is None:
        return ""
    leaf, top = evidence.look.chain[0], evidence.look.top
    subjects = {
        held.subject for held in evidence.trust_file.certificates if held.fingerprint != leaf.fingerprint
    }
    return next((name for name in (top.issuer, leaf.subject) if name in subjects), "")


def _facts(evidence: Evidence) -> tuple[Fact, ...]:
    assert evidence.baseline is not None
    facts = [
        Fact(evidence.baseline.detail or f"verify error {evidence.baseline.verify_code}", "TLS verification")
    ]
    if evidence.trust_file is not None:
        held = [certificate.subject for certificate in evidence.trust_file.certificates]
        more = f" and {len(held) - SHOWN} more" if len(held) > SHOWN else ""
        facts.append(Fact(f"the file holds {', '.join(held[:SHOWN]) or 'no certificate'}{more}", "--cacert"))
    if evidence.look is not None and evidence.look.top is not None:
        facts.append(
            Fact(
                f"the server's chain ends with a certificate issued by {evidence.look.top.issuer}",
                "the certificate",
            )
        )
    if name := _namesake(evidence):
        facts.append(Fact(f"the file has {name} with another key or an older certificate", "--cacert"))
    return tuple(facts)


def _remedy(evidence: Evidence) -> Remedy:
    top = evidence.look.top if evidence.look else None
    wanted = (
        f"the certificate of {top.issuer}"
        if top is not None
        else "the authority that signs what is served now"
    )
    return Remedy(f"Give the client {wanted}, or let it trust the system's authorities.", Hop.CLIENT)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.TLS_UNTRUSTED, words=r"\bpin(?:ned|ning)?\b"):
        return heard
    if heard := hearing.by_words(story, Says.TLS_UNTRUSTED, certainty=hearing.POSSIBLE, rare=True):
        return heard
    return hearing.connected(story)


CAUSE = Cause(
    slug="client-trusts-wrong-certificate",
    hop=Hop.TLS,
    page=__doc__,
    remedy=Remedy("Give the client the authority that signs what is served now.", Hop.CLIENT),
    judge=judge,
    read=read,
)
