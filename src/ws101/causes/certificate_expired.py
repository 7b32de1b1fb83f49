"""The server's certificate has expired

## What happens
The TLS handshake ends in the client with "certificate has expired". No HTTP request is sent, so there is no
status; nginx notes `sslv3 alert certificate expired` at level `info` only.

## Why
The renewal failed; or it succeeded and the running server was never reloaded and still serves the old file;
or another server of the same name was forgotten; or an intermediate in the chain file has expired. Rarely
this machine's clock is ahead.

## How we know
The certificate's own dates against this machine's clock; and TLS succeeds when everything but the dates is
checked.
With the configuration (`--nginx-config`), the line is named.
In logs the client's TLS says so, or the alert that a server logs.

## What to do
Renew the certificate and reload what serves it. Then look at what is served, not at the file.
"""

from datetime import UTC, datetime
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

UNCHECKED = "dates-unchecked"
HAS_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED


def judge(evidence: Evidence) -> Ruling:
    if beside := beside_certificate(evidence, Verify.NOT_DATES):
        return beside
    assert evidence.baseline is not None
    chain = evidence.look.chain if evidence.look else ()
    reported = evidence.baseline.verify_code == HAS_EXPIRED
    if not reported and not chain:
        return Unknown("the certificate that the server sends")
    if not reported and chain[0].not_after >= evidence.now:
        return RuledOut(f"the certificate is valid until {_day(chain[0].not_after)}")
    facts = _facts(evidence)
    if evidence.passes_tls(UNCHECKED):
        passed = Fact("with everything but the dates checked, TLS succeeds", f"experiment {UNCHECKED}")
        return Supported(evidence.by_flip, (*facts, passed), _remedy(evidence))
    return Supported(Certainty.LIKELY, facts, _remedy(evidence))


def _facts(evidence: Evidence) -> tuple[Fact, ...]:
    expired = [c for c in (evidence.look.chain if evidence.look else ()) if c.not_after < evidence.now]
    facts = [Fact(f"{c.subject} was valid until {_day(c.not_after)}", "the certificate") for c in expired]
    if not facts:
        facts = [Fact("a certificate that the server's one depends on has expired", "TLS verification")]
    facts.append(Fact(f"it is {_day(evidence.now)}", "this machine's clock"))
    unverified = evidence.tried("unverified")
    if unverified is not None and (date := unverified.answer.headers.get("date")):
        facts.append(Fact(f"it is {date}", "the server's clock, in the answer's Date"))
    return tuple(facts)


def _day(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def _remedy(evidence: Evidence) -> Remedy:
    target = evidence.target
    served = f"openssl s_client -connect {target.authority} -servername {target.host} </dev/null"
    return Remedy(
        "Renew the certificate, and reload what serves it.",
        Hop.TLS,
        command=f"{served} | openssl x509 -noout -dates",
    )


def inspect(_: Evidence, hop: "Configured") -> Ruling | None:
    return served_by(hop)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return hearing.by_words(story, Says.TLS_EXPIRED) or hearing.connected(story)


CAUSE = Cause(
    slug="certificate-expired",
    hop=Hop.TLS,
    page=__doc__,
    remedy=Remedy("Renew the certificate, and reload what serves it.", Hop.TLS),
    judge=judge,
    inspect=inspect,
    read=read,
)
