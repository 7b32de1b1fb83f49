"""The handshake is not a GET

## What happens
The client sends `POST`, `OPTIONS` or another method with the upgrade. Servers answer `405 Method Not Allowed`, `400` or
`404`; some frameworks find no route at all for it.

## Why
An HTTP library was used to write the handshake, and a body turned its GET into a POST; or a redirect with `307` or `308`
kept another method; or a browser's CORS preflight (`OPTIONS`) is taken for the handshake, which never has one.

## How we know
ws101 sends nothing but GET, so no experiment can show this. The log of the client or of the first proxy names the
method.

## What to do
Send the handshake as GET (RFC 6455, 4.1), without a body. Where the method changes on the way, look at the proxy's
`proxy_method`, rewrite and mirror rules.
"""

from ws101.cause import Cause, RuledOut, Ruling, Unknown
from ws101.evidence import Evidence
from ws101.judging import asks_for_damage
from ws101.report import Hop, Remedy


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return Unknown("the failing client's log")
    return RuledOut("the handshake works" if evidence.works else "our handshake is a GET")


CAUSE = Cause(
    slug="method-not-get",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy("Send the handshake as GET.", Hop.CLIENT),
    judge=judge,
)
