"""Reads one file's text as nginx does (ngx_conf_parse), and says what cannot be read; knows no directive but Lua's.

Never raises: what is wrong becomes a Trouble, and the rest of the file stays unread.
"""

import re

from ws101.nginx.tree import Directive, File, Trouble
from ws101.nginx.word import BLANK, QUOTED, WORD, texts_of

DEEPEST = 128  # blocks in blocks; nginx has no limit of its own, and nobody has so many
MOST_WORDS = 1_000_000  # a table of every network in the world has about so many
LONGEST = 1 << 20  # characters of one directive; nginx takes 4,096 for one word

# Words of these characters are what they look like, but for a `$` before a brace: most directives have no others.
_PLAIN = r"[!$-&(-:<-\[\]-z|~]"
_PLAIN_WORDS = rf"{_PLAIN}++(?:[ \t\r\n]++{_PLAIN}++)*+"
# What comes next: a directive up to its `;` or `{`, or the end of a block.
_NEXT = re.compile(
    rf"{BLANK}(?:(?:({_PLAIN_WORDS})[ \t\r\n]*+(?<!\$)|({WORD}(?:{BLANK}{WORD})*+){BLANK})([;{{])|\}})",
    re.DOTALL,
)
_BLANK = re.compile(BLANK)
_WORDS = re.compile(rf"(?:{WORD}{BLANK})*+", re.DOTALL)
_QUOTED = re.compile(QUOTED, re.DOTALL)
_LUA = re.compile(r"\w*_by_lua_block")
# What may stand in Lua before a brace counts: comments and strings (Lua 5.1, 2.1). Long ones are told by how they open.
_LUA_PIECE = re.compile(
    r"(?:--)?\[(?P<level>=*+)\[|--[^\n]*+|\"(?:[^\"\\\n]|\\.)*+\"?|'(?:[^'\\\n]|\\.)*+'?|[{}]", re.DOTALL
)


def parse(name: str, text: str) -> File:
    """Return the tree of a file's text."""
    file = File(name, text)
    _Reader(file).read()
    return file


class _Unreadable(Exception):  # noqa: N818 - the rest of the file is read no further
    def __init__(self, at: int, what: str) -> None:
        super().__init__(what)
        self.at, self.what = at, what


class _Reader:
    """One pass over one file; `_open` holds the blocks that are not closed yet."""

    def __init__(self, file: File) -> None:
        self._file, self._text = file, file.text
        self._open: list[Directive] = []
        self._level = file.directives
        self._known: dict[str, str] = {}  # each word once, for most of them come again and again

    def read(self) -> None:
        """Read the whole file, or what comes before the first thing that is wrong."""
        at = 0
        try:
            while match := _NEXT.match(self._text, at):
                at = match.end()
                if match[3]:
                    at = self._directive(match, at)
                else:
                    self._close(at)
            self._finish(at)
        except _Unreadable as odd:
            self._give_up(odd.at, odd.what)

    def _directive(self, match: re.Match[str], end: int) -> int:
        """Take in a directive, or what opens its block, and return where to go on."""
        file, plain = self._file, match[1]
        start, stop = match.span(1 if plain else 2)
        if stop - start > LONGEST:
            raise _Unreadable(start, f"a directive of more than {LONGEST:,} characters")
        words = plain.split() if plain else texts_of(self._text, start, stop)
        texts = tuple(map(self._known.setdefault, words, words))
        file.number += len(texts)
        if file.number > MOST_WORDS:
            raise _Unreadable(start, f"more than {MOST_WORDS:,} words stand here")
        directive = Directive(file, texts, start, stop)
        if match[3] == "{":
            return self._begin_block(directive, end)
        directive.end = end
        self._level.append(directive)
        return end

    def _begin_block(self, directive: Directive, after: int) -> int:
        directive.open = after - 1
        if directive.name.endswith("_by_lua_block") and _LUA.fullmatch(directive.name):
            end = self._end_of_lua(after - 1)
            directive.block, directive.code, directive.end = [], self._text[after : end - 1], end
            self._level.append(directive)
            return end
        if len(self._open) >= DEEPEST:
            raise _Unreadable(after - 1, f"more than {DEEPEST} blocks stand in one another")
        self._level.append(directive)
        directive.block = self._level = []
        self._open.append(directive)
        return after

    def _end_of_lua(self, start: int) -> int:
        at, depth = start, 0
        while piece := _LUA_PIECE.search(self._text, at):
            at = piece.end()
            if piece["level"] is not None:
                closing = f"]{piece['level']}]"
                found = self._text.find(closing, at)
                if found < 0:
                    break
                at = found + len(closing)
                continue
            depth += {"{": 1, "}": -1}.get(piece[0], 0)
            if depth == 0 and piece[0] == "}":
                return at
        raise _Unreadable(start, "a block of Lua is never closed")

    def _close(self, end: int) -> None:
        if not self._open:
            raise _Unreadable(end - 1, 'unexpected "}"')
        self._open.pop().end = end
        self._level = (self._open[-1].block or []) if self._open else self._file.directives

    # ---- what cannot be read

    def _finish(self, at: int) -> None:
        """Say what is wrong where no directive comes next, or with the end of the file."""
        start = _BLANK.match(self._text, at).end()  # type: ignore[union-attr]
        stop = _WORDS.match(self._text, start).end()  # type: ignore[union-attr]
        size = len(self._text)
        if stop < size:
            raise self._odd(stop)
        if start < size:
            raise _Unreadable(start, 'unexpected end of file, expecting ";" or "}"')
        if self._open:
            self._trouble(self._open[-1].start, 'unexpected end of file, expecting "}" for this block')
            for directive in self._open:
                directive.end = size

    def _odd(self, at: int) -> _Unreadable:
        """Return what is wrong with what stands here and is no word."""
        character = self._text[at]
        if character == "\\":
            return _Unreadable(at, "unexpected end of file behind a backslash")
        if character not in "\"'":
            return _Unreadable(at, f'unexpected "{character}"')
        quoted = _QUOTED.match(self._text, at)
        if quoted is None:
            return _Unreadable(at, "a quotation mark is never closed")
        return _Unreadable(quoted.end(), f"unexpected {self._text[quoted.end()]!r} behind a quotation mark")

    def _give_up(self, at: int, what: str) -> None:
        """Say what is wrong, and leave the rest of the file unread."""
        self._trouble(at, what)
        self._file.unread = at
        for directive in self._open:
            directive.end = at

    def _trouble(self, at: int, what: str) -> None:
        self._file.troubles.append(Trouble(self._file.place(at), what))
