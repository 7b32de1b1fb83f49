"""The handshake went over HTTP/2, which has no Upgrade

## What happens
TLS settles on `h2` (ALPN), and HTTP/2 knows neither `Upgrade` nor `Connection` (RFC 9113, 8.2.2): the client library
drops them. The server sees a GET that has `Sec-WebSocket-Key` and no upgrade, and answers `400`, `404` or a page.

## Why
curl and general HTTP clients offer `h2` by themselves, and nginx and most proxies take it. A WebSocket over HTTP/2 needs
the extended CONNECT of RFC 8441, which few clients and servers speak. So a test with curl fails on a healthy site.

## How we know
The baseline was sent in HTTP/2 frames; the same handshake over HTTP/1.1 is answered differently.
In logs the access line names HTTP/2, and it is no CONNECT (RFC 8441).

## What to do
Offer only `http/1.1` in ALPN for this connection: `curl --http1.1`, or the library's setting for the HTTP version.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported
from ws101.evidence import Evidence
from ws101.judging import asks_for_damage, flip_fact, judge_damage
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.terms import Certainty, Hop

OVER_HTTP_1_1 = "http-1.1"


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return judge_damage(evidence, "http-2")
    baseline = evidence.baseline
    if baseline is None or not baseline.sending.http2:
        return RuledOut("our handshake goes over HTTP/1.1")
    if evidence.works or evidence.answer is None:
        return RuledOut(
            "the handshake works" if evidence.works else "nothing answered, over whatever version of HTTP"
        )
    sent = Fact(
        "the handshake was sent in HTTP/2 frames, which cannot hold Upgrade (RFC 9113, 8.2.2)",
        "the request as sent",
    )
    other = evidence.tried(OVER_HTTP_1_1)
    if other is None:
        return Supported(
            Certainty.LIKELY, (sent,)
        )  # no GET in HTTP/2 is ever a handshake, whoever refuses it
    if evidence.mends(OVER_HTTP_1_1) or other.status != evidence.status:
        return Supported(evidence.by_flip, (sent, flip_fact(evidence, OVER_HTTP_1_1)))
    return Supported(
        Certainty.POSSIBLE,
        (sent, Fact("over HTTP/1.1 the status is the same", f"experiment {OVER_HTTP_1_1}")),
        latent=True,
    )


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.not_sent(story):
        return out
    entry = hearing.outermost(story, lambda e: e.version)
    if entry is None or entry.method == "CONNECT":
        return None
    if not hearing.over_http2(story):
        return RuledOut(f"{hearing.who(entry)} saw {entry.version} ({entry.place})")
    fact = hearing.cite(entry, f"{hearing.who(entry)} saw {entry.version}, which knows no Upgrade")
    return hearing.supported(fact, certainty=hearing.LIKELY if way.is_handshake(story) else hearing.POSSIBLE)


CAUSE = Cause(
    slug="upgrade-sent-over-http2",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy("Use HTTP/1.1 for the handshake.", Hop.CLIENT, command="curl --http1.1 …"),
    judge=judge,
    read=read,
)
