"""The server's certificate is not valid yet

## What happens
The TLS handshake ends in the client with "certificate is not yet valid". No HTTP request is sent, so there is
no status.

## Why
Nearly always the client's clock is behind: a board without a battery, a virtual machine that slept, a
container of such a host. Else the certificate was made minutes ago on a machine whose clock is ahead, or was
installed before its day.

## How we know
The certificate's own dates against this machine's clock; and TLS succeeds when everything but the dates is
checked. The answer's Date field shows the server's clock beside it.
With the configuration (`--nginx-config`), the line is named.
In logs the client's TLS says so.

## What to do
Set the clock of the machine that is wrong, by NTP; or go back to the former certificate until the new one is
valid.
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
NOT_YET_VALID = 9  # X509_V_ERR_CERT_NOT_YET_VALID


def judge(evidence: Evidence) -> Ruling:
    if beside := beside_certificate(evidence, Verify.NOT_DATES):
        return beside
    assert evidence.baseline is not None
    chain = evidence.look.chain if evidence.look else ()
    reported = evidence.baseline.verify_code == NOT_YET_VALID
    if not reported and not chain:
        return Unknown("the certificate that the server sends")
    if not reported and chain[0].not_before <= evidence.now:
        return RuledOut(f"the certificate is valid since {_day(chain[0].not_before)}")
    facts = _facts(evidence)
    if evidence.passes_tls(UNCHECKED):
        passed = Fact("with everything but the dates checked, TLS succeeds", f"experiment {UNCHECKED}")
        return Supported(evidence.by_flip, (*facts, passed))
    return Supported(Certainty.LIKELY, facts)


def _facts(evidence: Evidence) -> tuple[Fact, ...]:
    early = [c for c in (evidence.look.chain if evidence.look else ()) if c.not_before > evidence.now]
    facts = [Fact(f"{c.subject} is valid from {_day(c.not_before)}", "the certificate") for c in early]
    if not facts:
        facts = [Fact("a certificate that the server's one depends on is not valid yet", "TLS verification")]
    facts.append(Fact(f"it is {_day(evidence.now)}", "this machine's clock"))
    unverified = evidence.tried("unverified")
    if unverified is not None and (date := unverified.answer.headers.get("date")):
        facts.append(Fact(f"it is {date}", "the server's clock, in the answer's Date"))
    return tuple(facts)


def _day(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def inspect(_: Evidence, hop: "Configured") -> Ruling | None:
    return served_by(hop)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return hearing.by_words(story, Says.TLS_NOT_YET_VALID) or hearing.connected(story)


CAUSE = Cause(
    slug="certificate-not-yet-valid",
    hop=Hop.TLS,
    page=__doc__,
    remedy=Remedy(
        "Set the clock that is wrong, or serve the former certificate until this one is valid.",
        Hop.CLIENT,
        command="timedatectl status",
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
