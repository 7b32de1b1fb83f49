"""The value of a variable: text, or why it cannot be known."""

from typing import NamedTuple


class Unknown(NamedTuple):
    """What cannot be known from the configuration and the request alone, and why."""

    why: str


Value = str | Unknown


def lowered(text: str) -> str:
    """Return the text in lower case as nginx has it: the letters of ASCII alone."""
    return text.lower() if text.isascii() else "".join(c.lower() if c.isascii() else c for c in text)
