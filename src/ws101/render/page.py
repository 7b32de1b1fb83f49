"""A cause's page, and every other text with Markdown's plainest forms, for a terminal; knows nothing of reports."""

import re
from collections.abc import Iterator
from enum import Enum
from itertools import takewhile

from msgspec import Struct
from msgspec.structs import replace

from ws101.render.ink import Ink, Mark, Style, to_ascii

_ITEM = re.compile(r"(?P<sign>[-*]|\d+[.)])\s+(?P<text>.*)")
_TAB = 4


class Shape(Enum):
    """What a block of text is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CODE = "code"


class Block(Struct, frozen=True):
    """One block; `sign` is an item's bullet or number. Code keeps its line breaks, other text has none."""

    shape: Shape
    text: str
    sign: str = ""


def render_page(
    slug: str, text: str, *, width: int = 80, colour: bool = False, ascii_only: bool = False
) -> str:
    """Return the page of the cause `slug`, whose first line is its title, for `ws101 explain`."""
    ink = Ink(width, colour, ascii_only)
    title, _, body = (to_ascii(text) if ascii_only else text).strip().partition("\n")
    lines = [ink.paint(line, Style.BOLD) for line in ink.wrap(title.strip("# "), width)]
    return "\n".join([*lines, ink.paint(ink.cut(slug, width), Style.DIM), "", *prose(body, ink)]) + "\n"


def prose(text: str, ink: Ink, *, indent: int = 0) -> list[str]:
    """Return headings, paragraphs, lists and code as lines; all but headings stand two columns further in."""
    lines: list[str] = []
    previous: Block | None = None
    for block in blocks(text):
        together = previous is not None and previous.shape is block.shape is Shape.ITEM
        if previous is not None and not together and previous.shape is not Shape.HEADING:
            lines.append("")
        lines += [
            (" " * indent + line).rstrip() for line in _drawn(block, replace(ink, width=ink.width - indent))
        ]
        previous = block
    return lines


def _drawn(block: Block, ink: Ink) -> list[str]:
    if block.shape is Shape.HEADING:
        return [ink.paint(line, Style.BOLD) for line in ink.wrap(block.text, ink.width)]
    if block.shape is Shape.CODE:
        return code(block.text, ink)
    sign = {"-": ink.mark(Mark.BULLET), "*": ink.mark(Mark.BULLET)}.get(block.sign, block.sign)
    first = f"{sign} " if sign else ""
    lines = ink.inline(ink.wrap(block.text, ink.width - 2 - len(first)))
    return ["  " + (first if n == 0 else " " * len(first)) + line for n, line in enumerate(lines)]


def code(text: str, ink: Ink) -> list[str]:
    """Return lines of code beside a bar, added and removed lines of a patch in their colours, cut at the width."""
    bar = ink.paint(ink.mark(Mark.BAR), Style.DIM)
    return [f"    {bar} {_painted(line, ink)}".rstrip() for line in text.expandtabs(_TAB).split("\n")]


def _painted(line: str, ink: Ink) -> str:
    style = {"+": Style.ADDED, "-": Style.REMOVED, "@": Style.DIM}.get(line[:1])
    return ink.paint(ink.cut(line, ink.width - 6), style)


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a text; what is no heading, item or code is a paragraph, and nothing is refused."""
    lines = text.strip("\n").split("\n")
    pending: Block | None = None
    while lines:
        line = lines.pop(0)
        content = line.strip()
        item = _ITEM.fullmatch(content)
        if content.startswith("```") or (pending is None and line.startswith("    ")):
            yield from _only(pending)
            yield _code(line, lines)
            pending = None
        elif not content or content.startswith("#"):
            yield from _only(pending)
            yield from [Block(Shape.HEADING, content.lstrip("# "))] if content else []
            pending = None
        elif item is not None:
            yield from _only(pending)
            pending = Block(Shape.ITEM, item["text"], item["sign"])
        else:
            pending = (
                replace(pending, text=f"{pending.text} {content}")
                if pending
                else Block(Shape.PARAGRAPH, content)
            )
    yield from _only(pending)


def _only(block: Block | None) -> Iterator[Block]:
    if block is not None:
        yield block


def _code(line: str, lines: list[str]) -> Block:
    """Take a block of code off the lines: up to the closing fence, or as far as they are indented."""
    if line.strip().startswith("```"):
        taken = list(takewhile(lambda inner: not inner.strip().startswith("```"), lines))
        del lines[: len(taken) + 1]
        return Block(Shape.CODE, "\n".join(taken))
    more = list(takewhile(lambda inner: inner.startswith("    ") or not inner.strip(), lines))
    del lines[: len(more)]
    return Block(Shape.CODE, "\n".join(inner[4:] for inner in [line, *more]).rstrip())
