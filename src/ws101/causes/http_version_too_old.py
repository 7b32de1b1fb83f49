"""The request line does not say HTTP/1.1

## What happens
HTTP/1.0 knows no `Upgrade`, so the server treats the handshake as a plain request or refuses it: `505`, `426`, `400`,
`404`, or a closed connection. Some servers answer `101` all the same.

## Why
An old or hand-written client, a load tester (`ab`) or a health check says `HTTP/1.0`; so does curl with `--http1.0`. A
proxy that speaks 1.0 to the server leaves the same trace, but that is the proxy's fault and not the client's.

## How we know
The request line that was sent names another version than `HTTP/1.1`; and the same request over HTTP/1.1 is answered
differently.
In logs every access line names the version.

## What to do
Speak HTTP/1.1, which RFC 6455, 4.1, demands at least. With curl, give `--http1.1`.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling
from ws101.evidence import Evidence
from ws101.handshake.answer import Breach
from ws101.judging import asks_for_damage, judge_damage, judge_request
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Remedy
from ws101.signature import Says
from ws101.terms import Hop


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return judge_damage(evidence, "http-1.0")
    version = (evidence.baseline.sending if evidence.baseline else evidence.sending).request.version
    breaches = (
        () if version == "HTTP/1.1" else (Breach(f"the request line says {version}", "RFC 6455, 4.2.1"),)
    )
    return judge_request(evidence, breaches, ("http-1.1",), frozenset({Says.HTTP_VERSION}))


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.not_sent(story):
        return out
    entry = hearing.outermost(story, lambda e: e.version)
    if entry is None:
        known = way.server_status(story)
        if known is None or known[1] != 505 or way.fronted(story):
            return None
        return hearing.supported(hearing.answered(*known))  # HTTP Version Not Supported: RFC 9110, 15.6.6
    if entry.version != "HTTP/1.0":
        return RuledOut(f"{hearing.who(entry)} saw {entry.version} ({entry.place})")
    behind = entry.hop in way.BEHIND  # a proxy speaks HTTP/1.0 to a server, whatever its client speaks
    if behind and way.fronted(story):
        return None
    fact = hearing.cite(entry, f"{hearing.who(entry)} saw {entry.version}")
    certain = hearing.POSSIBLE if behind else hearing.LIKELY
    return hearing.supported(fact, *hearing.quotes(story, Says.HTTP_VERSION), certainty=certain, rare=behind)


CAUSE = Cause(
    slug="http-version-too-old",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy("Send the handshake over HTTP/1.1.", Hop.CLIENT, command="curl --http1.1 …"),
    judge=judge,
    read=read,
)
