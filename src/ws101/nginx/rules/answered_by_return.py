"""nginx answers the handshake itself, before it is passed on.

## What happens
The client gets the status that stands here, or a redirection, which WebSocket clients do not follow.

## Why
`return` and `rewrite … redirect` run before `proxy_pass`, wherever they stand in the block; those of the server run before any
location is looked for.

## How we know
The handshake is led through the configuration, and ends at this line.

## What to do
Take the line away, or put it into a location that the socket's path does not meet.
"""

import re
from collections.abc import Iterator, Mapping

from ws101.nginx.offence import offence
from ws101.nginx.outcome import Answered
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.state import State
from ws101.nginx.straying import strayed
from ws101.nginx.tree import Directive, walk
from ws101.nginx.variable import names_in

_CAUSE = "proxy-routes-elsewhere"
_METHOD = re.compile(r"\$\{?request_method\b")
_CLIENTS = re.compile(
    r"\$\{?(?:http_(?!upgrade\b|connection\b|host\b|sec_websocket_(?:key|version)\b)|cookie_|arg_)\w+"
)


def _check(scene: Scene) -> Iterator[Offence]:
    stray = {id(one.way) for one in strayed(scene)}
    for way, answer, state in scene.answered:
        by = answer.by
        if by is None or by.name not in {"return", "rewrite"} or id(way) in stray:
            continue
        if by.name == "rewrite" and answer.status == 500:
            continue  # path-rewritten
        if answer.location.startswith("https:") and not way.route.ask.tls:
            continue  # plain-port-redirects-socket
        if _asks_for(state, answer, _METHOD):
            continue  # method-restricted
        if _asks_for(state, answer, _CLIENTS):
            continue  # what a real client sends there is not known
        where = f"{answer.status}" + (f" to {answer.location}" if answer.location else "")
        yield offence(way, by, f"nginx answers {way.url} with {where} here")


def _asks_for(state: State, answer: Answered, what: re.Pattern[str]) -> bool:
    """Whether the line stands in an `if` that asks for this."""
    inner = [level.directive for level in state.level.lineage() if level.kind == "if" and level.directive]
    levels = tuple(state.level.lineage())
    blocks = [*inner, *(block for level in levels for block in level.own("if"))]
    made_of = {
        line.arguments[0].lstrip("$"): line.arguments[1] for level in levels for line in level.own("set")
    }
    asking = [block for block in blocks if what.search(_spelt_out(block, made_of))]
    return any(one is answer.by for block in asking for one in walk(block.block or ()))


def _spelt_out(block: Directive, made_of: Mapping[str, str]) -> str:
    """Return a condition, and what the variables in it are set to."""
    condition = " ".join(block.arguments)
    return " ".join((condition, *(made_of[name] for name in names_in(condition) if name in made_of)))


RULE = Rule("answered-by-return", Severity.ERROR, _CAUSE, __doc__, _check)
