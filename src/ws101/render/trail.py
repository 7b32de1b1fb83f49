"""The way of a handshake as a picture for a terminal: its hops on one line, their times beneath, the break marked."""

from collections.abc import Sequence

from ws101.render.ink import Ink, Mark, Style, columns, padded
from ws101.render.outline import duration
from ws101.report import Step
from ws101.terms import StepState

_INDENT = 2
_LABEL = 28  # narrower than this, words stand badly beside the elbow

_SIGNS = {
    StepState.PASSED: (Mark.PASSED, Style.GOOD),
    StepState.FAILED: (Mark.FAILED, Style.BAD),
    StepState.SKIPPED: (Mark.SKIPPED, Style.DIM),
    StepState.UNKNOWN: (Mark.UNKNOWN, Style.DIM),
}


def draw(trail: Sequence[Step], weak: Step | None, ink: Ink) -> list[str]:
    """Return the trail as lines; an elbow points from the `weak` step to its detail. One hop a line where it is narrow."""
    if not trail:
        return []
    widths = [max(columns(_name(step, ink)), columns(duration(step.ms)) + 2) for step in trail]
    if sum(widths) + 4 * (len(trail) - 1) + _INDENT > ink.width:
        return [_row(step, weak, ink) for step in trail]
    wires = [_wire(step, follower, width - columns(_name(step, ink)) + 2, ink)
             for step, follower, width in zip(trail, trail[1:], widths, strict=False)]  # fmt: skip
    names = [_painted(step, weak, ink) for step in trail]
    line = (
        "".join(f"{name} {wire} " for name, wire in zip(names, wires, strict=False)) + names[-1]
        if names
        else ""
    )
    times = "".join(
        padded("  " + duration(step.ms), width + 4) for step, width in zip(trail, widths, strict=True)
    )
    drawn = [" " * _INDENT + line, " " * _INDENT + ink.paint(times.rstrip(), Style.DIM)]
    offset = (
        sum(width + 4 for step, width in zip(trail, widths, strict=True) if _before(step, weak, trail))
        + _INDENT
    )
    return [line.rstrip() for line in drawn if line.strip()] + _elbow(weak, offset, ink)


def _before(step: Step, weak: Step | None, trail: Sequence[Step]) -> bool:
    return weak is not None and trail.index(step) < trail.index(weak)


def _name(step: Step, ink: Ink) -> str:
    return f"{ink.mark(_SIGNS[step.state][0])} {step.hop.value}"


def _painted(step: Step, weak: Step | None, ink: Ink) -> str:
    return ink.paint(_name(step, ink), _style(step, weak))


def _style(step: Step, weak: Step | None) -> Style:
    if step is weak:
        return Style.BAD if step.state is StepState.FAILED else Style.WARN
    return _SIGNS[step.state][1]


def _wire(step: Step, follower: Step, length: int, ink: Ink) -> str:
    """Draw the wire to the next hop: whole where something is known to have come over it."""
    came = {StepState.PASSED, StepState.FAILED} | (
        {StepState.SKIPPED} if step.state is StepState.PASSED else set()
    )
    whole = follower.state in came
    return ink.paint(ink.mark(Mark.WIRE if whole else Mark.GAP) * length, Style.DIM)


def _elbow(weak: Step | None, offset: int, ink: Ink) -> list[str]:
    """Draw the elbow under the weak hop, to its right, or to its left where the right side is too narrow."""
    if weak is None or not weak.detail:
        return []
    style, elbow = _style(weak, weak), ink.mark(Mark.ELBOW)
    room = ink.width - offset - len(elbow) - 1
    if columns(weak.detail) <= room or room >= _LABEL:
        first, *rest = ink.wrap(weak.detail, room) or [""]
        return [" " * offset + ink.paint(f"{elbow} {first}", style)] + [
            " " * (offset + len(elbow) + 1) + ink.paint(line, style) for line in rest
        ]
    return _elbow_left(weak.detail, offset, style, ink)


def _elbow_left(detail: str, offset: int, style: Style, ink: Ink) -> list[str]:
    elbow = ink.mark(Mark.ELBOW_LEFT)
    first, *rest = ink.wrap(detail, offset - len(elbow) - _INDENT)
    start = offset - len(elbow) - columns(first)
    return [" " * start + ink.paint(f"{first} {elbow}", style)] + [
        " " * _INDENT + ink.paint(line, style) for line in rest
    ]


def _row(step: Step, weak: Step | None, ink: Ink) -> str:
    name = padded(_painted(step, weak, ink), 11)
    room = ink.width - 13 - _INDENT - 9
    detail = ink.cut(step.detail, room) if room > 0 else ""
    return f"{' ' * _INDENT}{name} {padded(duration(step.ms), 8)} {ink.paint(detail, Style.DIM)}".rstrip()
