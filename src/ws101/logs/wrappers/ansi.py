"""Colours and cursor movements of a terminal, as text that was piped from one holds them."""

import re
from functools import cache

from ws101.logs.line import Line
from ws101.logs.wrapper import Wrapper, inside


@cache
def _sequence() -> re.Pattern[str]:
    """CSI and OSC sequences (ECMA-48, 5.4 and 8.3.89) with ESC as it is, or as rsyslog (`#033`) writes it down."""
    return re.compile(
        "(?:\x1b|#033)(?:\\[[0-?]{0,64}[ -/]{0,8}[@-~]|\\][^\x07\x1b]{0,1024}(?:\x07|\x1b\\\\)|[@-Z\\\\^_])"
    )


def _peel(line: Line) -> Line | None:
    text = line.text
    if "\x1b" not in text and "#033[" not in text:
        return None
    bare = _sequence().sub("", text)
    return inside(line, bare) if bare != text else None


WRAPPER = Wrapper("ansi", _peel)
