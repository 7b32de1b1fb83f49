"""The handshake as it was sent beside what the server saw, for a terminal: what was lost or changed on the way is marked."""

from collections.abc import Iterator

from ws101.render import outline
from ws101.render.ink import Ink, Mark, Style, columns, padded
from ws101.report import Passage, Report
from ws101.terms import Fate

_LONGEST_NAME = 26  # columns; no field of a handshake has a longer one
_LINES = 4  # of one value

_SIGNS: dict[Fate, tuple[Mark | None, Style]] = {
    Fate.SAME: (None, Style.DIM),
    Fate.LOST: (Mark.FAILED, Style.BAD),
    Fate.CHANGED: (Mark.CHANGED, Style.BAD),
    Fate.ADDED: (Mark.ADDED, Style.DIM),
}


def draw(report: Report, ink: Ink) -> Iterator[str]:
    """Yield the lines of both columns, or one that says that nothing was lost; none where no server told."""
    if report.seen is None:
        return
    if not outline.astray(report):
        yield f"  {ink.paint(ink.mark(Mark.PASSED), Style.GOOD)} {outline.arrived(report)}"
        return
    passages = report.seen.passages
    name = min(max(columns(passage.part) for passage in passages), _LONGEST_NAME)
    half = (ink.width - name - 10) // 2
    yield ink.paint(f"{' ' * (name + 6)}{padded('sent', half)}   seen", Style.DIM)
    for passage in passages:
        yield from _rows(passage, name, half, ink)


def _rows(passage: Passage, name: int, half: int, ink: Ink) -> Iterator[str]:
    mark, style = _SIGNS[passage.fate]
    whole = passage.fate is not Fate.SAME
    sent = _lines(passage.sent or "", half, ink, whole=whole)
    seen = _lines(outline.seen_as(passage), half, ink, whole=whole)
    sign, part = (ink.mark(mark) if mark else ""), ink.cut(passage.part, name)
    for number in range(max(len(sent), len(seen))):
        left, right = (lines[number] if number < len(lines) else "" for lines in (sent, seen))
        first = padded(sign, 2) + padded(part, name) if number == 0 else " " * (name + 2)
        side = ink.paint(ink.mark(Mark.SIDE), Style.DIM)
        yield f"  {ink.paint(first, style)}  {ink.paint(padded(left, half), style)} {side} {ink.paint(right, style)}"


def _lines(text: str, width: int, ink: Ink, *, whole: bool) -> list[str]:
    """Return a value in lines of this width, broken anywhere, for it is no prose; cut where it says nothing new."""
    if not whole or columns(text) != len(text):
        return [ink.cut(text, width)]
    kept = ink.cut(text, width * _LINES)
    return [kept[start : start + width] for start in range(0, len(kept), width)] or [""]
