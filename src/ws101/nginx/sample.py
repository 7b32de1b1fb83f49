"""A text that a regular expression matches, so that a location can be asked for; knows nothing of locations."""

import re

from ws101.nginx.pattern import compiled, search
from ws101.nginx.value import Unknown

_CLASSES = {"d": "1", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a", "b": "", "B": "", "A": "", "Z": ""}
_NAME = re.compile(r"\?(?:P?<\w+>|'\w+'|:)")
_COUNT = re.compile(r"\{(\d+)(?:,\d*)?\}")
_ASIDE = re.compile(r"\?(?:[=!]|<[=!]|#|[a-zA-Z-]+\))")


def sample(pattern: str, *, caseless: bool = False) -> str | None:
    """Return a path that the expression matches, None where none was found; what is returned was tried."""
    if isinstance(compiled(pattern, caseless=caseless), Unknown):
        return None
    text = _Sampler(pattern).read()
    tries = (text, f"/{text}", f"/ws{text}", f"/x{text}", f"{text}/")
    for path in tries:
        if path.startswith("/") and isinstance(search(pattern, path, caseless=caseless), re.Match):
            return path
    return None


class _Sampler:
    """Walks over an expression once, and takes the first of several ways each time."""

    def __init__(self, pattern: str) -> None:
        self._pattern, self._at = pattern, 0

    def read(self) -> str:
        """Return the text of what is left of this group, its first alternative."""
        out: list[str] = []
        chosen = True
        while self._at < len(self._pattern):
            character = self._pattern[self._at]
            if character == ")":
                break
            if character == "|":
                self._at += 1
                chosen = False
                continue
            atom = self._repeated(self._atom())
            if chosen:
                out.append(atom)
        return "".join(out)

    def _atom(self) -> str:
        character = self._pattern[self._at]
        self._at += 1
        if character in "^$":
            return ""
        if character == ".":
            return "x"
        if character == "\\":
            escaped = self._pattern[self._at : self._at + 1]
            self._at += 1
            return _CLASSES.get(escaped, escaped)
        if character == "[":
            return self._set()
        if character == "(":
            return self._group()
        return character

    def _set(self) -> str:
        end = self._pattern.find("]", self._at + 1)
        inside = self._pattern[self._at : end if end > 0 else len(self._pattern)]
        self._at = end + 1 if end > 0 else len(self._pattern)
        if inside.startswith("^"):
            return next((c for c in "a1-_x" if c not in inside), "a")
        return _CLASSES.get(inside[1:2], inside[1:2]) if inside.startswith("\\") else inside[:1]

    def _group(self) -> str:
        aside = _ASIDE.match(self._pattern, self._at)
        named = _NAME.match(self._pattern, self._at)
        if aside and not named and aside[0].endswith(")"):
            self._at = aside.end()
            return ""
        if named:
            self._at = named.end()
        text = self.read()
        self._at += 1
        return "" if aside and not named else text

    def _repeated(self, atom: str) -> str:
        count = _COUNT.match(self._pattern, self._at)
        times = 1
        if count:
            self._at, times = count.end(), min(int(count[1]) or 1, 64)
        elif self._pattern[self._at : self._at + 1] in {"*", "+", "?"}:
            self._at += 1
        if self._pattern[self._at : self._at + 1] in {"?", "+"} and (count or times == 1):
            self._at += self._pattern[self._at - 1] in "*+?}"
        return atom * times
