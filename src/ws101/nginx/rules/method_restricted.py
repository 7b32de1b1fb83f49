"""The method GET is refused.

## What happens
The handshake, which is a GET, is answered 403 or 405.

## Why
`limit_except POST { deny all; }` or an `if ($request_method …)` was written with an API in mind. RFC 6455, 4.1: a handshake
is a GET.

## How we know
The handshake is led through the configuration; the refusal stands in this block.

## What to do
Let GET through in the socket's location.
"""

from collections.abc import Iterator

from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.state import State
from ws101.nginx.tree import Directive

_CAUSE = "proxy-restricts-method"


def _check(scene: Scene) -> Iterator[Offence]:
    for way, answer, state in scene.answered:
        block = _limited(state) or _condition(state, answer.by)
        if answer.status >= 400 and block is not None:
            message = f"GET is refused here with {answer.status}, and a handshake is a GET"
            related = ((answer.by, "refuses it"),) if answer.by is not None else ()
            yield offence(way, block, message, _CAUSE, related=related, remedy="let GET through")


def _limited(state: State) -> Directive | None:
    return state.level.directive if state.level.kind == "limit_except" else None


def _condition(state: State, by: Directive | None) -> Directive | None:
    """Return the `if` that asks for the method and holds the line which answers."""
    for level in state.level.lineage():
        blocks = [level.directive] if level.kind == "if" and level.directive else level.own("if")
        for block in blocks:
            if (
                by is not None
                and by in (block.block or ())
                and "$request_method" in " ".join(block.arguments)
            ):
                return block
    return None


RULE = Rule("method-restricted", Severity.ERROR, _CAUSE, __doc__, _check)
