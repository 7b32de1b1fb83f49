"""One proxy_set_header here takes away all that stand above.

## What happens
The outer block sets Upgrade and Connection, and yet the upstream sees neither; or it loses Host, the client's address or
other fields that are set above.

## Why
nginx inherits `proxy_set_header` only into blocks that have none of their own. A single line in the location, whatever it
sets, replaces all of the outer ones.

## How we know
The location has a line of its own, and a line of an outer block for another field is not in force.

## What to do
Repeat the outer lines in the location, or put them into a file that both include.
"""

from collections.abc import Iterator

from ws101.nginx.offence import field_line, offence, says_upgrade, shadowed_line
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.simulate import Upstream
from ws101.nginx.tree import Directive

_CAUSE = "proxy-header-inheritance-lost"


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, level in scene.passed:
        own = level.nearest("proxy_set_header")
        lost = [line for line in _lost(sent) if field_line(level, line.arguments[0]) is None]
        if not own or not lost:
            continue
        names = ", ".join(line.arguments[0] for line in lost)
        fatal = _fatal(sent)
        message = f"this line makes nginx forget those above for {names}" + (
            ", so the handshake's upgrade is lost" if fatal else ""
        )
        yield offence(
            way, own[0], message, _CAUSE, related=tuple((line, "is not in force here") for line in lost),
            remedy="repeat the lines from above in this block", severity=None if fatal else Severity.NOTE,
        )  # fmt: skip


def _lost(sent: Upstream) -> tuple[Directive, ...]:
    """Return the shadowed line of each field, the innermost first."""
    lines = [line for line in sent.shadowed if line.arguments]
    return tuple({line.arguments[0].lower(): line for line in reversed(lines)}.values())[::-1]


def _fatal(sent: Upstream) -> bool:
    upgrade = sent.field("Upgrade") is None and shadowed_line(sent, "Upgrade")
    return bool(upgrade or (not says_upgrade(sent.field("Connection")) and shadowed_line(sent, "Connection")))


RULE = Rule("inheritance-lost", Severity.ERROR, _CAUSE, __doc__, _check)
