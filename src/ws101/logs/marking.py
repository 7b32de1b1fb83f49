"""ws101's own mark in the User-Agent of what a check sends: how it is written, what a line that bears it holds, how it is read."""

import re
from functools import cache

PRODUCT = "ws101/"  # how every User-Agent of ws101's begins
SIGN = b"(probe "


def agent(version: str, run: str, number: int) -> str:
    """Return the User-Agent that marks a probe, such as `ws101/0.5.0 (probe 7f3a9c01-03)`."""
    return f"{PRODUCT}{version} (probe {name(run, number)})"


def name(run: str, number: int) -> str:
    """Return how the mark of a run's probe reads."""
    return f"{run}-{number:02}"


def probe(text: str) -> str:
    """Return the mark out of such a User-Agent, or an empty string for any other."""
    if not text.startswith(PRODUCT):
        return ""
    found = _mark().search(text)
    return found[1] if found else ""


@cache
def _mark() -> re.Pattern[str]:
    return re.compile(r"\(probe ([0-9a-f]{1,16}-[0-9]{1,6})\)")
