"""Comments of a configuration that let an offence pass: `# ws101: ignore RULE -- reason`; knows no rule."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ws101.nginx.include import Configuration
from ws101.nginx.tree import File, walk

_COMMENT = re.compile(
    r"#[ \t]*ws101:[ \t]*ignore\b[ \t]*(?P<names>[\w., -]*?)(?:[ \t]+--[ \t]*(?P<reason>[^\r\n]*))?[ \t]*(?=\r?$)",
    re.MULTILINE,
)
_NAME = re.compile(r"[\w.-]*\w")


@dataclass(frozen=True, slots=True)
class Suppression:
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
    taken = [
        (word.start, word.end) for one in walk(file.directives) if one.file is file for word in one.words
    ]
    taken += [
        (one.open, one.end) for one in walk(file.directives) if one.file is file and one.code is not None
    ]
    for match in _COMMENT.finditer(file.text):
        if any(start <= match.start() < end for start, end in taken):
            continue  # it is no comment
        line = _line(file, match.start())
        for name in _NAME.findall(match["names"]) or [""]:
            yield Suppression(file, match.start(), match.end(), name, line, (match["reason"] or "").strip())


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
