"""The path is served, but not as a WebSocket

## What happens
The application answers 200, 405 or 426, or a page, to a handshake: the route is for plain HTTP.

## Why
The socket has another path, or the route was registered for GET requests and not for upgrades.

## How we know
A plain GET of the same path gets the same answer, and a path that nobody serves another one. Behind a proxy that drops the
upgrade it would look the same.
In logs the server saw the upgrade, and answers as to a plain GET: 200, 405, 426.

## What to do
Register the route as a WebSocket route, or ask for the one that is.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

# A refusal that gives one of these, or no reason, may come from a router that keeps pages and sockets apart.
_OF_A_ROUTER = frozenset({Says.NOTHING, Says.FORBIDDEN, Says.NOT_A_HANDSHAKE, Says.NO_ROUTE, Says.ERROR})
_NOT_FOR_GET = Fact("405: the path is served, but not for GET (RFC 9110, 15.5.6)", "the answer")


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the path is served as a WebSocket")
    if evidence.served_directly:
        return RuledOut("asked directly, the server upgrades at this path", "direct")
    if mended := evidence.mended_on_the_way:
        return RuledOut("with one other change this path is served", mended)
    if not evidence.refused:
        return Unknown("an HTTP answer")
    if page := _page(evidence):
        return page
    if evidence.answered_by_proxy or evidence.status not in {200, 204, 400, 404, 405, 426}:
        return RuledOut("the answer is not a plain route's")
    if other := next((name for name in ("plain-get", "version-99") if evidence.moves(name)), ""):
        return RuledOut(
            "without the upgrade, or its version, the answer is another: the upgrade counts here", other
        )
    if evidence.says in {Says.NO_UPGRADE, Says.NO_CONNECTION, Says.PLAIN_NOT_FOUND, Says.NO_ROUTE}:
        return RuledOut("the answer is not a plain route's")
    if evidence.status == 405:
        return Supported(Certainty.POSSIBLE if evidence.proxy else Certainty.LIKELY, (_NOT_FOR_GET,))
    if nonsense := evidence.alike_at_nonsense:
        return RuledOut("a path that nobody serves gets the same answer", nonsense)
    if not (evidence.same("plain-get") and evidence.moves("nonsense-path")):
        return Unknown("the server's routes")
    facts = (
        Fact("a plain GET gets the same answer", "experiment plain-get"),
        Fact("a path that nobody serves gets another one", "experiment nonsense-path"),
    )
    alone = evidence.unfronted or evidence.server_refuses_too
    return Supported(
        Certainty.LIKELY if alone and evidence.status in {200, 204, 405} else Certainty.POSSIBLE, facts
    )


def _page(evidence: Evidence) -> Supported | None:
    """Judge a path that serves a plain GET and refuses the upgrade, where nothing says what else is refused."""
    plain = evidence.tried("plain-get")
    served = plain is not None and plain.status is not None and 200 <= plain.status < 300
    refuses = evidence.status in {400, 403, 404, 500} and not evidence.answered_by_proxy
    if not (served and refuses and evidence.says in _OF_A_ROUTER):
        return None
    fact = Fact(
        f"a plain GET of this path is served, and the upgrade is not: {evidence.status}",
        "experiment plain-get",
    )
    # Werkzeug answers so where a route is no WebSocket, and before it looks at anything else.
    sure = (
        evidence.says is Says.NOT_A_HANDSHAKE
        and evidence.same("version-99")
        and evidence.moves("nonsense-path")
    )
    return Supported(Certainty.LIKELY if sure else Certainty.POSSIBLE, (fact,))


# ---- logs

_LIBRARIES = frozenset({"websockets", "uvicorn"})  # which answer 426 by themselves


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.before_server(story) or hearing.upgrade_gone(story):
        return out
    known, saw = way.perhaps_of_server(story), hearing.reached_with(story, "Upgrade", "websocket")
    if (
        known is not None
        and known[1] == 426
        and known[0].software in _LIBRARIES
        and known[0].hop in way.BEHIND
    ):
        return RuledOut(f"it is the library that asks for an upgrade, before any route ({known[0].place})")
    if known is None or known[1] not in {200, 204, 405, 426}:
        heard = hearing.by_words(story, Says.NOT_A_HANDSHAKE, hops=way.BEHIND, certainty=hearing.POSSIBLE)
        return heard or hearing.refused_otherwise(story, 200, 204, 400, 404, 405, 426)
    if saw is None:
        return hearing.supported(hearing.answered(*known), certainty=hearing.POSSIBLE)
    fact = hearing.cite(known[0], saw.why)
    certain = hearing.POSSIBLE if known[1] == 426 else hearing.LIKELY
    return hearing.supported(hearing.answered(*known), fact, certainty=certain)


CAUSE = Cause(
    slug="route-not-websocket",
    hop=Hop.SERVER,
    page=__doc__,
    remedy=Remedy("Serve this path as a WebSocket, or ask for the path that is.", Hop.SERVER),
    judge=judge,
    read=read,
)
