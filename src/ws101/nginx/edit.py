"""Changes to the text that was read, as spans: how they are applied, shown as a diff, and put together again.

Knows nothing of what a directive means; bytes outside the spans stay as they are.
"""

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher, unified_diff
from itertools import accumulate

from msgspec import Struct

from ws101.nginx.include import Configuration, Source, assemble
from ws101.nginx.tree import File, walk


class Edit(Struct, frozen=True):
    """Puts `text` in the place of `file.text[start:end]`; an insertion where `start` is `end`.

    Two files of one name are one file, read for two `include`s.
    """

    file: File
    start: int
    end: int
    text: str


def apply(file: File, edits: Iterable[Edit]) -> str:
    """Return the file's text with those of the edits that are its own; the same edit twice counts once.

    Insertions at one offset keep their order. Raises ValueError where two edits overlap.
    """
    own = {(e.start, e.end, e.text): None for e in edits if e.file.name == file.name}
    pieces: list[str] = []
    at = 0
    for start, end, text in sorted(own, key=lambda span: span[:2]):
        if start < at or not start <= end <= len(file.text):
            raise ValueError(f"two edits overlap at {file.place(start)}")
        pieces += (file.text[at:start], text)
        at = end
    return "".join((*pieces, file.text[at:]))


def diff(files_and_edits: Iterable[tuple[File, Sequence[Edit]]]) -> str:
    """Return a unified diff of these files, as `patch -p1` takes it."""
    return "".join(unified(file.name, file.text, apply(file, edits)) for file, edits in files_and_edits)


def by_file(edits: Iterable[Edit]) -> tuple[tuple[File, tuple[Edit, ...]], ...]:
    """Return the edits of each file, the files in the order in which they come."""
    grouped: dict[str, list[Edit]] = {}
    for edit in edits:
        grouped.setdefault(edit.file.name, []).append(edit)
    return tuple((own[0].file, tuple(own)) for own in grouped.values())


def unified(name: str, before: str, after: str) -> str:
    """Return the unified diff of one file's text; nothing where it stays as it is."""
    shown = name.lstrip("/")
    lines = unified_diff(_lines(before), _lines(after), f"a/{shown}", f"b/{shown}")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def edited(configuration: Configuration, edits: Iterable[Edit]) -> Configuration:
    """Return the configuration as it is read with these edits; what could not be read before still cannot."""
    wanted = tuple(edits)
    texts = {file.name: apply(file, wanted) for file in configuration.files}
    unread = {
        file.name: file.troubles[0].what for file in configuration.files if file.troubles and not file.text
    }
    prefix = posixpath.dirname(configuration.main.name)
    included = {
        posixpath.join(prefix, directive.arguments[0]): tuple(
            dict.fromkeys(one.name for one in directive.included)
        )
        for directive in walk(configuration.main.directives)
        if directive.name == "include" and directive.included
    }

    def read(pattern: str) -> tuple[Source, ...]:
        names = included.get(pattern) or ((pattern,) if pattern in texts else ())
        return tuple(Source(n, None if n in unread else texts[n], unread.get(n, "")) for n in names)

    again = assemble(configuration.main.name, read)
    said = {(trouble.place, trouble.what) for trouble in again.troubles}
    lost = [t for t in configuration.troubles if (t.place, t.what) not in said and t.place.file not in texts]
    return Configuration(again.main, again.files, (*again.troubles, *lost))


def between(before: Configuration, after: Configuration) -> tuple[Edit, ...]:
    """Return the edits, whole lines each, that make one configuration's files into the other's."""
    texts = {file.name: file.text for file in after.files}
    files = {file.name: file for file in before.files}
    return tuple(
        edit for file in files.values() for edit in _rewritten(file, texts.get(file.name, file.text))
    )


def _rewritten(file: File, text: str) -> Iterator[Edit]:
    old, new = _lines(file.text), _lines(text)
    same = _same(old, new)
    tail = _same(old[same:][::-1], new[same:][::-1])
    starts = [0, *accumulate(map(len, old))]
    matcher = SequenceMatcher(None, old[same : len(old) - tail], new[same : len(new) - tail])
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            yield Edit(file, starts[same + i1], starts[same + i2], "".join(new[same + j1 : same + j2]))


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """Return with how many of the same lines two texts begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (line, its) in pairs if line != its), min(len(one), len(other)))


def _lines(text: str) -> list[str]:
    """Split behind each line feed alone, as nginx counts lines."""
    *whole, last = text.split("\n")
    return [*(f"{line}\n" for line in whole), *([last] if last else [])]
