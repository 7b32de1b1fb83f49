"""The shapes of a configuration that was read: files, directives and words, each with its place in the text.

Knows nothing of what a directive means. Offsets count characters of the file's text.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct, field

from ws101.nginx.word import Word, words_of


class Place(NamedTuple):
    """A place for people: the file, and line and column, from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Directive:
    """One directive: its words, and what stands in its braces (`block` is None where it has none).

    `texts` are the words as nginx reads them, the first of which is the name; they stand from `start` to `stop`.
    `start` to `end` holds it whole, `;` or braces included. `code` is the text in the braces of a block of Lua.
    """

    __slots__ = ("block", "code", "end", "file", "included", "name", "open", "start", "stop", "texts")

    def __init__(self, file: "File", texts: tuple[str, ...], start: int, stop: int) -> None:
        self.file, self.texts, self.start, self.stop = file, texts, start, stop
        self.name = texts[0]
        self.end = self.open = stop
        self.block: list[Directive] | None = None
        self.code: str | None = None
        self.included: tuple[File, ...] = ()

    def __repr__(self) -> str:
        return f"<{' '.join(self.texts)} at {self.place}>"

    @property
    def arguments(self) -> tuple[str, ...]:
        return self.texts[1:]

    @property
    def words(self) -> tuple[Word, ...]:
        """The words, each with its place."""
        return words_of(self.file.text, self.start, self.stop)

    @property
    def place(self) -> Place:
        return self.file.place(self.start)

    @property
    def text(self) -> str:
        """The directive as it is written; of a block, what stands before its brace."""
        return self.file.text[self.start : self.end if self.block is None else self.open].rstrip()

    def children(self) -> Iterator["Directive"]:
        """Yield the directives in its braces; those of an included file stand in the place of its `include`."""
        return flattened(self.block or ())


class Trouble(NamedTuple):
    """A part that could not be read, and why; `fatal` where nginx would not start with it."""

    place: Place
    what: str
    fatal: bool = True


class File(Struct, eq=False, dict=True):
    """One file that was read; `unread` is where the part begins that could not be read, None when all was.

    `number` counts its words.
    """

    name: str
    text: str
    directives: list[Directive] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    unread: int | None = None
    number: int = 0

    def __repr__(self) -> str:
        """Name the file alone: its text is the user's."""
        return f"File({self.name!r})"

    @cached_property
    def _line_starts(self) -> "array[int]":
        return array("L", (0, *(end.end() for end in re.finditer("\n", self.text))))

    def place(self, offset: int) -> Place:
        """Return the line and column of an offset."""
        line = bisect_right(self._line_starts, offset)
        return Place(self.name, line, offset - self._line_starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Return the text of a line, from 1, without its end."""
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : len(self.text) if end < 0 else end].rstrip("\r")


def flattened(directives: Sequence[Directive]) -> Iterator[Directive]:
    """Yield these directives, those of included files in the place of the `include`."""
    for directive in directives:
        if directive.included:
            for file in directive.included:
                yield from flattened(file.directives)
        else:
            yield directive


def walk(directives: Sequence[Directive]) -> Sequence[Directive]:
    """Return every directive of a tree in the order of the text, an `include` before what it includes."""
    found: list[Directive] = []
    _walk(directives, found)
    return found


def _walk(directives: Sequence[Directive], found: list[Directive]) -> None:
    for directive in directives:
        found.append(directive)
        for file in directive.included:
            _walk(file.directives, found)
        if directive.block:
            _walk(directive.block, found)


def printed(file: File) -> str:
    """Return the file's text, put together from the words of its tree and what stands between them.

    It is the text that was read, or the spans are wrong: tests hold this for every configuration.
    """
    pieces: list[str] = []
    at = 0
    for directive in walk(file.directives):
        if directive.file is not file:
            continue
        for word in directive.words:
            pieces += (file.text[at : word.start], file.text[word.start : word.end])
            at = word.end
    return "".join((*pieces, file.text[at:]))
