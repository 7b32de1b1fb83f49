"""The edge does not pass WebSocket upgrades on

## What happens
The content delivery network takes the handshake for an ordinary GET: it drops Upgrade and Connection, as HTTP
demands of every hop, and asks the origin for a page. The answer is the page, or the origin's complaint that
no upgrade came.

## Why
The edge has a switch or a rule for it: Cloudflare's Network → WebSockets; Fastly's WebSocket passthrough;
Akamai's WebSocket behaviour. CloudFront upgrades by itself, but its origin request policy must pass the
Sec-WebSocket-* fields on.

## How we know
The answer bears an edge's marks, and the handshake is answered exactly as a plain GET of the same path is. A
proxy behind the edge that drops the fields looks the same; a handshake straight to the origin parts the two.
In logs the first hop behind the edge saw a request without Upgrade.

## What to do
Switch WebSockets on at the edge for this name and path, or give the WebSocket a name that does not go through
the edge.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.terms import Certainty, Hop

PLAIN, DIRECT = "plain-get", "direct"
SWITCHES = {
    "Cloudflare": "In Cloudflare's dashboard switch Network → WebSockets on for this zone.",
    "Amazon CloudFront": "Let the origin request policy pass Sec-WebSocket-* on, as AllViewer does, and cache nothing.",
    "Fastly": "Enable WebSocket passthrough for the service, and hand this path over in VCL.",
    "Akamai": "Add the WebSocket behaviour to the property for this path.",
}


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.answer is None:
        return Unknown("an answer of the edge")
    if not evidence.edge:
        return RuledOut("no edge answered")
    if evidence.author is not None and evidence.author.hop is Hop.CDN and evidence.author.own:
        return RuledOut(f"{evidence.edge} names another reason")
    if evidence.upgrade_reaches_websocket:
        return RuledOut("the upgrade reaches a WebSocket server", "version-99")
    if evidence.upgrade_matters is None:
        return Unknown("the answer to a plain GET of the same path")
    if evidence.upgrade_matters:
        return RuledOut("the handshake is answered otherwise than a plain GET", PLAIN)
    if evidence.same(DIRECT):
        return RuledOut("the server answers so without the edge as well", DIRECT)
    marks = Fact(f"the answer comes through {evidence.edge}", "the answer's header")
    alike = Fact(f"a plain GET of the same path is answered alike: {evidence.status}", f"experiment {PLAIN}")
    straight = (
        (Fact("straight to the server the handshake reaches 101", f"experiment {DIRECT}"),)
        if evidence.mends(DIRECT)
        else ()
    )
    text = SWITCHES.get(evidence.edge, f"Switch WebSockets on at {evidence.edge} for this name and path.")
    return Supported(Certainty.POSSIBLE, (marks, alike, *straight), Remedy(text, Hop.CDN))


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.not_sent(story):
        return out
    behind = way.telling(story, "Upgrade", Hop.PROXY, Hop.SERVER)
    if behind is None:
        return None
    if way.field(behind, "Upgrade"):
        return RuledOut(f"behind the edge {hearing.who(behind)} saw `Upgrade` ({behind.place})")
    at_edge, edge = way.telling(story, "Upgrade", Hop.CDN), way.edge(story)
    fact = hearing.cite(behind, f"{hearing.who(behind)} saw a request without `Upgrade`")
    if at_edge is not None and way.field(at_edge, "Upgrade"):
        return hearing.supported(hearing.cite(at_edge, "the edge saw `Upgrade`"), fact)
    if edge is None:
        return None
    return hearing.supported(fact, hearing.cite(edge, "it came through an edge"), certainty=hearing.POSSIBLE)


CAUSE = Cause(
    slug="cdn-websockets-off",
    hop=Hop.CDN,
    page=__doc__,
    remedy=Remedy("Switch WebSockets on at the edge for this name and path.", Hop.CDN),
    judge=judge,
    read=read,
)
