"""No name in the server's certificate fits the host

## What happens
The TLS handshake ends in the client with "hostname mismatch". No HTTP request is sent, so there is no status.
The certificate may be perfect for another name.

## Why
The URL has an address or an inner name where the certificate has the public one; a new subdomain was not
added; a wildcard is taken for more than it is (`*.example.com` fits neither `example.com` nor
`a.b.example.com`); the default server of the proxy answers with its own certificate, as it does for a server
name (SNI) that it does not know.

## How we know
The names in the certificate (RFC 9525); and TLS succeeds when everything but the name is checked.
With the configuration (`--nginx-config`), the line is named.
In logs the client's TLS says so.

## What to do
Connect by a name that is in the certificate, or have a certificate issued that holds this name as well.
"""

import ipaddress
from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.attempt import Verify
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import beside_certificate, served_by
from ws101.logs.story import Story
from ws101.observed import Certificate
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

UNCHECKED = "name-unchecked"
MISMATCHES = frozenset({62, 64})  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
SHOWN = 8


def judge(evidence: Evidence) -> Ruling:
    if beside := beside_certificate(evidence, Verify.NOT_NAME):
        return beside
    assert evidence.baseline is not None
    assert evidence.baseline.sending.tls is not None
    asked = evidence.baseline.sending.tls.check_name
    leaf = evidence.look.chain[0] if evidence.look and evidence.look.chain else None
    reported = evidence.baseline.verify_code in MISMATCHES
    if not reported:
        if (
            leaf is None or not leaf.names
        ):  # without names in it, OpenSSL falls back to the subject's common name
            return Unknown("the certificate that the server sends, with its names")
        if any(fits(name, asked) for name in leaf.names):
            return RuledOut(f"the certificate is for {asked}")
    facts = (Fact(f"the name asked for is {asked}", "the URL"), *_facts(leaf, asked))
    if evidence.passes_tls(UNCHECKED):
        passed = Fact("with everything but the name checked, TLS succeeds", f"experiment {UNCHECKED}")
        return Supported(evidence.by_flip, (*facts, passed), _remedy(leaf, asked))
    return Supported(Certainty.LIKELY, facts, _remedy(leaf, asked))


def fits(pattern: str, asked: str) -> bool:
    """Return whether a certificate's name is the one asked for; `*` is one whole label (RFC 9525, 6.3)."""
    wanted = _plain(asked)
    address = _address(wanted)
    if address is not None:
        return _address(pattern) == address
    name = _plain(pattern)
    star, _, rest = name.partition(".")
    label, _, parent = wanted.partition(".")
    return name == wanted or (star == "*" and bool(label) and "." in rest and rest == parent)


def _plain(name: str) -> str:
    bare = name.strip("[]").rstrip(".").lower()
    try:
        return bare if bare.isascii() else bare.encode("idna").decode("ascii")
    except UnicodeError:
        return bare


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _facts(leaf: Certificate | None, asked: str) -> tuple[Fact, ...]:
    if leaf is None:
        return (Fact("the certificate is not for it", "TLS verification"),)
    rest = f" and {len(leaf.names) - SHOWN} more" if len(leaf.names) > SHOWN else ""
    names = (
        ", ".join(leaf.names[:SHOWN]) + rest if leaf.names else f"no name but its subject's, {leaf.subject}"
    )
    facts = [Fact(f"the certificate is for {names}", "the certificate")]
    wanted = _plain(asked)
    wild = next(
        (n for n in leaf.names if n.startswith("*.") and (wanted == n[2:] or wanted.endswith(n[1:]))), ""
    )
    if wild:
        facts.append(Fact(f"{wild} stands for exactly one label before {wild[2:]}", "RFC 9525, section 6.3"))
    return tuple(facts)


def _remedy(leaf: Certificate | None, asked: str) -> Remedy:
    names = [name for name in leaf.names if "*" not in name] if leaf else []
    if names:
        text = f"Connect by a name that the certificate holds, such as {names[0]}, or add {asked} to it."
        return Remedy(text, Hop.TLS)
    return Remedy(f"Have a certificate issued that holds {asked}, and serve it for that name.", Hop.TLS)


def inspect(_: Evidence, hop: "Configured") -> Ruling | None:
    return served_by(hop)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return hearing.by_words(story, Says.TLS_NAME) or hearing.connected(story)


CAUSE = Cause(
    slug="certificate-name-mismatch",
    hop=Hop.TLS,
    page=__doc__,
    remedy=Remedy("Connect by a name that is in the certificate, or have this name added to it.", Hop.TLS),
    judge=judge,
    inspect=inspect,
    read=read,
)
