"""The application believes that it is on http

## What happens
The handshake comes over TLS, and the application redirects it to https, to the very URL that was asked: for ever.

## Why
The proxy ends TLS and does not say so: X-Forwarded-Proto is missing, or says http, or is not trusted.

## How we know
The redirect points to where the handshake came from.

## What to do
`proxy_set_header X-Forwarded-Proto $scheme;`, and let the application trust it from this proxy.
"""

from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.handshake.location import Location, resolve
from ws101.report import Certainty, Fact, Hop, Remedy


def judge(evidence: Evidence) -> Ruling:
    if evidence.works or evidence.baseline is None:
        return RuledOut("the handshake works")
    sending = evidence.baseline.sending
    if sending.tls is None:
        return RuledOut("the handshake is not over TLS")
    if evidence.answer is None or evidence.status not in {301, 302, 303, 307, 308}:
        return (
            Unknown("the proxy's configuration")
            if evidence.status == 403
            else RuledOut("nothing redirects to https")
        )
    asked = Location(tls=True, host=sending.host, port=sending.port, target=sending.request.target)
    there = resolve(asked, evidence.answer.headers.get("location"))
    if there is None or not there.tls or there.host != asked.host or there.target != asked.target:
        return RuledOut("the redirect points elsewhere")
    if there.port not in {asked.port, 443}:
        return RuledOut("the redirect points to another port")
    fact = Fact("the redirect points to the https URL that was asked", "the answer's Location")
    return Supported(Certainty.LIKELY, (fact,))


CAUSE = Cause(
    slug="proxy-forwarded-proto-wrong",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Tell the application that the client came over TLS.",
        Hop.PROXY,
        patch="proxy_set_header X-Forwarded-Proto $scheme;",
    ),
    judge=judge,
)
