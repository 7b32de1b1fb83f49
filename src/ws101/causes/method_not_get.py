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
With the configuration (`--nginx-config`), the line is named.
In logs every access line names the method.

## What to do
Send the handshake as GET (RFC 6455, 4.1), without a body. Where the method changes on the way, look at the proxy's
`proxy_method`, rewrite and mirror rules.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Unknown
from ws101.evidence import Evidence
from ws101.judging import CONFIGURATION, asks_for_damage, blame, cleared_by, without
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Remedy
from ws101.terms import Hop

if TYPE_CHECKING:
    from ws101.configured import Configured


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return Unknown("the failing client's log")
    if evidence.config and evidence.refused:
        return Unknown(CONFIGURATION)  # nginx can make another method of it
    return RuledOut("the handshake works" if evidence.works else "our handshake is a GET")


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    line = next(iter(hop.in_force("proxy_method")), None)
    if hop.sent is None or not evidence.refused:
        return None
    if line is None or hop.sent.method == "GET":
        return cleared_by(hop.sent.by, "this configuration passes the client's method on")
    return blame((line, "has the server get another method than the client's GET"), cure=without(line))


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.not_sent(story):
        return out
    entry = next((e for e in way.arrivals(story) if e.method), None)
    if entry is None:
        return None
    if entry.method == "GET":
        return RuledOut(f"{hearing.who(entry)} saw a GET ({entry.place})")
    if entry.method == "CONNECT" and hearing.over_http2(story):
        return RuledOut("over HTTP/2 a socket is asked for by CONNECT (RFC 8441)")
    fact = hearing.cite(entry, f"{hearing.who(entry)} saw the method {entry.method}")
    return hearing.supported(fact, certainty=hearing.LIKELY if way.is_handshake(story) else hearing.POSSIBLE)


CAUSE = Cause(
    slug="method-not-get",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy("Send the handshake as GET.", Hop.CLIENT),
    judge=judge,
    inspect=inspect,
    read=read,
)
