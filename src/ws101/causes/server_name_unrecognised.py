"""The TLS server name (SNI) is missing or is not one that the listener knows

## What happens
The client names the host it wants in its ClientHello. A listener that does not know the name refuses with the
alert `unrecognized_name` (112), with `handshake_failure` or `internal_error`, cuts the connection, or serves
another site.

## Why
The URL has an address, which is never sent as a server name; the Host header was overridden but the URL was
not; the site is not configured at this listener (nginx: `ssl_reject_handshake on;`, haproxy: `strict-sni`);
an edge has no certificate yet.

## How we know
The alert; and the same handshake with the Host header's name, or without a server name, passes TLS or reaches
101.
With the configuration (`--nginx-config`), the line is named.
In logs either side's TLS says so.

## What to do
Use the name that the listener serves in the URL (`--connect-to` or `--resolve` decide where it connects), or
configure the name and its certificate at the listener.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.attempt import Attempt, Ending, Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import asks_for_damage, blame, judge_damage
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

FROM_HOST, WITHOUT, FOREIGN = "server-name-from-host", "without-server-name", "foreign-server-name"
OTHER_NAMES = {FROM_HOST: "with the Host header's name as server name", WITHOUT: "without a server name"}
ALERT = "TLSV1_UNRECOGNIZED_NAME"
UNCLEAR = frozenset(
    {"SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV1_ALERT_INTERNAL_ERROR", "TLSV1_ALERT_ACCESS_DENIED"}
)


def judge(evidence: Evidence) -> Ruling:
    baseline = evidence.baseline
    if baseline is None:
        return Unknown("the handshake itself")
    if baseline.sending.tls is None:
        return RuledOut("the handshake speaks no TLS")
    if asks_for_damage(evidence):
        return judge_damage(evidence, WITHOUT, FOREIGN)
    if evidence.works:
        return RuledOut("the handshake works")
    sent = baseline.sending.tls.server_name
    name = Fact(
        f"the server name sent is {sent}" if sent else "no server name is sent, since the URL has an address",
        "the ClientHello",
    )
    if flips := _flips(evidence):
        misfit = baseline.verify_code is not None  # then the certificate's names may be at fault as well
        return Supported(Certainty.LIKELY if misfit else evidence.by_flip, (name, *flips))
    if baseline.layer is Layer.HTTP:
        return RuledOut("TLS accepted the server name")
    return _judge_alert(evidence, baseline, name)


def _judge_alert(evidence: Evidence, baseline: Attempt, name: Fact) -> Ruling:
    failure = Fact(f"the server ends TLS: {baseline.detail or baseline.tls_error}", "TLS alert")
    if baseline.tls_error == ALERT:
        return Supported(Certainty.LIKELY, (name, failure))
    if baseline.tls_error in UNCLEAR:
        return Supported(Certainty.POSSIBLE, (name, failure))
    tried = next((other for other in OTHER_NAMES if evidence.tried(other) is not None), "")
    if tried and not any(evidence.moves(other) for other in OTHER_NAMES):
        return RuledOut("another server name makes no difference", tried)
    if baseline.layer is not Layer.TLS:
        return Unknown("a connection to the TLS port")
    return (
        RuledOut("TLS does not fail at the server name")
        if baseline.verify_code
        else Unknown("the names that the listener serves")
    )


def _flips(evidence: Evidence) -> tuple[Fact, ...]:
    passed = [other for other in OTHER_NAMES if evidence.passes_tls(other) or evidence.mends(other)]
    return tuple(Fact(f"{OTHER_NAMES[other]}, it gets further", f"experiment {other}") for other in passed)


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    rejects = hop.gate is not None and hop.gate.name == "ssl_reject_handshake"
    if not rejects or not evidence.ended(Layer.TLS, Ending.TLS_FAILED):
        return None
    return blame((hop.gate, f"rejects TLS for {hop.route.ask.server_name or 'who sends no name'}"))


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return hearing.by_words(story, Says.TLS_SERVER_NAME) or hearing.connected(story)


CAUSE = Cause(
    slug="server-name-unrecognised",
    hop=Hop.TLS,
    page=__doc__,
    remedy=Remedy(
        "Use the name that the listener serves in the URL, or configure this name and its certificate there.",
        Hop.TLS,
        patch="server_name ws.example.com;",
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
