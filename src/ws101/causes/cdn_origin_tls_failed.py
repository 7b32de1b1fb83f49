"""The edge's TLS handshake with the server behind it fails

## What happens
The client's TLS ends at the content delivery network, which opens TLS to the origin anew; and that second
handshake fails. Cloudflare says 525 when TLS itself fails and 526 when the origin's certificate is not
accepted; others say 502.

## Why
The origin serves no TLS on that port; it has no certificate for the name that the edge asks for; its
certificate expired, is self-signed or for another name while the edge verifies ("Full (strict)"); they share
no TLS version.

## How we know
The edge says so, with its own status or page.
In logs the edge's own status says so: 525 or 526.

## What to do
Serve a certificate for this name at the origin, a public one or the edge's origin certificate, and look at it
with openssl straight at the origin's address.
"""

from ws101 import hearing
from ws101.attempt import Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

DIRECT = "direct"
CLOUDFLARE = {
    525: "could not shake hands with the origin over TLS",
    526: "did not accept the origin's certificate",
}


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.answer is None:
        return Unknown("an answer of the edge")
    facts = _facts(evidence)
    if not facts:
        return RuledOut("no edge says that TLS to its origin failed")
    direct = evidence.tried(DIRECT)
    if direct is not None and direct.layer is Layer.TLS:
        seen = f"straight to the server TLS fails too: {direct.detail or direct.tls_error or direct.ending}"
        facts = (*facts, Fact(seen, f"experiment {DIRECT}"))
    command = f"openssl s_client -connect ORIGIN:443 -servername {evidence.target.host} </dev/null"
    text = f"Serve a certificate for {evidence.target.host} at the origin that the edge accepts."
    return Supported(Certainty.LIKELY, facts, Remedy(text, Hop.SERVER, command=command))


def _facts(evidence: Evidence) -> tuple[Fact, ...]:
    name = evidence.edge or (evidence.author.software if evidence.author else "the edge")
    if evidence.edge == "Cloudflare" and evidence.status in CLOUDFLARE:
        return (
            Fact(f"{name} {CLOUDFLARE[evidence.status]} ({evidence.status})", "the answer's status line"),
        )
    if evidence.says is Says.CDN_ORIGIN_TLS:
        return (Fact(f"{name} says that TLS to the origin failed ({evidence.status})", "the answer's body"),)
    return ()


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.CDN_ORIGIN_TLS):
        return heard
    entry = hearing.met_status(story, 525, 526)
    return hearing.supported(hearing.answered(entry)) if entry else hearing.refused_otherwise(story)


CAUSE = Cause(
    slug="cdn-origin-tls-failed",
    hop=Hop.CDN,
    page=__doc__,
    remedy=Remedy("Serve a certificate at the origin that the edge accepts.", Hop.SERVER),
    judge=judge,
    read=read,
)
