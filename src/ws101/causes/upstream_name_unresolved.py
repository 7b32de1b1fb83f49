"""The proxy cannot resolve the server's name

## What happens
The proxy answers 502 (HAProxy, Envoy: 503) by itself; or nginx does not even start (`host not found in upstream`).

## Why
The name in `proxy_pass` is wrong, belongs to another network, or stands in a variable and no `resolver` is configured.

## How we know
From outside it looks like any other server that cannot be reached; the error log says `could not be resolved` or
`no resolver defined`.
With the configuration (`--nginx-config`), the line is named where no resolver is set.
In logs the proxy says so, with the name.

## What to do
Resolve the name from the proxy's host or container; configure a `resolver` where the name is a variable.
"""

import re
from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import blame, cleared_by, outside
from ws101.logs.story import Story
from ws101.nginx.circumstance import Circumstance, State
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

_ADDRESS = re.compile(r"[0-9.]+|\[[0-9a-f:.]+\]|localhost")


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if not evidence.refused:
        return Unknown("an HTTP answer")
    if evidence.says is not Says.UPSTREAM_DOWN:
        return RuledOut("no proxy says that the next hop fails")
    if evidence.moves("plain-get"):
        return RuledOut(
            "a plain GET of the same path is answered otherwise, so the server is reached", "plain-get"
        )
    fact = Fact(f"{evidence.proxy} says that the next hop fails: {evidence.status}", "the answer")
    return Supported(Certainty.POSSIBLE, (fact,))


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    if hop.sent is None or not isinstance(hop.sent.server, str):
        return None
    server = hop.sent.server.lower()
    host = server.rpartition(":")[0] or server
    if server in hop.model.upstreams or server.startswith("unix:") or _ADDRESS.fullmatch(host):
        return cleared_by(
            hop.sent.by, "this configuration names the server without a look-up for each request"
        )
    if "$" not in hop.sent.by.text:
        return None
    resolver, given = next(iter(hop.in_force("resolver")), None), Circumstance(State.UNNAMED, hop.server)
    note = f"has `{host}` looked up for each request"
    if resolver is None:
        return blame(
            (hop.sent.by, f"{note}, and no resolver is set"), cure=hop.cure("upstream-name-unresolved")
        )
    if not evidence.soundings.refused(hop.resolvers):
        return None
    why = "names a resolver that refuses a connection from this machine"
    remedy = outside(given, ", ".join(hop.resolvers), Hop.PROXY)
    return blame((hop.sent.by, note), (resolver, why), given=given, remedy=remedy)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.UPSTREAM_NAME):
        return heard
    return (
        hearing.not_sent(story)
        or hearing.server_answered(story)
        or hearing.refused_otherwise(story, 502, 503)
    )


CAUSE = Cause(
    slug="upstream-name-unresolved",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Use a name that the proxy can resolve.",
        Hop.PROXY,
        patch="resolver 127.0.0.11 valid=10s;   # Docker's own",
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
