"""The proxy does not pass the query on

## What happens
The token, or another parameter, is in the query, and the application answers as if it were not.

## Why
`proxy_pass` with a variable and a URI of its own, or a `rewrite … ?` with a question mark at its end, drops `$args`.

## How we know
The server, asked directly, accepts the handshake, and without its query answers exactly as the proxy's way is answered;
or the server's own record of the request has no query.
With the configuration (`--nginx-config`), the line is named.
In logs the proxy's line has a query, and the server's record of the same request none.

## What to do
Without a URI part `proxy_pass` passes path and query on as they came. Where it names a URI with variables, add
`$is_args$args`; end no `rewrite` with `?`.
"""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import CONFIGURATION, blame, cleared_by, crossed, straight, told
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.baseline is None or not evidence.baseline.sending.request.query:
        return RuledOut("the handshake has no query")
    if evidence.record is not None and evidence.record.query:
        return RuledOut("the server's own record has the query")
    if evidence.record is not None:
        return Supported(Certainty.LIKELY, tuple(map(told, crossed(evidence, "target"))))
    if shown := evidence.by_direct("direct-without-query"):
        fact = Fact(
            "asked directly and without its query, the server answers exactly so",
            "experiment direct-without-query",
        )
        return Supported(shown, (straight(evidence), fact))
    if evidence.server_refuses_too:
        return RuledOut("the server, asked directly, answers the same", "direct")
    if evidence.answered_by_proxy or not evidence.refused:
        return RuledOut("the refusal is not the application's")
    if evidence.mends("token-in-header") and evidence.proxy:
        fact = Fact("the same token in Authorization is accepted", "experiment token-in-header")
        return Supported(Certainty.POSSIBLE, (fact,), behind="token-in-wrong-place")
    return Unknown(f"--direct URL of the server behind the proxy, or {CONFIGURATION}")


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    query = hop.route.ask.target.partition("?")[2]
    if hop.sent is None or not query or not isinstance(hop.sent.target, str):
        return None
    if hop.sent.target.partition("?")[2] == query:
        return cleared_by(hop.sent.by, "this configuration passes the query on")
    note = (
        "names the path by variables and leaves the query out"
        if hop.rewritten_by is None
        else "leaves the query out"
    )
    line = hop.rewritten_by or hop.sent.by
    found = blame((line, note), cure=hop.cure("proxy-strips-query"))
    return replace(found, latent=evidence.answered_by_proxy)


# ---- logs


def _unseen(story: Story) -> Supported | None:
    """Judge a bare refusal of credentials that stand in the query, where no record has what the server was asked for."""
    placed, refusal = hearing.token_in_query(story), hearing.refusal_of_credentials(story)
    if placed is None or refusal is None or way.fronted(story) is None or hearing.says_more(story):
        return None
    fact = hearing.cite(placed, "a token stands in the query, and whether it arrived is not logged")
    return hearing.supported(hearing.answered(*refusal), fact, certainty=hearing.POSSIBLE, rare=True)


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.before_server(story):
        return out
    pair = hearing.paths(story)
    if pair is None:
        return _unseen(story)
    outer, inner = pair
    if "?" not in outer.path:
        return RuledOut(f"the client sent no query ({outer.place})")
    if "?" in inner.path:
        return RuledOut(f"the server saw a query ({inner.place})")
    facts = (
        hearing.cite(outer, f"{hearing.who(outer)} saw a query after {hearing.path_of(outer)}"),
        hearing.cite(inner, f"{hearing.who(inner)} saw {inner.path} without one"),
    )
    # A server may log paths without their queries: only a record of the whole request tells for sure.
    refused = way.server_status(story) is not None or bool(hearing.refusal_of_credentials(story))
    return hearing.supported(
        *facts, certainty=hearing.LIKELY if inner.whole and refused else hearing.POSSIBLE
    )


CAUSE = Cause(
    slug="proxy-strips-query",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Pass the query on.",
        Hop.PROXY,
        patch="proxy_pass http://your_upstream;   # without a URI part",
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
