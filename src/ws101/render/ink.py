"""Marks, colours and column arithmetic of a terminal; knows nothing of reports."""

import re
import unicodedata
from enum import Enum
from functools import cache

from msgspec import Struct

_SGR = re.compile("\x1b\\[[0-9;]*m")
# Scripts that are written without spaces and take two columns; a line may break after each such character.
_WIDE = "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\U0001f000-\U0001faff\U00020000-\U0003fffd"
_UNIT = re.compile(r"(\s*)(\S+)")
_CODE = re.compile(r"`[^`]+`")

_ASCII = str.maketrans({
    "…": "...", "—": "--", "–": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "·": "-", "•": "*", "→": "->", "←": "<-",
    "×": "x", "≤": "<=", "≥": ">=", "✓": "+", "✗": "x", "⏎": "\\n",
})  # fmt: skip


class Style(Enum):
    """SGR parameters out of the sixteen colours that a terminal's own theme defines, light or dark."""

    BOLD = "1"
    DIM = "2"
    GOOD = "32"
    BAD = "1;31"
    WARN = "33"
    CODE = "36"
    ADDED = "0;32"
    REMOVED = "0;31"


class Mark(Enum):
    """A sign and what stands for it where only ASCII can be shown."""

    PASSED = ("✓", "+")
    FAILED = ("✗", "x")
    SKIPPED = ("·", ".")
    UNKNOWN = ("?", "?")
    CHANGED = ("≠", "!")
    ADDED = ("+", "+")
    WIRE = ("─", "-")
    GAP = ("╌", ".")
    ELBOW = ("╰─", "`-")
    ELBOW_LEFT = ("─╯", "-'")
    CORNER_TOP = ("╭─", ".-")
    CORNER_MIDDLE = ("├─", "+-")
    SIDE = ("│", "|")
    BAR = ("┃", "|")
    CUT = ("…", "...")
    FLIP = ("◀", "<=")
    BULLET = ("•", "*")
    BETWEEN = ("·", "-")


class Ink(Struct, frozen=True):
    """How to write on one terminal; without `colour` no control character is ever written."""

    width: int = 80
    colour: bool = False
    ascii_only: bool = False

    def paint(self, text: str, style: Style | None) -> str:
        """Return the text in a style, or as it is where there is no colour."""
        return f"\x1b[{style.value}m{text}\x1b[0m" if self.colour and style is not None and text else text

    def mark(self, mark: Mark) -> str:
        return mark.value[1] if self.ascii_only else mark.value[0]

    def plain(self, text: str) -> str:
        """Return a text of ws101's own as this terminal can show it."""
        return to_ascii(text) if self.ascii_only else text

    def cut(self, text: str, width: int) -> str:
        """Return as much of an unpainted text as fits into `width` columns, with a sign where it was cut."""
        if columns(text[: 4 * width]) <= width and len(text) <= 4 * width:
            return text
        sign = self.mark(Mark.CUT)
        kept, room = "", width - len(sign)
        for character in text:
            room -= columns(character)
            if room < 0:
                break
            kept += character
        return kept + sign

    def wrap(self, text: str, width: int) -> list[str]:
        """Break unpainted text at blanks, and after wide characters, into lines of at most `width` columns."""
        lines, line, used = [], "", 0
        units = _UNIT if text.isascii() else _unit_of_scripts()
        for space, unit in units.findall(text):
            gap = " " if space and line else ""
            taken = columns(unit) if len(unit) <= width else width + 1
            if line and used + len(gap) + taken > width:
                lines.append(line)
                line, used, gap = "", 0, ""
            word = unit if taken <= width else self.cut(unit, width)
            line, used = line + gap + word, used + len(gap) + columns(word)
        return [*lines, line] if line else lines

    def inline(self, lines: list[str], style: Style | None = None) -> list[str]:
        """Paint what stands between backticks, over line breaks too; the backticks stay."""
        text = "\n".join(lines)
        pieces, position = [], 0
        for match in _CODE.finditer(text):
            pieces += [
                self._across(text[position : match.start()], style),
                self._across(match[0], Style.CODE),
            ]
            position = match.end()
        return "".join([*pieces, self._across(text[position:], style)]).split("\n")

    def _across(self, text: str, style: Style | None) -> str:
        return "\n".join(self.paint(line, style) for line in text.split("\n"))


@cache  # so many characters take 3 ms to compile
def _unit_of_scripts() -> re.Pattern[str]:
    return re.compile(rf"(\s*)([{_WIDE}]|[^\s{_WIDE}]+)")


def columns(text: str) -> int:
    """Return how many columns a terminal gives to a text, painted or not; ambiguous characters count as one."""
    plain = _SGR.sub("", text)
    return len(plain) if plain.isascii() else sum(_columns(character) for character in plain)


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def padded(text: str, width: int) -> str:
    """Return the text with blanks up to `width` columns."""
    return text + " " * (width - columns(text))


def to_ascii(text: str) -> str:
    """Return the text in ASCII: punctuation by what stands for it, other characters as escapes."""
    if text.isascii():
        return text
    return text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")
