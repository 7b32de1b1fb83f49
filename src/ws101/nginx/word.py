"""The words of a directive as nginx takes them apart (ngx_conf_read_token): quotes, escapes, comments between; knows no block."""

import re
from typing import NamedTuple

BLANK = r"(?:[ \t\r\n]++|#[^\n]*+)*+"
QUOTED = r"""(?:"(?:[^"\\]++|\\.)*+"|'(?:[^'\\]++|\\.)*+')"""
# A bare word ends at a blank, `;` or `{`; a brace behind a `$` belongs to it, and so does what stands behind a backslash.
_BARE = r"""(?!["'}])(?:[^ \t\r\n;{\\$]++|\\.|\$\{?)++"""
# Behind a quotation mark only these may stand.
WORD = rf"(?:{QUOTED}(?=[ \t\r\n;{{)]|\Z)|{_BARE})"

_NEXT = re.compile(f"{BLANK}({WORD})", re.DOTALL)
_QUOTES = frozenset("\"'")
_ESCAPE = re.compile(r"\\([\"'\\trn])")
_ESCAPED = {"t": "\t", "r": "\r", "n": "\n"}


class Word(NamedTuple):
    """One word: `text` as nginx reads it, without quotes and escapes, a character a byte.

    `start` to `end` is where it stands, quotes included.
    """

    text: str
    start: int
    end: int
    quote: str = ""


def words_of(text: str, start: int, end: int) -> tuple[Word, ...]:
    """Return the words from here to there, between which nothing but blanks and comments stands."""
    return tuple(
        Word(_read(match[1]), *match.span(1), match[1][0] if match[1][0] in _QUOTES else "")
        for match in _NEXT.finditer(text, start, end)
    )


def texts_of(text: str, start: int, end: int) -> tuple[str, ...]:
    """Return the same words' texts alone."""
    return tuple(map(_read, _NEXT.findall(text, start, end)))


def _read(written: str) -> str:
    r"""Return a word as nginx reads it: without quotes, \", \' and \\ without backslash, \t, \r and \n as what they mean.

    Before others a backslash stays. nginx knows bytes alone: what is not ASCII becomes its bytes, as characters of ISO-8859-1.
    """
    text = written[1:-1] if written[0] in _QUOTES else written
    if not text.isascii():
        text = text.encode(errors="surrogateescape").decode("latin-1")
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), text)
