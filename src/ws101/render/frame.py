"""The exchange in a frame for a terminal: the user's own bytes, with carets and notes under the lines that matter."""

from collections.abc import Iterator, Sequence

from ws101.render.ink import Ink, Mark, Style, columns
from ws101.report import Exchange, FrameLine

_FIRST_LINES = 18  # a browser's request has about as many; marked lines after these are shown too
_GUTTER = 4
_FEW = 3  # carets; fewer are overlooked


def draw(exchange: Exchange, peer: str, ink: Ink) -> list[str]:
    """Return the frame's lines; `peer` is whom the handshake was sent to. `>` marks what was sent, `<` what came back."""
    return [
        _rule(Mark.CORNER_TOP, f"sent to {peer}", ink),
        *_lines(exchange.sent, ">", ink),
        _rule(Mark.CORNER_MIDDLE, "came back", ink),
        *_lines(exchange.received, "<", ink),
        "  " + ink.paint(ink.mark(Mark.ELBOW), Style.DIM),
    ]


def _rule(corner: Mark, words: str, ink: Ink) -> str:
    return "  " + ink.paint(f"{ink.mark(corner)} {ink.cut(words, ink.width - _GUTTER - 2)}", Style.DIM)


def _lines(lines: Sequence[FrameLine], sign: str, ink: Ink) -> Iterator[str]:
    side = ink.paint(ink.mark(Mark.SIDE), Style.DIM)
    left_out = 0
    for number, line in enumerate(lines):
        if number >= _FIRST_LINES and not line.note:
            left_out += 1
            continue
        if left_out:
            yield _left_out(left_out, ink)
            left_out = 0
        style = Style.BOLD if line.note else None
        text = ink.paint(ink.cut(line.text.rstrip(), ink.width - _GUTTER), style)
        yield f"{ink.paint(sign, Style.CODE)} {side} {text}".rstrip()
        for words in _note(line, ink) if line.note else ():
            yield f"  {side} {words}"
    if left_out:
        yield _left_out(left_out, ink)


def _left_out(count: int, ink: Ink) -> str:
    return "  " + ink.paint(f"{ink.mark(Mark.SIDE)} {ink.mark(Mark.CUT)} {count} more lines", Style.DIM)


def _note(line: FrameLine, ink: Ink) -> list[str]:
    """Return carets under the line with the note beside them, or beneath where it is too long for that."""
    room = ink.width - _GUTTER
    text = line.text.rstrip()
    start = len(text) - len(text.lstrip())
    start = start if start < room // 2 else 0
    length = max(_FEW, columns(ink.cut(text, room)) - start)
    beside = room - start - columns(line.note) - 1
    if beside >= _FEW:
        return [ink.paint(f"{' ' * start}{'^' * min(length, beside)} {line.note}", Style.BAD)]
    carets = " " * start + "^" * min(length, room - start)
    return [ink.paint(part, Style.BAD) for part in [carets, *ink.wrap(line.note, room)]]
