"""The patterns that signatures are made of: how a text stands in a body or a field. Knows no software."""

import re

Mark = tuple[str, str]


def whole(text: str) -> str:
    """Return the pattern of a value that is this text and nothing else, the last line break included."""
    return rf"\A{re.escape(text)}\Z"


def begins(text: str) -> str:
    """Return the pattern of a value that starts with this text."""
    return rf"\A{re.escape(text)}"


def holds(text: str) -> str:
    """Return the pattern of a value in which this text stands somewhere."""
    return re.escape(text)


EMPTY = whole("")
NO_BODY: Mark = ("content-length", whole("0"))
PLAIN_TEXT: Mark = ("content-type", r"\Atext/plain\b")
HTML: Mark = ("content-type", r"\Atext/html\b")
BASIC: Mark = ("www-authenticate", r"(?i)\Abasic\b")


def server(pattern: str) -> Mark:
    """Return the mark of a Server field that starts so; a regular expression, read without case."""
    return ("server", rf"(?i)\A{pattern}")
