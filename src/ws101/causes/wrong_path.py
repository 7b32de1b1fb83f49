"""Nothing is served at the path that the client asks for

## What happens
The request is well and the server is the right one, but its router knows no such path: `404`, or `403` and `400` from
frameworks that refuse unknown WebSocket paths so.

## Why
A slash too many or too few at the end, a double slash where a base URL and a path were joined, capitals, a missing
prefix such as `/api`, or a path of an older release. WebSocket clients do not follow the redirect that would mend a
slash in a browser.

## How we know
The path with its slash toggled, its slashes made single, or its capitals lowered is answered as a handshake; or the
refusal is the very one that a path gets at which nothing can be served. The last fits a server without its route too.
With the configuration (`--nginx-config`), it is said that no location passes this path on, and which paths are passed on.
In logs the path stands in every line: who says that nothing is there, and whether it arrived as it was sent.

## What to do
Take the path from the server's routes, letter by letter, and join base and path in one place. Where a proxy rewrites the
path, ask the server directly with `--direct` to see which of the two is wrong.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import as_configured, asks_for_damage, blame, flip_fact, judge_damage
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

_FLIPS = ("slash-toggled", "single-slashes", "lower-case-path")
_OF_A_ROUTE = frozenset(
    {101, 400, 401, 403, 426}
)  # a router that knows the path goes on to refuse for other reasons


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return judge_damage(evidence, "nonsense-path", "slash-toggled", "double-slash", "upper-case-path")
    if evidence.works:
        return RuledOut("the handshake works")
    beyond = evidence.tried("redirect-target")
    if beyond is not None and beyond.status in _OF_A_ROUTE:
        return RuledOut("the answer is a redirect, and leads on to what is served", "redirect-target")
    anywhere = evidence.mends("nonsense-path")  # then another path working does not make it the right one
    flip = None if anywhere else next((name for name in _FLIPS if _is_served(evidence, name)), None)
    if flip is not None:
        path = evidence.attempts[flip].sending.request.path
        return Supported(
            evidence.by_flip, (flip_fact(evidence, flip),), Remedy(f"Ask for {path}.", Hop.CLIENT)
        )
    if evidence.served_directly:
        return RuledOut("asked directly, the server upgrades at this path", "direct")
    if mended := evidence.mended_on_the_way:
        return RuledOut("with one other change this path is served", mended)
    if evidence.drops_upgrades:
        fact = Fact(
            "an upgrade is closed at this path as at one that nobody serves, and a plain GET is not",
            f"experiment {evidence.alike_at_nonsense}",
        )
        return Supported(Certainty.POSSIBLE, (fact,))
    if not evidence.refused:
        return Unknown("an answer to the handshake")
    return _by_nonsense(evidence)


def _is_served(evidence: Evidence, name: str) -> bool:
    """Return whether the changed path works, or leaves the refusal of unknown paths that the baseline met."""
    attempt = evidence.tried(name)
    if attempt is None or evidence.mends(name):
        return attempt is not None
    return evidence.same("nonsense-path") and evidence.moves(name) and attempt.status in _OF_A_ROUTE


def _by_nonsense(evidence: Evidence) -> Ruling:
    """Judge by a path at which nothing can be served: is it refused in the very same way?"""
    if evidence.path_matters is None:
        return Unknown("the same handshake at a path that nobody serves")
    nonsense = evidence.alike_at_nonsense
    if not nonsense:
        unknown_path = evidence.says is Says.NO_ROUTE or (
            evidence.says is Says.NOTHING and evidence.status == 404
        )
        why = "a path that nobody serves is answered otherwise"
        return Unknown("the server's routes, or its log") if unknown_path else RuledOut(why, "nonsense-path")
    if not evidence.path_seems_unknown:
        return Unknown("the path that the server is known to serve")
    alike = Fact("a path that nobody serves gets the very same answer", f"experiment {nonsense}")
    said = Fact(f"the refusal: {evidence.status}, {evidence.says.value}", "the answer")
    return Supported(Certainty.POSSIBLE, (said, alike) if evidence.says is Says.NO_ROUTE else (alike,))


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    """Judge by a file that would answer, for no location passes this path on."""
    server, location = hop.route.server, hop.route.location
    if server is None or not hop.static or not as_configured(evidence, hop):
        return None
    if hop.rival is not None or hop.nameless:
        return None
    path = hop.route.ask.target.partition("?")[0]
    passing = [one.directive for one in server.locations.every if one.handler and not one.is_regex]
    here = location.directive if location and location.directive else server.directive
    others = ((line, "passes another path on") for line in passing[:3])
    return blame((here, f"looks for a file at `{path}`: no location passes this path on"), *others)


# ---- logs

_DESTROYED = (Says.UPSTREAM_CLOSED,)  # servers on Node's ws close so where no route fits (socket.destroy())


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.not_sent(story) or hearing.upgrade_gone(story):
        return out
    refusal = hearing.no_route(story) or hearing.refused_as_unknown(story)
    if refusal is None and (
        closed := hearing.by_words(story, *_DESTROYED, certainty=hearing.POSSIBLE, rare=True)
    ):
        return closed
    if refusal is None:
        return hearing.refused_otherwise(story, 400, 403, 404)
    certain = hearing.LIKELY if "//" in refusal.path.partition("?")[0] else hearing.POSSIBLE
    plain = hearing.by_length(story, Says.PLAIN_NOT_FOUND)
    rare = refusal.status == 403 or hearing.path_replaced(story) or bool(plain)
    return hearing.supported(hearing.told_of(refusal), certainty=certain, rare=rare)


CAUSE = Cause(
    slug="wrong-path",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy("Use the path that the server's routes name, letter by letter.", Hop.CLIENT),
    judge=judge,
    inspect=inspect,
    read=read,
)
