"""Where new lines go in a file, with its own indentation and line ends; knows no directive's meaning."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ws101.nginx.edit import Edit
from ws101.nginx.tree import Directive, File

_INDENTED = re.compile(r"^([ \t]+)[^ \t\r\n#]", re.MULTILINE)
_PLAIN = re.compile(r"[^\s;{}\"'\\$#]+")


def into(block: Directive, lines: Sequence[str], behind: Sequence[Directive] = ()) -> tuple[Edit, ...]:
    """Return the edits that add lines to a block: behind the last of these directives that stands in it, else at its end.

    A block that stands on one line is spread over several.
    """
    file, inside = block.file, block.block or []
    anchors = [d for d in inside if d in behind] or inside[-1:]
    text = "".join(f"{line_end(file)}{indentation(block)}{line}" for line in lines)
    spread = tuple(_spread(block))
    if not anchors:
        return (Edit(file, block.open + 1, block.open + 1, text), *spread)
    at = _end_of_line(anchors[-1])
    return (Edit(file, at, at, text), *spread)


def above(directive: Directive, lines: Sequence[str]) -> Edit:
    """Return the edit that puts lines and an empty one above a directive, and above the comments that belong to it."""
    file, end = directive.file, line_end(directive.file)
    if _margin(directive) is None:
        return Edit(file, directive.start, directive.start, "".join(f"{line.strip()} " for line in lines))
    start = file.text.rfind("\n", 0, directive.start) + 1
    while start and (before := _line_before(file.text, start)).strip().startswith("#"):
        start -= len(before)
    margin = _margin(directive) or ""
    return Edit(file, start, start, "".join(f"{margin}{line}{end}" for line in lines) + end)


def without(directive: Directive) -> Edit:
    """Return the edit that takes a directive out, with the blanks before it where it has its lines to itself."""
    text = directive.file.text
    start = text.rfind("\n", 0, directive.start)
    follows = text[directive.end : directive.end + 1]
    alone = not text[start + 1 : directive.start].strip() and follows in {"\n", ""}
    return Edit(directive.file, start if alone and start >= 0 else directive.start, directive.end, "")


def word(directive: Directive, number: int, text: str) -> Edit:
    """Return the edit that puts a text in the place of a word of a directive."""
    old = directive.words[number]
    return Edit(directive.file, old.start, old.end, text)


def value(directive: Directive, text: str) -> tuple[Edit, ...]:
    """Return the edits that make this the only argument of a `proxy_set_header` behind the name, or add it."""
    if len(directive.texts) > 2:
        return (word(directive, 2, text),)
    return (Edit(directive.file, directive.words[-1].end, directive.words[-1].end, f" {text}"),)


def quoted(text: str) -> str:
    """Return a text as one word: in quotation marks where nginx would need them."""
    if _PLAIN.fullmatch(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def indentation(block: Directive) -> str:
    """Return what the lines in a block begin with."""
    for child in block.block or ():
        if (margin := _margin(child)) is not None:
            return margin
    start = block.file.text.rfind("\n", 0, block.start) + 1
    leading = block.file.text[start : block.start]
    return leading[: len(leading) - len(leading.lstrip(" \t"))] + unit(block.file)


@lru_cache(maxsize=256)
def unit(file: File) -> str:
    """Return one step of the file's indentation."""
    found = min(_INDENTED.findall(file.text), key=len, default="    ")
    return "\t" if found.startswith("\t") else found


def line_end(file: File) -> str:
    """Return the file's line end: of two kinds the one that comes first."""
    at = file.text.find("\n")
    return "\r\n" if at > 0 and file.text[at - 1] == "\r" else "\n"


def _margin(directive: Directive) -> str | None:
    """Return the blanks before a directive, None where it does not begin its line."""
    start = directive.file.text.rfind("\n", 0, directive.start) + 1
    leading = directive.file.text[start : directive.start]
    return None if leading.strip(" \t") else leading


def _end_of_line(directive: Directive) -> int:
    """Return where the line of a directive ends; where more follows on it than a comment, the directive's own end."""
    text = directive.file.text
    end = text.find("\n", directive.end)
    rest = text[directive.end : len(text) if end < 0 else end]
    if rest.strip() and not rest.strip().startswith("#"):
        return directive.end
    return directive.end + len(rest.rstrip("\r"))


def _spread(block: Directive) -> Iterator[Edit]:
    """Yield what gives each directive of a one-line block, and its last brace, a line of its own."""
    file, inside = block.file, block.block or []
    if "\n" in file.text[block.open : block.end]:
        return
    within, at = line_end(file) + indentation(block), block.open + 1
    for child in inside:
        yield Edit(file, at, child.start, within)
        at = child.end
    yield Edit(file, at, block.end - 1, within.removesuffix(unit(file)))


def _line_before(text: str, start: int) -> str:
    return text[text.rfind("\n", 0, start - 1) + 1 : start]
