"""The listener asks for a client certificate

## What happens
The server asks for a certificate during the TLS handshake and the client has none, or not one that the server
accepts. nginx completes TLS and answers `400` with "No required SSL certificate was sent" or "The SSL
certificate error"; others refuse with a TLS alert, with TLS 1.3 only after the client believes that TLS is
up.

## Why
`ssl_verify_client on` (mutual TLS) at a listener meant for machines; an edge's "authenticated origin pulls"
on a server that is reached directly; a client certificate that expired, was issued by another authority, or
lacks its intermediate.

## How we know
The server's own words, or an alert that is sent for this reason alone. A 401 or 403 after the server asked for a
certificate may mean it too.
With the configuration (`--nginx-config`), the line is named that asks for one.
In logs nginx says so at level info, and its 400 is as long as its page for this, 237 bytes.

## What to do
Give the client a certificate and key that the listener's authority issued, or reach the service by the
listener for people.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.attempt import Attempt, Ending, Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import asks_for_damage, blame
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

NONE_CAME = frozenset({"TLSV13_ALERT_CERTIFICATE_REQUIRED"})
NOT_ACCEPTED = frozenset({
    "SSLV3_ALERT_BAD_CERTIFICATE", "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", "SSLV3_ALERT_CERTIFICATE_REVOKED",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED", "SSLV3_ALERT_CERTIFICATE_UNKNOWN", "TLSV1_ALERT_UNKNOWN_CA",
    "TLSV1_ALERT_ACCESS_DENIED", "TLSV1_ALERT_DECRYPT_ERROR",
})  # fmt: skip
ENDED = frozenset({Ending.CLOSED, Ending.RESET})
NEED = "a client certificate (--cert and --key)"


def judge(evidence: Evidence) -> Ruling:
    baseline = evidence.baseline
    if baseline is None:
        return Unknown("the handshake itself")
    if baseline.sending.tls is None:
        return RuledOut("the handshake speaks no TLS")
    given = baseline.sending.tls.cert_file is not None
    if evidence.works:
        if given and asks_for_damage(evidence):
            return Unknown("whether the failing client has its certificate")
        return RuledOut(
            "the handshake works" + (" with the certificate given" if given else " without a certificate")
        )
    if baseline.layer not in {Layer.TLS, Layer.HTTP}:
        return Unknown("a connection to the TLS port")
    if fact := _signature(evidence, baseline, given=given):
        return Supported(Certainty.LIKELY, (fact,), _remedy(given=given))
    asked = _asked(evidence, baseline)
    if asked is False:
        return RuledOut("the server asks for no certificate")
    unclear = (
        baseline.tls_error == "SSLV3_ALERT_HANDSHAKE_FAILURE"
    )  # what TLS 1.2 says for want of a certificate
    if unclear or (asked and baseline.ending in ENDED):
        does = "asks for a client certificate and ends" if asked else "ends"
        fact = Fact(
            f"the server {does} the connection: {baseline.detail or baseline.ending}", "the TLS handshake"
        )
        return Supported(Certainty.POSSIBLE, (fact,), _remedy(given=given))
    if asked and not given and evidence.status in {401, 403} and evidence.same("plain-get"):
        fact = Fact(
            f"the server asks for a client certificate, gets none, and answers {evidence.status}", "TLS"
        )
        return Supported(Certainty.POSSIBLE, (fact,), _remedy(given=given))
    if evidence.answer is not None:
        return RuledOut("the answer does not speak of a client certificate")
    return Unknown(NEED)


def _signature(evidence: Evidence, baseline: Attempt, *, given: bool) -> Fact | None:
    if evidence.says is Says.CLIENT_CERTIFICATE_MISSING:
        return Fact("the server says that no client certificate came", "the answer's body")
    if evidence.says is Says.CLIENT_CERTIFICATE_BAD:
        return Fact("the server says that it does not accept the client certificate", "the answer's body")
    if baseline.verify_code is not None:
        return None
    refused = baseline.tls_error in NOT_ACCEPTED and (given or _asked(evidence, baseline))
    if refused or baseline.tls_error in NONE_CAME:
        return Fact(f"the server ends TLS: {baseline.detail or baseline.tls_error}", "TLS alert")
    return None


def _asked(evidence: Evidence, baseline: Attempt) -> bool | None:
    sessions = (baseline.tls, evidence.look.session if evidence.look else None)
    known = [s.client_certificate_asked for s in sessions if s and s.client_certificate_asked is not None]
    return any(known) if known else None


def _remedy(*, given: bool) -> Remedy:
    command = "curl --http1.1 --cert client.pem --key client.key …"
    if given:
        text = "Give the client a valid certificate of the authority that the listener trusts, and its intermediates."
    else:
        text = "Give the client a certificate and key of the listener's authority, or switch the demand off."
    return Remedy(text, Hop.CLIENT, patch=None if given else "ssl_verify_client off;", command=command)


def inspect(_: Evidence, hop: "Configured") -> Ruling | None:
    server = hop.route.server
    line = next(iter(server.nearest("ssl_verify_client")), None) if server else None
    if line is None or line.arguments[:1] == ("off",):
        return None
    return blame((line, "asks every client for a certificate"), joins=True)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    says = (Says.CLIENT_CERTIFICATE_MISSING, Says.CLIENT_CERTIFICATE_BAD)
    if heard := hearing.by_words(story, *says):
        return heard
    if way.meant_scheme(story) == "wss" and not way.met(story) and not next(way.arrivals(story), None):
        # In TLS 1.3 the client has finished its handshake when the server looks for the certificate.
        closed = hearing.saying(story, Says.CLOSED, hops=(Hop.CLIENT,))
        if closed:
            return hearing.supported(hearing.quote(closed[0]), certainty=hearing.POSSIBLE, rare=True)
    if out := hearing.beyond_proxy(story):
        return out
    pages = [hearing.by_page(story, one) for one in says]
    return next((page for page in pages if isinstance(page, Supported)), pages[0])


CAUSE = Cause(
    slug="client-certificate-required",
    hop=Hop.TLS,
    page=__doc__,
    remedy=Remedy("Give the client a certificate and key that the listener's authority issued.", Hop.CLIENT),
    judge=judge,
    inspect=inspect,
    read=read,
)
