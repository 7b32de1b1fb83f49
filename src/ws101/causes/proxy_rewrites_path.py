"""The server is asked for another path than the client asked for

## What happens
The client asks for `/api/ws`, the application is asked for `/ws`, `//ws` or `/`, serves nothing there, and says so.

## Why
A `proxy_pass` with a URI part replaces the location's prefix by it: `location /ws { proxy_pass http://app/; }` turns
`/ws/x` into `//x`. A `rewrite`, a stripped prefix or merged slashes do the same.

## How we know
The refusal, or the server's own record of the request, names a path that was not asked for; or the server, asked directly, accepts the path, and answers a path that
nobody serves exactly as the proxy's way is answered. A path below this one goes the same
way: refused alike, it makes this one possible.
With the configuration (`--nginx-config`), the line is named that changes the path; whether the server minds, the wire
tells.
In logs the proxy's line and the server's name two paths.

## What to do
Without a URI part (`proxy_pass http://app;`) the path stays as it is. With one, end the location and the URI alike.
"""

import re
from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import CONFIGURATION, blame, cleared_by, crossed, otherwise_directly, straight, told
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

# Express: "Cannot GET /x"; Spring and others: {"path":"/x"}; Channels: "No route found for path 'x'"; Sanic: "Requested URL /x not found"
_NAMED = re.compile(
    r"""Cannot GET (/[^\s<]*)|"path" ?: ?"(/[^"]*)"|No route found for path '([^']*)'|Requested URL (/\S*) not found"""
)


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.record is not None and evidence.baseline is not None:
        if evidence.record.path == evidence.baseline.sending.request.path:
            return RuledOut("the server's own record has the path as it was asked")
        return Supported(Certainty.LIKELY, tuple(map(told, crossed(evidence, "target"))))
    if mended := evidence.mended_on_the_way:
        return RuledOut("with one other change this path is served", mended)
    if (
        not evidence.refused
        or evidence.answered_by_proxy
        or evidence.answer is None
        or evidence.baseline is None
    ):
        return Unknown("an answer of the server's own")
    if evidence.server_refuses_too:
        return RuledOut("the server, asked directly, answers the same", "direct")
    if evidence.by_direct("direct-nonsense-path"):
        facts = (
            straight(evidence),
            Fact(
                "asked directly for a path that nobody serves, it answers exactly so",
                "experiment direct-nonsense-path",
            ),
        )
        return Supported(Certainty.POSSIBLE, facts)
    if otherwise := otherwise_directly(evidence):
        return Supported(Certainty.POSSIBLE, otherwise)
    asked = evidence.baseline.sending.request.path
    named = _NAMED.search(evidence.answer.text)
    seen = next((group for group in named.groups() if group is not None), "") if named else ""
    if named and seen.lstrip("/") != asked.lstrip("/"):
        return Supported(  # without a proxy in sight, a router inside the application may have cut the path
            Certainty.LIKELY if evidence.proxy else Certainty.POSSIBLE,
            (Fact(f"the server names the path {seen}, {asked} was asked", "the answer's body"),),
        )
    if named:
        return RuledOut("the server names the path as it was asked")
    if evidence.path_seems_unknown and evidence.proxy:
        source = f"experiment {evidence.alike_at_nonsense}"
        fact = Fact("a path that nobody serves gets the same answer", source)
        return Supported(
            Certainty.POSSIBLE, (fact, Fact(f"{evidence.proxy} stands in front", "the answers' marks"))
        )
    return Unknown(f"--direct URL of the server behind the proxy, or {CONFIGURATION}")


def inspect(_: Evidence, hop: "Configured") -> Ruling | None:
    if hop.sent is None or not isinstance(hop.sent.target, str):
        return None
    asked, seen = (target.partition("?")[0] for target in (hop.route.ask.target, hop.sent.target))
    if asked == seen:
        return cleared_by(hop.sent.by, "this configuration passes the path on as it came")
    if hop.rival is not None:
        return RuledOut("another location of this configuration takes the path to another server")
    note = f"has the server asked for `{seen}`, where `{asked}` was asked"
    return blame((hop.rewritten_by or hop.sent.by, note), cure=hop.cure("proxy-rewrites-path"), joins=True)


# ---- logs


def _unseen(story: Story) -> Supported | None:
    """Judge a 404 from behind a proxy of which no record has the path that the server was asked for."""
    known = way.perhaps_of_server(story)
    if (
        known is None
        or known[1] != 404
        or way.fronted(story) is None
        or any(e.path for e in story.at(*way.BEHIND))
    ):
        return None
    fact = hearing.cite(known[0], "which path the server was asked for is not logged")
    return hearing.supported(hearing.answered(*known), fact, certainty=hearing.POSSIBLE, rare=True)


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.before_server(story):
        return out
    pair = hearing.paths(story)
    if pair is None:
        return _unseen(story)
    outer, inner = pair
    asked, seen = hearing.path_of(outer), hearing.path_of(inner)
    if asked == seen:
        return RuledOut(f"the path arrived as it was asked for ({inner.place})")
    facts = (
        hearing.cite(outer, f"{hearing.who(outer)} was asked for {asked}"),
        hearing.cite(inner, f"{hearing.who(inner)} was asked for {seen}"),
    )
    # To take a beginning off is what many proxies are for: a 404 behind one fits a path that nobody serves as well.
    return hearing.supported(*facts, certainty=hearing.POSSIBLE, latent=hearing.no_route(story) is None)


CAUSE = Cause(
    slug="proxy-rewrites-path",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Pass the path on as it came.",
        Hop.PROXY,
        patch="proxy_pass http://your_upstream;   # without a URI part",
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
