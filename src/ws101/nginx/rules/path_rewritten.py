"""The URI of proxy_pass makes another path than the one meant.

## What happens
The upstream is asked for `//room` or `/approom` where `/room` or `/app/room` was meant, and answers 404 or 400.

## Why
With a URI behind the host, `proxy_pass` replaces what the location matched by it, letter by letter: `location /ws` with
`proxy_pass http://app/;` makes `/ws/room` into `//room`; `location /ws/` with `http://app/live` makes it into `/liveroom`.
With a variable in it, it says the whole path: `http://$app/ws/` asks for `/ws/` whatever the client asked for.

## How we know
A path below the location is led through the configuration, and what the upstream is asked for is read.

## What to do
End both with a slash or neither; or leave the URI out, and the path stays as it is.
"""

import re
from collections.abc import Iterator

from ws101.nginx.model import Location
from ws101.nginx.offence import offence
from ws101.nginx.outcome import Answered
from ws101.nginx.route import last_rewrite
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.simulate import Upstream
from ws101.nginx.sockets import Told, Way, asked_again
from ws101.nginx.variable import names_in

_CAUSE = "proxy-rewrites-path"
_LEAF = "room"
_REMEDY = "end the location and the URI of proxy_pass with a slash both, or leave the URI out"
_DEEP = re.compile(r"socket\.io|sockjs|signalr")  # their clients ask for paths below


def _check(scene: Scene) -> Iterator[Offence]:
    yield from _slashless(scene)
    for way, sent, level in scene.passed:
        variable = names_in(sent.by.arguments[0])
        if (sent.target == way.route.ask.target and not variable) or not isinstance(sent.target, str):
            continue  # it goes on as it came
        location = next((one for one in level.lineage() if isinstance(one, Location)), None)
        message, severity = _surprise(scene, way, sent, location) or _change(way, sent.target)
        if message:
            line = location.directive if location is not None else None
            yield offence(
                way, sent.by, message, _CAUSE, related=((line, "is what it replaces"),) if line else (), remedy=_REMEDY,
                severity=severity,
            )  # fmt: skip


def _slashless(scene: Scene) -> Iterator[Offence]:
    """Yield what a `rewrite` leaves without its slash: of the location's own path often nothing is left, and nginx answers 500."""
    for asked in scene.ways:
        outcome, target = asked.route.outcome, asked.route.ask.target
        lost = isinstance(outcome, Answered) and outcome.by is not None and outcome.by.name == "rewrite"
        way = asked_again(asked, scene.model, target=f"{target.rstrip('/')}/{_LEAF}") if lost else asked
        sent, line = way.upstream, last_rewrite(way.route)
        if line is not None and isinstance(sent, Upstream) and isinstance(sent.target, str):
            message = f"{way.route.ask.target} becomes `{sent.target}`, without a slash before it, which no server takes"
            if not sent.target.startswith("/"):
                yield offence(way, line, message, _CAUSE, remedy="a slash before $1", severity=Severity.ERROR)


def _surprise(
    scene: Scene, way: Way, sent: Upstream, location: Location | None
) -> tuple[str, Severity | None] | None:
    """Return what a path below the location becomes, where that has a slash too many or too few."""
    if location is None or location.modifier not in {"", "^~"}:
        return None
    below = f"{location.path.rstrip('/')}/{_LEAF}"
    again = asked_again(way, scene.model, target=below).upstream
    if not isinstance(again, Upstream) or again.by is not sent.by or not isinstance(again.target, str):
        return None
    path = again.target.partition("?")[0]
    usual = None if location.path.endswith("/") or _DEEP.search(location.path) else Severity.NOTE
    if "//" in path:
        return f"{below} becomes {path}, with two slashes", usual
    if _LEAF not in path and path == str(sent.target).partition("?")[0]:
        return (
            f"{below} becomes {path}, as every path below does: with variables, proxy_pass says the whole path",
            usual,
        )
    if not path.endswith(f"/{_LEAF}") and path.endswith(_LEAF):
        return f"{below} becomes {path}, without the slash between", None
    return None


def _change(way: Way, target: str) -> tuple[str, Severity | None]:
    """Return that the path of a socket that was named is another for the upstream, which may be meant."""
    asked, got = (one.partition("?")[0] for one in (way.route.ask.target, target))
    if way.told is Told.SIGN or asked == got:
        return "", None
    return f"the upstream is asked for {got} where the client asked for {asked}", Severity.NOTE


RULE = Rule("path-rewritten", Severity.WARNING, _CAUSE, __doc__, _check)
