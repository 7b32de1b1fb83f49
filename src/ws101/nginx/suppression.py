"""Comments of a configuration that let an offence pass: `# ws101: ignore RULE -- reason`; knows no rule."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

from ws101.nginx.include import Configuration
from ws101.nginx.tree import Directive, File, walk

_COMMENT = re.compile(
    r"#[ \t]*ws101:[ \t]*ignore\b[ \t]*(?P<names>[\w., -]*?)(?:[ \t]+--[ \t]*(?P<reason>[^\r\n]*))?[ \t]*(?=\r?$)",
    re.MULTILINE,
)
_NAME = re.compile(r"[\w.-]*\w")


class Suppression(Struct, frozen=True):
    """One rule that a comment lets pass on one line; `start` to `end` is the comment."""

    file: File
    start: int
    end: int
    rule: str
    line: int
    reason: str


def suppressions(configuration: Configuration) -> tuple[Suppression, ...]:
    """Return what the comments of all files let pass; a file that is read twice counts once."""
    files = {file.name: file for file in configuration.files if "ws101:" in file.text}
    return tuple(one for file in files.values() for one in _of(file))


def _of(file: File) -> Iterator[Suppression]:
    own = [one for one in walk(file.directives) if one.file is file]
    starts = [one.start for one in own]  # in the order of the text
    for match in _COMMENT.finditer(file.text):
        before = own[bisect_right(starts, match.start()) - 1] if own else None
        if before is not None and _holds(before, match.start()):
            continue  # it is no comment
        line = _line(file, match.start())
        for name in _NAME.findall(match["names"]) or [""]:
            yield Suppression(file, match.start(), match.end(), name, line, (match["reason"] or "").strip())


def _holds(directive: Directive, at: int) -> bool:
    """Whether a word of the directive, or the Lua in its braces, goes over this place."""
    if directive.code is not None and directive.open <= at < directive.end:
        return True
    return at < directive.stop and any(word.start <= at < word.end for word in directive.words)


def _line(file: File, start: int) -> int:
    """Return the line that a comment speaks of: its own, or where it stands alone the next one that is no comment."""
    place = file.place(start)
    if file.line(place.line)[: place.column - 1].strip():
        return place.line
    last = file.place(len(file.text)).line
    number = place.line + 1
    while number <= last and (not file.line(number).strip() or file.line(number).strip().startswith("#")):
        number += 1
    return number
