"""The server sees another Host than the client sent

## What happens
The application checks Host, or compares it with Origin, and refuses: it sees the upstream's name, or Host without its port.

## Why
nginx sends `$proxy_host`, the name in `proxy_pass`, unless told otherwise; `$host` has no port. Tornado, gorilla and others
take an Origin only if it equals Host.

## How we know
Our Origin names exactly the site that was asked and is refused, and without Origin, or with it less its port, the
handshake passes; or a redirect points to a name that only the inside knows. The server, asked directly, takes the Host.
The server's own record of the request names the Host that it saw.
With the configuration (`--nginx-config`), the line is named that changes Host; whether the server minds, the wire
tells.
In logs the server saw another Host than the proxy, or than the client means.

## What to do
`proxy_set_header Host $http_host;`, which keeps the name and the port.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import CONFIGURATION, blame, cleared_by, crossed, no_proxy, straight, told
from ws101.logs import way
from ws101.logs.entry import Entry
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

FOREIGN = "experiment foreign-host"


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.baseline is None:
        return Unknown("an HTTP answer")
    changed = crossed(evidence, "Host")
    if changed and evidence.says in {Says.ORIGIN, Says.HOST}:
        behind = "origin-rejected" if evidence.says is Says.ORIGIN else "server-rejects-host"
        return Supported(Certainty.LIKELY, tuple(map(told, changed)), behind=behind)
    if evidence.record is not None and not changed:
        return RuledOut("the server's own record has the Host that was sent")
    if shown := evidence.by_direct("direct-foreign-host"):
        fact = Fact(
            "asked directly under another Host, the server answers exactly so",
            "experiment direct-foreign-host",
        )
        # Of an Origin that the server compares with Host, it is the Host that is wrong.
        of_origin = evidence.says is Says.ORIGIN or evidence.mends("without-origin")
        return Supported(shown, (straight(evidence), fact), behind="origin-rejected" if of_origin else "")
    if unseen := no_proxy(evidence):
        return unseen
    if evidence.server_refuses_too:
        return RuledOut("the server, asked directly, answers the same", "direct")
    headers = evidence.baseline.sending.request.headers
    own = headers.get("origin").partition("://")[2].lower() == headers.get("host").lower()
    with_port_refused = own or (evidence.tried("own-origin") is not None and not evidence.mends("own-origin"))
    if with_port_refused and evidence.mends("own-origin-without-port"):
        fact = Fact(
            "with the site's own Origin less its port it works: the server sees Host without its port",
            "experiment own-origin-without-port",
        )
        return Supported(evidence.by_flip, (fact,), behind="origin-rejected")
    if own and (evidence.mends("without-origin") or evidence.says is Says.ORIGIN):
        facts = (Fact("the Origin that is refused is the very site that was asked", "the request as sent"),)
        return Supported(Certainty.POSSIBLE, facts, behind="origin-rejected")
    if evidence.says is Says.HOST and not evidence.answered_by_proxy:
        fact = Fact("the server refuses the Host that it sees", "the answer")
        return Supported(Certainty.POSSIBLE, (fact,), behind="server-rejects-host")
    if _unrouted(evidence):
        fact = Fact(
            "a router answers so for a Host that it does not know, and another Host gets the same", FOREIGN
        )
        return Supported(
            Certainty.POSSIBLE, (fact, Fact(f"{evidence.proxy} stands in front", "the answers' marks"))
        )
    return Unknown(CONFIGURATION)


def _unrouted(evidence: Evidence) -> bool:
    """Whether a router by names, such as Traefik's behind another proxy, may have found none for the Host that it saw."""
    router = evidence.author is not None and evidence.author.software == "go net/http"
    return router and evidence.says is Says.NO_ROUTE and evidence.same("foreign-host")


def inspect(_: Evidence, hop: "Configured") -> Ruling | None:
    asked = hop.route.ask.headers.get("host")
    seen = hop.sent.field("host") if hop.sent else None
    if hop.sent is None or not isinstance(seen, str) or not asked:
        return None
    if asked == seen:
        return cleared_by(hop.sent.by, "this configuration passes Host on as it came")
    line = hop.set_by("host")
    note = f"has the server see `Host: {seen}`, where `Host: {asked}` was sent"
    default = f"{note}: nginx names the upstream itself unless a line sets Host"
    said = (line, note) if line else (hop.sent.by, default)
    return blame(said, cure=hop.cure("proxy-rewrites-host"), joins=True)


# ---- logs


_OF_A_HOST = frozenset({400, 403, 404, 421})


def _without_port(story: Story, outer: Entry, inner: Entry) -> Supported | None:
    """Judge a Host that lost its port on the way, where an Origin with that port was compared with it."""
    seen, port = way.field(inner, "host") or "", outer.port or _port(way.field(outer, "host") or outer.host)
    origin = hearing.quotes(story, Says.ORIGIN)
    if not origin or not seen or port in {None, 80, 443} or _port(seen) == port or way.fronted(story) is None:
        return None
    facts = (
        hearing.cite(outer, f"{hearing.who(outer)}: the port is {port}"),
        hearing.cite(inner, f"{hearing.who(inner)} saw `Host: {seen}`"),
    )
    return hearing.supported(*facts, *origin, behind="origin-rejected")


def _port(host: str) -> int | None:
    digits = host.rpartition(":")[2] if ":" in host else ""
    return int(digits) if digits.isdigit() else None


def _with_origin(story: Story) -> Supported | None:
    """Judge a 403 to a request with an Origin, which servers compare with a Host that nobody here logged."""
    known = way.server_status(story)
    sent = way.telling(story, "Origin") or way.telling_meant(story, "Origin")
    if known is None or known[1] != 403 or sent is None or not way.field(sent, "Origin"):
        return None
    if way.fronted(story) is None or hearing.says_more(story):
        return None
    fact = hearing.cite(sent, f"the request has an Origin ({way.field(sent, 'Origin')})")
    return hearing.supported(hearing.answered(*known), fact, certainty=hearing.POSSIBLE, rare=True)


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.before_server(story):
        return out
    inner = next((e for e in way.arrivals(story) if e.hop in way.BEHIND and hearing.host_of(e)), None)
    outer = next((e for e in way.arrivals(story) if e.hop in way.BETWEEN and hearing.host_of(e)), None)
    outer = outer or next((e for e in story.at(Hop.CLIENT) if e.host), None)
    if inner is None and (origin := _with_origin(story)):
        return origin
    if inner is None or outer is None:
        return None
    before, after = hearing.host_of(outer), hearing.host_of(inner)
    if before == after and (lost := _without_port(story, outer, inner)):
        return lost
    if before == after:
        return RuledOut(f"the server saw the Host as it was sent ({inner.place})")
    facts = (
        hearing.cite(outer, f"{hearing.who(outer)}: the host is {before}"),
        hearing.cite(inner, f"{hearing.who(inner)} saw the Host {after}"),
    )
    if said := hearing.quotes(story, Says.HOST, Says.ORIGIN):
        return hearing.supported(*facts, *said, behind="server-rejects-host")
    known = way.server_status(story)
    return hearing.supported(
        *facts, certainty=hearing.POSSIBLE, latent=known is None or known[1] not in _OF_A_HOST
    )


CAUSE = Cause(
    slug="proxy-rewrites-host",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Pass the client's Host on, with its port.", Hop.PROXY, patch="proxy_set_header Host $http_host;"
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
