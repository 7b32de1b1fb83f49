"""Puts a configuration together from its files: `include` and its globs, and the dumps that `nginx -T` writes.

Files come from a function that is given; this module opens none.
"""

import posixpath
import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from msgspec import Struct

from ws101.nginx.glob import is_glob, matches
from ws101.nginx.parse import DEEPEST, MOST_WORDS, parse
from ws101.nginx.tree import Directive, File, Trouble

MOST_FILES = 5_000
MOST_TEXT = 32 << 20  # characters over all files; a larger configuration is no configuration
_DUMPED = re.compile(r"^# configuration file (.+):\n", re.MULTILINE)


class Source(NamedTuple):
    """One file as it was found: its text, or why there is none."""

    name: str
    text: str | None
    why: str = ""


Read = Callable[
    [str], tuple[Source, ...]
]  # a path or a glob, absolute or as it was given -> what it names, sorted


class Configuration(Struct, frozen=True):
    """A configuration as nginx would read it: the main file, every file in the order of its reading, and what is wrong.

    `empty` are the includes whose globs match nothing, which nginx passes over in silence.
    """

    main: File
    files: tuple[File, ...]
    troubles: tuple[Trouble, ...]
    empty: tuple[Directive, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether all of it was read."""
        return not self.troubles


def assemble(main: str, read: Read) -> Configuration:
    """Read the main file and what it includes; relative names are looked up beside the main file, as nginx does."""
    return _Assembly(posixpath.dirname(main), read).of(main)


class _Waiting(NamedTuple):
    """A file whose includes are to be read: the names of those that led to it, and in how many blocks and files it stands."""

    file: File
    chain: tuple[str, ...]
    depth: int = 0


class _Assembly:
    """The reading of one configuration."""

    def __init__(self, prefix: str, read: Read) -> None:
        self._prefix, self._read = prefix, read
        self._files: list[File] = []
        self._troubles: list[Trouble] = []
        self._size = self._number = 0
        self._full = False
        self._empty: list[Directive] = []

    def of(self, main: str) -> Configuration:
        (source, *_) = self._read(main) or (Source(main, None, "it was not found"),)
        file = self._take(source)
        waiting = deque([_Waiting(file, (file.name,))])
        while waiting and not self._full:
            current = waiting.popleft()
            for directive, depth in _includes(current.file):
                if self._full:
                    break
                deeper = current.depth + depth + 1
                directive.included = tuple(self._included(directive, current.chain, deeper))
                waiting += [_Waiting(one, (*current.chain, one.name), deeper) for one in directive.included]
        files = tuple(dict.fromkeys(self._files))
        return Configuration(
            file, files, (*(t for f in files for t in f.troubles), *self._troubles), tuple(self._empty)
        )

    def _take(self, source: Source) -> File:
        file = parse(source.name, source.text or "")
        self._size += len(file.text)
        self._number += file.number
        if source.text is None:
            file.troubles.append(Trouble(file.place(0), source.why))
        self._files.append(file)
        return file

    def _included(self, directive: Directive, chain: tuple[str, ...], depth: int) -> Iterator[File]:
        pattern = posixpath.join(self._prefix, directive.arguments[0])
        if depth > DEEPEST:
            self._trouble(
                directive,
                f"{pattern} was not read: more than {DEEPEST} blocks and files stand in one another",
            )
            return
        sources = self._read(pattern)
        if not sources and is_glob(pattern):
            self._empty.append(directive)
        elif not sources:
            self._trouble(directive, f"{pattern} was not found")
        for source in sources:
            if source.name in chain:
                self._trouble(
                    directive, f"{source.name} includes itself, by way of {' and '.join(chain[-2:])}"
                )
            elif source.text is None:
                self._trouble(directive, f"{source.name} could not be read: {source.why}")
            elif self._is_too_much(source.text):
                self._full = True
                self._trouble(
                    directive,
                    f"{source.name} was not read, nor what comes then: the configuration is too large",
                )
                return
            else:
                yield self._take(source)

    def _is_too_much(self, text: str) -> bool:
        return (
            len(self._files) >= MOST_FILES
            or self._size + len(text) > MOST_TEXT
            or self._number >= MOST_WORDS
            or len(self._troubles) >= MOST_FILES
        )

    def _trouble(self, directive: Directive, what: str) -> None:
        self._troubles.append(Trouble(directive.place, what))


def _includes(file: File) -> Iterator[tuple[Directive, int]]:
    """Yield the file's own includes, each with the number of blocks that it stands in."""
    waiting = [iter(file.directives)]
    while waiting:
        directive = next(waiting[-1], None)
        if directive is None:
            waiting.pop()
        elif directive.block:
            waiting.append(iter(directive.block))
        elif directive.name == "include" and len(directive.texts) == 2 and directive.block is None:
            yield directive, len(waiting) - 1


def dumped(text: str) -> tuple[str, Read] | None:
    """Return the main file's name in a dump of `nginx -T`, and what reads from the dump; None for any other text."""
    parts = _DUMPED.split(text)
    if len(parts) < 3:
        return None
    files = dict(zip(parts[1::2], (part.removesuffix("\n") for part in parts[2::2]), strict=True))

    def read(pattern: str) -> tuple[Source, ...]:
        if pattern in files:
            return (Source(pattern, files[pattern]),)
        names = sorted(name for name in files if matches(name, pattern))
        return tuple(Source(name, files[name]) for name in names)

    return parts[1], read
