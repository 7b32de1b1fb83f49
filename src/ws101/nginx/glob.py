"""Matches names with globs as glob(3) does, which `include` goes by; lists no directory."""

import re
from functools import cache

_WILD = re.compile(r"[*?\[]")
_IN_BRACKETS = re.compile(r"([\\\[\]^&|~])")


def is_glob(pattern: str) -> bool:
    """Whether nginx takes it for a glob (ngx_conf_include): else it is the name of one file, which must be there."""
    return _WILD.search(pattern) is not None


def fits(name: str, pattern: str) -> bool:
    """Whether one part of a path matches one part of a glob; a dot that begins a name is matched by a dot alone."""
    return _compiled(pattern).fullmatch(name) is not None and (
        not name.startswith(".") or pattern.startswith((".", "\\."))
    )


def matches(path: str, pattern: str) -> bool:
    """Whether a whole path matches a glob: nothing but a slash matches a slash."""
    parts, wanted = path.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fits, parts, wanted))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    pieces: list[str] = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        closing = _closing(pattern, at) if character == "[" else -1
        if character in "*?":
            pieces.append({"*": ".*", "?": "."}[character])
        elif closing > 0:
            pieces.append(_brackets(pattern[at + 1 : closing]))
            at = closing
        else:
            at += character == "\\" and at + 1 < len(pattern)
            pieces.append(re.escape(pattern[at]))
        at += 1
    try:
        return re.compile("".join(pieces), re.DOTALL)
    except re.error:  # a range the wrong way round, which matches nothing
        return re.compile(r"(?!)")


def _closing(pattern: str, at: int) -> int:
    """Return where brackets end; one that comes first in them stands for itself."""
    return pattern.find("]", at + 2 + (pattern[at + 1 : at + 2] in {"!", "^"}))


def _brackets(inside: str) -> str:
    negated = inside[:1] in {"!", "^"}
    members = _IN_BRACKETS.sub(r"\\\1", inside[negated:])
    return f"[^{members}]" if negated else f"[{members}]"
