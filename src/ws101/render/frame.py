"""The user's own bytes and lines in a frame for a terminal, with carets and notes under the lines that matter."""

from collections.abc import Iterator, Sequence

from ws101.render.ink import Ink, Mark, Style, columns
from ws101.report import Excerpt, Exchange, FrameLine

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


def draw_excerpts(excerpts: Sequence[Excerpt], ink: Ink) -> Iterator[str]:
    """Yield the frame of a file's lines, each with its number; a file's name stands once above its parts."""
    digits = max((len(str(line.number)) for one in excerpts for line in one.lines), default=1)
    margin, side = " " * (digits + 1), ink.paint(ink.mark(Mark.SIDE), Style.DIM)
    room, file = ink.width - digits - 3, ""
    for one in excerpts:
        corner = Mark.CORNER_MIDDLE if file else Mark.CORNER_TOP
        words = f"line {one.number}" if one.file == file else f"{one.file}:{one.number}"
        yield margin + ink.paint(f"{ink.mark(corner)} {ink.cut(words, room - 1)}", Style.DIM)
        file = one.file
        for line in one.lines:
            number = ink.paint(str(line.number).rjust(digits), Style.DIM)
            text = ink.paint(ink.cut(line.text.rstrip(), room), Style.BOLD if line.note else None)
            yield f"{number} {side} {text}".rstrip()
            span = (line.start, line.end) if line.end > line.start else None
            for words in _note(line.text, line.note, room, ink, span) if line.note else ():
                yield f"{margin}{side} {words}"
    yield margin + ink.paint(ink.mark(Mark.ELBOW), Style.DIM)


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
        for words in _note(line.text, line.note, ink.width - _GUTTER, ink) if line.note else ():
            yield f"  {side} {words}"
    if left_out:
        yield _left_out(left_out, ink)


def _left_out(count: int, ink: Ink) -> str:
    return "  " + ink.paint(f"{ink.mark(Mark.SIDE)} {ink.mark(Mark.CUT)} {count} more lines", Style.DIM)


def _note(line: str, note: str, room: int, ink: Ink, span: tuple[int, int] | None = None) -> list[str]:
    """Return carets under the line, or a span of it, with the note beside them, or beneath where it is too long for that."""
    text = line.rstrip()
    start, end = span or (len(text) - len(text.lstrip()), columns(ink.cut(text, room)))
    start = start if start < room // 2 or (span and start < room - _FEW) else 0
    length = max(_FEW, min(end, room) - start)
    beside = room - start - columns(note) - 1
    if beside >= (length if span else _FEW):
        return [ink.paint(f"{' ' * start}{'^' * min(length, beside)} {note}", Style.BAD)]
    carets = " " * start + "^" * min(length, room - start)
    return [ink.paint(part, Style.BAD) for part in [carets, *ink.wrap(note, room)]]
