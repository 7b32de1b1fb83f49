"""Reads one file's text as nginx does (ngx_conf_read_token), and says what cannot be read; knows no directive but Lua's.

Never raises: what is wrong becomes a Trouble, and the rest of the file stays unread.
"""

import re

from ws101.nginx.tree import Directive, File, Trouble, Word

DEEPEST = 128  # blocks in blocks; nginx has no limit of its own, and nobody has so many
MOST_WORDS = 1_000_000  # a table of every network in the world has about so many

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
# A word ends at a blank, `;` or `{`; a brace behind a `$` belongs to it, and so does what stands behind a backslash.
_WORD = re.compile(r"(?:[^ \t\r\n;{\\$]+|\\.|\$\{?)+", re.DOTALL)
_QUOTED = {
    '"': re.compile(r'"((?:[^"\\]++|\\.)*+)"', re.DOTALL),
    "'": re.compile(r"'((?:[^'\\]++|\\.)*+)'", re.DOTALL),
}
_ESCAPE = re.compile(r"\\([\"'\\trn])")
_ESCAPED = {"t": "\t", "r": "\r", "n": "\n"}
_LUA = re.compile(r"\w*_by_lua_block")
# What may stand in Lua before a brace counts: comments and strings (Lua 5.1, 2.1). Long ones are told by how they open.
_LUA_PIECE = re.compile(
    r"(?:--)?\[(?P<level>=*+)\[|--[^\n]*+|\"(?:[^\"\\\n]|\\.)*+\"?|'(?:[^'\\\n]|\\.)*+'?|[{}]", re.DOTALL
)


def parse(name: str, text: str) -> File:
    """Return the tree of a file's text."""
    file = File(name, text)
    reader = _Reader(file)
    reader.read()
    return file


class _Reader:
    """One pass over one file; `_open` holds the blocks that are not closed yet."""

    def __init__(self, file: File) -> None:
        self._file, self._text = file, file.text
        self._open: list[Directive] = []
        self._level = file.directives

    def read(self) -> None:
        at = 0
        words: list[Word] = []
        file, text, size = self._file, self._text, len(self._text)
        while (at := _BLANK.match(text, at).end()) < size:  # type: ignore[union-attr]
            character = text[at]
            if character == ";":
                if not words:
                    return self._give_up(at, 'unexpected ";"')
                self._end_simple(words, at + 1)
                words = []
                at += 1
            elif character == "{":
                if not words:
                    return self._give_up(at, 'unexpected "{"')
                after = self._begin_block(words, at)
                if after is None:
                    return None
                words = []
                at = after
            elif character == "}":
                if words or not self._open:
                    return self._give_up(at, 'unexpected "}"')
                self._close(at + 1)
                at += 1
            else:
                word = self._word(at, character)
                if word is None:
                    return None
                if file.number == MOST_WORDS:
                    return self._give_up(at, f"more than {MOST_WORDS:,} words stand here")
                file.number += 1
                words.append(word)
                at = word.end
        if words:
            return self._give_up(words[0].start, 'unexpected end of file, expecting ";" or "}"')
        if self._open:
            self._trouble(self._open[-1].start, 'unexpected end of file, expecting "}" for this block')
            for directive in self._open:
                directive.end = size
        return None

    def _word(self, at: int, character: str) -> Word | None:
        if character in "\"'":
            match = _QUOTED[character].match(self._text, at)
            if match is None:
                self._give_up(at, "a quotation mark is never closed")
                return None
            after = self._text[match.end() : match.end() + 1]
            if after and after not in " \t\r\n;{)":
                self._give_up(match.end(), f"unexpected {after!r} behind a quotation mark")
                return None
            return Word(_unescaped(match[1]), at, match.end(), character)
        match = _WORD.match(self._text, at)
        if match is None:  # a backslash is the last character
            self._give_up(at, "unexpected end of file behind a backslash")
            return None
        return Word(_unescaped(match[0]), at, match.end())

    def _end_simple(self, words: list[Word], end: int) -> None:
        directive = Directive(self._file, tuple(words), words[0].start)
        directive.end = end
        self._level.append(directive)

    def _begin_block(self, words: list[Word], at: int) -> int | None:
        """Open a block and return where to go on; None where that cannot be told."""
        directive = Directive(self._file, tuple(words), words[0].start)
        directive.open = at
        if _LUA.fullmatch(directive.name):
            end = self._end_of_lua(at)
            if end is None:
                self._give_up(at, "a block of Lua is never closed")
                return None
            directive.block, directive.code, directive.end = [], self._text[at + 1 : end - 1], end
            self._level.append(directive)
            return end
        if len(self._open) >= DEEPEST:
            self._give_up(at, f"more than {DEEPEST} blocks stand in one another")
            return None
        self._level.append(directive)
        directive.block = self._level = []
        self._open.append(directive)
        return at + 1

    def _end_of_lua(self, at: int) -> int | None:
        depth = 0
        while piece := _LUA_PIECE.search(self._text, at):
            at = piece.end()
            if piece["level"] is not None:
                closing = f"]{piece['level']}]"
                found = self._text.find(closing, at)
                if found < 0:
                    return None
                at = found + len(closing)
                continue
            depth += {"{": 1, "}": -1}.get(piece[0], 0)
            if depth == 0 and piece[0] == "}":
                return at
        return None

    def _close(self, end: int) -> None:
        self._open.pop().end = end
        self._level = (self._open[-1].block or []) if self._open else self._file.directives

    def _give_up(self, at: int, what: str) -> None:
        """Say what is wrong, and leave the rest of the file unread."""
        self._trouble(at, what)
        self._file.unread = at
        for directive in self._open:
            directive.end = at

    def _trouble(self, at: int, what: str) -> None:
        self._file.troubles.append(Trouble(self._file.place(at), what))


def _unescaped(text: str) -> str:
    r"""Take the backslash away from \", \' and \\, and make \t, \r and \n what they mean; others stay (ngx_conf_file.c).

    nginx knows bytes alone: what is not ASCII becomes its bytes, as characters of ISO-8859-1.
    """
    if not text.isascii():
        text = text.encode(errors="surrogateescape").decode("latin-1")
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), text)
