"""nginx's regular expressions (PCRE on bytes) as Python's; says which it cannot follow instead of guessing, or searching for ever."""

import re
from functools import lru_cache

from ws101.nginx.effort import bearable
from ws101.nginx.value import Unknown

# Constructs that mean something else in Python, or nothing: recursion, callouts, branch reset, \K, \R, \G, verbs.
_FOREIGN = re.compile(
    r"(?<!\\)(?:\\\\)*(?:\\[KRGXNCpPQEhHvVz]|\(\?(?:R|\d|&|\||C|P>|P=)|\(\*|\[\[:\w+:\]|\\g|\\k\{)"
)
# Literal characters behind a `^`; one before `?`, `*` or `{` may be left out.
_BEGINS = re.compile(r"\^((?:(?:[\w/ @%=&:,;~#<>!\"'-]|\\[^\w\s])(?![?*{]))*+)", re.ASCII)
_NAMED = re.compile(r"\(\?(?:<(?![=!])|')(\w+)[>']")


def search(pattern: str, text: str, *, caseless: bool = False) -> re.Match[str] | Unknown | None:
    """Return the first match, None where there is none; Unknown names why that cannot be told."""
    found = compiled(pattern, caseless=caseless)
    if isinstance(found, Unknown):
        return found
    if not bearable(found, text):
        return Unknown(
            f"the regular expression {pattern!r} may try too many ways to match {len(text)} characters"
        )
    return found.search(text)


def beginning(pattern: str) -> str:
    """Return the characters with which every text begins that it matches, as far as they are plain to see."""
    literal = _BEGINS.match(pattern) if "|" not in pattern else None
    return literal[1].replace("\\", "") if literal else ""


@lru_cache(maxsize=4096)
def compiled(text: str, *, caseless: bool = False) -> re.Pattern[str] | Unknown:
    """Return the pattern, which is for `search`. Unknown names why this one cannot be followed."""
    foreign = _FOREIGN.search(text)
    if foreign:
        return Unknown(f"the regular expression {text!r} uses {foreign[0]!r}")
    flags = re.ASCII | (re.IGNORECASE if caseless else 0)
    try:
        return re.compile(_NAMED.sub(r"(?P<\1>", text), flags)
    except (re.error, OverflowError, RecursionError):
        return Unknown(f"the regular expression {text!r} cannot be read")
