"""The server serves nothing at this path

## What happens
The application answers 404, or what its library makes of an unknown WebSocket path: 403 with an empty body (Starlette,
hypercorn, granian), 400 (ws with a `path`), 500 (Channels), or it closes.

## Why
The route is missing, has another prefix, or ends in a slash. From outside this and a wrong path in the client are one
thing: the two sides disagree, and only their authors know who is right.

## How we know
The server itself says that there is no route, or a path that nobody serves gets exactly the same answer while an upgrade is
seen to arrive.
In logs the server's line names the path and its 404; a path that the client got wrong looks the same.

## What to do
Compare the path with the server's routes, prefix and slashes included.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

_NOT_ABOUT_ROUTES = frozenset({
    Says.CREDENTIALS, Says.BASIC, Says.ORIGIN, Says.HOST, Says.HEADER_TOO_LARGE, Says.MALFORMED, Says.UPSTREAM_DOWN,
    Says.UPSTREAM_TIMEOUT, Says.RATE, Says.UNAVAILABLE, Says.REDIRECT, Says.PLAIN_HTTP_TO_TLS, Says.DISTRUSTS_PROXY,
    Says.NO_UPGRADE, Says.NO_CONNECTION, Says.HTTP_VERSION, Says.KEY_INVALID, Says.KEY_MISSING, Says.VERSION, Says.PLAIN_NOT_FOUND,
})  # fmt: skip


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the path is served")
    if evidence.served_directly:
        return RuledOut("asked directly, the server upgrades at this path", "direct")
    if mended := evidence.mended_on_the_way:
        return RuledOut("with one other change this path is served", mended)
    if evidence.drops_upgrades:
        return Supported(Certainty.POSSIBLE, _drops(evidence))
    if not evidence.refused:
        return Unknown("an HTTP answer")
    if evidence.answered_by_proxy:
        return Unknown("an answer of the server's own")
    nonsense = evidence.alike_at_nonsense
    if evidence.moves("nonsense-path") and not nonsense:
        return RuledOut("a path that nobody serves is answered otherwise", "nonsense-path")
    if evidence.says in _NOT_ABOUT_ROUTES or evidence.status not in {400, 403, 404, 500, 501}:
        return RuledOut("the answer is not about the path")
    if not nonsense:
        return Unknown("the server's routes")
    fact = Fact("a path that nobody serves gets the same answer", f"experiment {nonsense}")
    if evidence.says is Says.NO_ROUTE and evidence.author:
        return Supported(
            Certainty.POSSIBLE,
            (Fact(f"{evidence.author.software}: {evidence.says.value}", "the answer"), fact),
        )
    return Supported(Certainty.POSSIBLE, (fact,))


def _drops(evidence: Evidence) -> tuple[Fact, ...]:
    nonsense = f"experiment {evidence.alike_at_nonsense}"
    return (
        Fact(
            "an upgrade is closed without an answer, at any path, and a plain GET is not",
            "experiment plain-get",
        ),
        Fact("servers on Node's ws do so where no route fits (socket.destroy())", nonsense),
    )


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.before_server(story) or hearing.upgrade_gone(story):
        return out
    said = next(iter(hearing.saying(story, Says.NO_ROUTE, hops=way.BEHIND)), None)
    known = way.perhaps_of_server(story)
    if said is not None:
        return hearing.supported(hearing.quote(said), certainty=hearing.POSSIBLE)
    if said_closed := hearing.by_words(story, Says.UPSTREAM_CLOSED, certainty=hearing.POSSIBLE, rare=True):
        return said_closed
    if unknown := hearing.refused_as_unknown(story):
        return hearing.supported(hearing.answered(unknown), certainty=hearing.POSSIBLE, rare=True)
    if known is None or known[1] != 404:
        return hearing.refused_otherwise(story, 400, 403, 404, 500)
    plain = hearing.by_length(story, Says.PLAIN_NOT_FOUND)
    return hearing.supported(hearing.answered(*known), certainty=hearing.POSSIBLE, rare=bool(plain))


CAUSE = Cause(
    slug="route-not-found",
    hop=Hop.SERVER,
    page=__doc__,
    remedy=Remedy("Compare the path with the server's routes.", Hop.SERVER),
    judge=judge,
    read=read,
)
