"""The lines of a configuration that a finding blames, each with a line before and behind it; judges nothing."""

from collections.abc import Iterator, Sequence

from ws101.cause import Marked
from ws101.nginx.tree import File
from ws101.report import CodeLine, Excerpt

_AROUND = 1


def excerpts(lines: Sequence[Marked]) -> tuple[Excerpt, ...]:
    """Return the excerpts of the files in which these lines stand, the first one's first."""
    files: dict[str, tuple[File, dict[int, str]]] = {}
    for directive, note in lines:
        place = directive.place
        notes = files.setdefault(place.file, (directive.file, {}))[1]
        notes[place.line] = f"{notes[place.line]}; {note}" if place.line in notes else note
    return tuple(one for file, notes in files.values() for one in _parts(file, notes))


def _parts(file: File, notes: dict[int, str]) -> Iterator[Excerpt]:
    last = file.text.count("\n") + (not file.text.endswith("\n"))
    shown = sorted({n for line in notes for n in range(line - _AROUND, line + _AROUND + 1) if 1 <= n <= last})
    part: list[CodeLine] = []
    for number in shown:
        if part and number != part[-1].number + 1:
            yield Excerpt(file.name, tuple(part))
            part = []
        part.append(CodeLine(number, file.line(number).expandtabs(4), notes.get(number, "")))
    if part:
        yield Excerpt(file.name, tuple(part))
