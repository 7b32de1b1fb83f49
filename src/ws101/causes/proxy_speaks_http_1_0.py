"""The proxy speaks HTTP/1.0 to the server

## What happens
The upgrade headers arrive, in an HTTP/1.0 request. Some servers upgrade all the same; strict ones answer 505, 426 or 400.

## Why
nginx spoke HTTP/1.0 to upstreams by default before 1.29.7. Upgrade exists since HTTP/1.1 only (RFC 9110, 7.8).

## How we know
The refusal says that HTTP/1.1 is needed, though HTTP/1.1 was sent. With --direct: the server accepts HTTP/1.1, and answers
HTTP/1.0 exactly as the proxy's way is answered. The server's own record of the request names its version.
With the configuration (`--nginx-config`), the line is named, or the version of nginx whose default it is.
In logs the server's line names HTTP/1.0, where the proxy's names HTTP/1.1.

## What to do
`proxy_http_version 1.1;` in the location that serves the socket.
"""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import CONFIGURATION, blame, cleared_by, crossed, past_upgrade, told, upgrade_fault
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("an upgrade passes the proxy")
    if evidence.baseline is None:
        return Unknown("an HTTP answer")
    sent = evidence.baseline.sending.request.version
    if sent != "HTTP/1.1":
        return RuledOut(f"the handshake itself was sent as {sent}")
    if changed := crossed(evidence, "version"):
        # Some servers upgrade all the same; what refuses them is the cause before this one.
        return Supported(
            Certainty.LIKELY, tuple(map(told, changed)), latent=evidence.says is not Says.HTTP_VERSION
        )
    if evidence.record is not None:
        return RuledOut(f"the server's own record has {sent}")
    if shown := evidence.by_direct("direct-http-1.0"):
        fact = Fact("asked directly, the server answers HTTP/1.0 exactly so", "experiment direct-http-1.0")
        return Supported(shown, (fact,))
    if evidence.server_refuses_too:
        return RuledOut("the server, asked directly, answers the same", "direct")
    if evidence.says is Says.HTTP_VERSION and not evidence.answered_by_proxy:
        fact = Fact("the server says that HTTP/1.1 is needed, and HTTP/1.1 was sent", "the answer")
        return Supported(Certainty.LIKELY, (fact,))
    if evidence.refused and evidence.author is not None and evidence.moves("version-99"):
        return RuledOut(
            "the refusal does not speak of the HTTP version, and the upgrade arrives", "version-99"
        )
    return Unknown(f"{CONFIGURATION}, or the server's access log")


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    if hop.sent is not None and hop.sent.protocol == "HTTP/1.1":
        return cleared_by(hop.sent.by, "this configuration speaks HTTP/1.1 to the server")
    found = upgrade_fault(evidence, hop, "proxy-speaks-http-1.0")
    if found is None or isinstance(found, RuledOut):
        return found
    assert hop.sent
    line = next(iter(hop.in_force("proxy_http_version")), None)
    default = (
        f"speaks HTTP/1.0 to the server: nginx {hop.nginx} does, unless proxy_http_version says otherwise"
    )
    said = (line, "has nginx speak HTTP/1.0 to the server") if line else (hop.sent.by, default)
    return replace(blame(said, cure=found.edits), latent=past_upgrade(evidence))


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.before_server(story):
        return out
    outer = next((e for e in way.arrivals(story) if e.version and e.hop in way.BETWEEN), None)
    inner = next((e for e in way.arrivals(story) if e.version and e.hop in way.BEHIND), None)
    if outer is not None and outer.version == "HTTP/1.0":
        return RuledOut(f"the handshake itself was sent as HTTP/1.0 ({outer.place})")
    seen = (hearing.cite(outer, f"{hearing.who(outer)} saw {outer.version}"),) if outer else ()
    if inner is not None and inner.version != "HTTP/1.0":
        return RuledOut(f"the server saw {inner.version} ({inner.place})")
    if inner is not None:
        lost = way.telling(story, "Upgrade", *way.BEHIND)
        facts = (*seen, hearing.cite(inner, "the server saw HTTP/1.0"))
        # Where the upgrade is gone as well, that is what refuses it first.
        gone = lost is not None and not way.field(lost, "Upgrade")
        likely = way.fronted(story) and not gone  # without a proxy, the client spoke so
        return hearing.supported(
            *facts, certainty=hearing.LIKELY if likely else hearing.POSSIBLE, latent=gone
        )
    behind = hearing.saying(story, Says.HTTP_VERSION, hops=way.BEHIND)
    said, answer = tuple(map(hearing.quote, behind)), way.perhaps_of_server(story)
    if not said and answer is not None and answer[1] == 505 and seen:
        said = (hearing.answered(*answer),)  # HTTP Version Not Supported: RFC 9110, 15.6.6
    return (
        hearing.supported(*seen, *said, certainty=hearing.LIKELY if seen else hearing.POSSIBLE)
        if said
        else None
    )


CAUSE = Cause(
    slug="proxy-speaks-http-1.0",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy("Speak HTTP/1.1 to the server.", Hop.PROXY, patch="proxy_http_version 1.1;"),
    judge=judge,
    inspect=inspect,
    read=read,
)
