"""The server does not send the intermediate certificate

## What happens
The server sends its own certificate alone, or with one that did not sign it. Browsers fetch or remember the
missing one and work; Python, Go, Java, Node and phones do not, and say "unable to get local issuer
certificate" or "unable to verify the first certificate".

## Why
`ssl_certificate` names `cert.pem` where `fullchain.pem` was meant; the chain file is of the former authority;
the server was moved and only one file came along.

## How we know
The chain as the server sent it stops at a certificate that public authorities never sign with their root: it
names a place to fetch its issuer from (RFC 5280, 4.2.2.1), and the issuer was not sent. Without that mark an
unknown authority looks the same.
With the configuration (`--nginx-config`), the line is named.
In logs the client's TLS says that it found no issuer, as it says of an authority that nobody knows.

## What to do
Serve the certificate followed by its intermediates, in one file, and reload.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.attempt import Verify
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import beside_certificate, served_by
from ws101.logs.story import Story
from ws101.observed import Certificate, TlsLook
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

UNCHECKED, SYSTEM = "authority-unchecked", "system-authorities"
NO_ISSUER = frozenset(
    {2, 20, 21}
)  # X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, …_LOCALLY, …_UNABLE_TO_VERIFY_LEAF_SIGNATURE


def judge(evidence: Evidence) -> Ruling:
    if beside := beside_certificate(evidence, Verify.NOT_AUTHORITY):
        return beside
    assert evidence.baseline is not None
    if evidence.baseline.verify_code is None:
        return Unknown("a TLS handshake that gets as far as the certificate")
    if evidence.baseline.verify_code not in NO_ISSUER:
        return RuledOut("TLS does not miss an issuer")
    if evidence.passes_tls(SYSTEM):
        return RuledOut("with this machine's authorities the chain is whole", SYSTEM)
    look = evidence.look
    if look is None or look.top is None:
        return Unknown("the chain of certificates that the server sends")
    if look.top is not look.chain[0]:
        return Unknown(f"the certificate of {look.top.issuer}")
    if evidence.trust_file and any(
        held.subject == look.top.issuer for held in evidence.trust_file.certificates
    ):
        return RuledOut("the file of --cacert holds a certificate of the issuer's name")
    return _judge_lone(evidence, look, look.top)


def _judge_lone(evidence: Evidence, look: TlsLook, leaf: Certificate) -> Ruling:
    if not look.chain_complete_known:
        sent = Fact(f"{leaf.subject} is issued by {leaf.issuer}", "the certificate")
    elif len(look.chain) == 1:
        sent = Fact(
            f"the server sends one certificate, issued by {leaf.issuer}, and not its issuer's",
            "the certificate",
        )
    else:
        sent = Fact(
            f"of the {len(look.chain)} certificates sent, none is of the issuer {leaf.issuer}",
            "the certificate",
        )
    facts = [sent]
    if leaf.issuer_url:
        facts.append(Fact(f"it names a place to fetch its issuer from: {leaf.issuer_url}", "the certificate"))
    if evidence.passes_tls(UNCHECKED):
        facts.append(
            Fact("with everything but the authority checked, TLS succeeds", f"experiment {UNCHECKED}")
        )
    sure = look.chain_complete_known and bool(leaf.issuer_url or len(look.chain) > 1)
    return Supported(Certainty.LIKELY if sure else Certainty.POSSIBLE, tuple(facts), _remedy(evidence))


def _remedy(evidence: Evidence) -> Remedy:
    target = evidence.target
    return Remedy(
        "Serve the certificate followed by its intermediates: certbot's fullchain.pem, not cert.pem.",
        Hop.TLS,
        patch=f"ssl_certificate /etc/letsencrypt/live/{target.host}/fullchain.pem;",
        command=f"openssl s_client -showcerts -connect {target.authority} -servername {target.host} </dev/null",
    )


def inspect(_: Evidence, hop: "Configured") -> Ruling | None:
    return served_by(hop)


# ---- logs


_NO_ISSUER = (
    r"local issuer|verify the first certificate|LEAF_SIGNATURE|unknown authority|PKIX|trust anchor|unknown ca"
)


def read(_: Evidence, story: Story) -> Ruling | None:
    says = Says.TLS_UNTRUSTED
    if hearing.saying(story, says, words=r"self.?signed"):
        return RuledOut("the client names a self-signed certificate")
    heard = hearing.by_words(story, says, words=_NO_ISSUER, certainty=hearing.POSSIBLE)
    return heard or hearing.connected(story)


CAUSE = Cause(
    slug="certificate-chain-incomplete",
    hop=Hop.TLS,
    page=__doc__,
    remedy=Remedy("Serve the certificate followed by its intermediates, and reload.", Hop.TLS),
    judge=judge,
    inspect=inspect,
    read=read,
)
