"""The lines of a configuration that a finding blames, each with a line before and behind it; judges nothing."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ws101.cause import Marked
from ws101.nginx.tree import Directive, File
from ws101.report import CodeLine, Excerpt

_AROUND = 1
_TAB = 4  # columns
Notes = dict[int, CodeLine]


def excerpts(lines: Sequence[Marked]) -> tuple[Excerpt, ...]:
    """Return the excerpts of the files in which these lines stand, the one with the first line first."""
    files: dict[str, tuple[File, Notes]] = {}
    for directive, note in lines:
        notes = files.setdefault(directive.file.name, (directive.file, {}))[1]
        number = directive.place.line
        known = notes.get(number)
        notes[number] = replace(known, note=f"{known.note}; {note}") if known else _line(directive, note)
    return tuple(one for file, notes in files.values() for one in _ranked(file, notes))


def _ranked(file: File, notes: Notes) -> list[Excerpt]:
    """Return the excerpts of one file by the rank of their lines; `notes` are in the order of the blame."""
    ranks = {number: rank for rank, number in enumerate(notes)}
    made = []
    for part in _parts(file, notes):
        decisive = min((line.number for line in part if line.note), key=ranks.__getitem__)
        made.append(Excerpt(file.name, decisive, tuple(part)))
    return sorted(made, key=lambda one: ranks[one.number])


def _line(directive: Directive, note: str) -> CodeLine:
    place = directive.place
    text = directive.file.line(place.line)
    start = place.column - 1
    end = min(start + len(directive.text.split("\n")[0].rstrip()), len(text))
    columns = (len(text[:offset].expandtabs(_TAB)) for offset in (start, end))
    return CodeLine(place.line, text.expandtabs(_TAB), note, *columns)


def _parts(file: File, notes: Notes) -> Iterator[list[CodeLine]]:
    """Yield the runs of lines that are noted, or stand beside one that is."""
    last = file.text.count("\n") + (not file.text.endswith("\n"))
    around = (range(number - _AROUND, number + _AROUND + 1) for number in notes)
    part: list[CodeLine] = []
    for number in sorted({n for numbers in around for n in numbers if 1 <= n <= last}):
        if part and number != part[-1].number + 1:
            yield part
            part = []
        part.append(notes.get(number) or CodeLine(number, file.line(number).expandtabs(_TAB)))
    if part:
        yield part
