"""Client and server have no TLS version or cipher in common

## What happens
One side offers only what the other has switched off. The handshake ends with an alert (`protocol_version`,
`handshake_failure`, `insufficient_security`) or in the client's own library, before any certificate counts.

## Why
A server or appliance that knows TLS 1.0 or 1.1 only, against a client whose system forbids them (OpenSSL 3,
Debian, RHEL); an old client (Java 7, an old phone or board) against a listener with `ssl_protocols TLSv1.3;`;
a short key or an old cipher that the system's security level refuses.

## How we know
The alert or the library's reason; and TLS succeeds when old versions and ciphers are allowed.
With the configuration (`--nginx-config`), the line is named.
In logs either side's TLS says so: “no shared cipher”, “unsupported protocol”.

## What to do
Let the server speak TLS 1.2 and 1.3 with current ciphers. Allowing old TLS in the client is a stopgap.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.attempt import Attempt, Ending, Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import blame
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

OLD_TLS = "old-tls"
NO_VERSION = frozenset({
    "TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE", "WRONG_SSL_VERSION",
    "VERSION_TOO_LOW", "TLSV1_ALERT_INSUFFICIENT_SECURITY", "TLSV1_ALERT_INAPPROPRIATE_FALLBACK",
    "NO_CIPHERS_AVAILABLE", "NO_SHARED_CIPHER", "DH_KEY_TOO_SMALL", "WRONG_SIGNATURE_TYPE",
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED", "LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED",
})  # fmt: skip
UNCLEAR = frozenset({"SSLV3_ALERT_HANDSHAKE_FAILURE"})
TOO_WEAK = frozenset({66, 67, 68})  # X509_V_ERR_EE_KEY_TOO_SMALL, …_CA_KEY_TOO_SMALL, …_CA_MD_TOO_WEAK


def judge(evidence: Evidence) -> Ruling:
    baseline = evidence.baseline
    if baseline is None:
        return Unknown("the handshake itself")
    if baseline.sending.tls is None:
        return RuledOut("the handshake speaks no TLS")
    if evidence.works:
        return RuledOut("the handshake works")
    if baseline.layer is Layer.HTTP or baseline.tls is not None:
        return RuledOut("client and server agreed on a TLS version")
    if baseline.layer is not Layer.TLS:
        return Unknown("a connection to the TLS port")
    if baseline.verify_code is not None and baseline.verify_code not in TOO_WEAK:
        return RuledOut("TLS got as far as the certificate")
    failure = Fact(f"TLS: {baseline.detail or baseline.tls_error or baseline.ending}", "the TLS handshake")
    old = evidence.tried(OLD_TLS)
    agreed = evidence.passes_tls(OLD_TLS) or (old is not None and old.verify_code is not None)
    if old is not None and agreed and not evidence.passes_tls("unverified"):
        return Supported(evidence.by_flip, (failure, _seen(old)))
    if baseline.tls_error in NO_VERSION or baseline.verify_code in TOO_WEAK:
        return Supported(Certainty.LIKELY, (failure,))
    if baseline.tls_error in UNCLEAR:
        return Supported(Certainty.POSSIBLE, (failure,))
    if old is None:
        return Unknown("the same handshake with old TLS versions allowed")
    return RuledOut("with old versions and ciphers allowed TLS fails as well", OLD_TLS)


def _seen(old: Attempt) -> Fact:
    session = f": {old.tls.version}, {old.tls.cipher}" if old.tls else ", as far as the certificate"
    return Fact(f"with old versions and ciphers allowed, TLS succeeds{session}", f"experiment {OLD_TLS}")


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    line = next(iter(hop.of_tls("ssl_protocols")), None)
    if line is None or not evidence.ended(Layer.TLS, Ending.TLS_FAILED):
        return None
    return blame((line, "lets these versions alone in"), joins=True)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return hearing.by_words(story, Says.TLS_VERSION) or hearing.connected(story)


CAUSE = Cause(
    slug="tls-version-unsupported",
    hop=Hop.TLS,
    page=__doc__,
    remedy=Remedy(
        "Let the server speak TLS 1.2 and 1.3 with current ciphers.",
        Hop.TLS,
        patch="ssl_protocols TLSv1.2 TLSv1.3;",
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
