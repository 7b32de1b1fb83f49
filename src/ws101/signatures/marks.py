"""The patterns that signatures are made of: how a text stands in a body or a field. Knows no software."""

import re

Mark = tuple[str, re.Pattern[str]]


def whole(text: str) -> re.Pattern[str]:
    """Return the pattern of a value that is this text and nothing else, the last line break included."""
    return re.compile(rf"\A{re.escape(text)}\Z")


def begins(text: str) -> re.Pattern[str]:
    """Return the pattern of a value that starts with this text."""
    return re.compile(rf"\A{re.escape(text)}")


def holds(text: str) -> re.Pattern[str]:
    """Return the pattern of a value in which this text stands somewhere."""
    return re.compile(re.escape(text))


EMPTY = whole("")
NO_BODY: Mark = ("content-length", whole("0"))
PLAIN_TEXT: Mark = ("content-type", re.compile(r"\Atext/plain\b"))
HTML: Mark = ("content-type", re.compile(r"\Atext/html\b"))
BASIC: Mark = ("www-authenticate", re.compile(r"\Abasic\b", re.IGNORECASE))


def server(pattern: str) -> Mark:
    """Return the mark of a Server field that starts so; a regular expression, read without case."""
    return ("server", re.compile(rf"\A{pattern}", re.IGNORECASE))
