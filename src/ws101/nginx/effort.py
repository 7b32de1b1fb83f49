"""How much work a search by a regular expression is at most: the steps that a backtracking engine may take on this very text.

Judges no expression in general: `(a+)+$` is harmless on a short text. Knows nothing of nginx.
"""

import re
import re._constants as code  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

MOST = 5_000_000  # steps that a search may take; Python takes a tenth of a second for so many
_COUNTED = 250_000  # steps that are counted one by one, which takes longer than to take them
_NESTED = 100  # choices that a repeat in a repeat counts for

_Places = dict[int, int]  # a place of the text -> how many paths lead there
_REPEATS = frozenset({code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT})
_BEGINNINGS = frozenset({code.AT_BEGINNING, code.AT_BEGINNING_STRING})
_DIGITS, _SPACES = frozenset("0123456789"), frozenset(" \t\n\r\f\v")
_WORDS = _DIGITS | frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_CATEGORIES = {code.CATEGORY_DIGIT: _DIGITS, code.CATEGORY_SPACE: _SPACES, code.CATEGORY_WORD: _WORDS}
_ALL_BUT = {
    code.CATEGORY_NOT_DIGIT: _DIGITS,
    code.CATEGORY_NOT_SPACE: _SPACES,
    code.CATEGORY_NOT_WORD: _WORDS,
}


def bearable(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a search takes no more than MOST steps, in the worst case; where that is not plain, no more than _COUNTED."""
    try:
        tree, choices, anchored = _parsed(pattern)
        if (len(text) + 1) ** (choices + (not anchored)) > MOST:
            starts = (0,) if anchored else range(len(text) + 1)
            _Walk(text).after(tree, dict.fromkeys(starts, 1))
    except (_TooMuch, RecursionError):  # of groups in groups in groups
        return False
    return True


@lru_cache(maxsize=4096)
def _parsed(pattern: re.Pattern[str]) -> tuple[Any, int, bool]:
    """Return the tree of an expression, its choices, and whether it can match at the text's beginning alone."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    begins = len(tree) > 0 and tree[0][0] is code.AT and tree[0][1] in _BEGINNINGS
    return tree, _choices(tree), begins and not pattern.flags & re.MULTILINE


def _choices(tree: Any) -> int:
    """Return how often a path parts, each time into no more ways than a text has places, or near enough."""
    total = 0
    for operator, given in tree:
        inner = sum(map(_choices, _parts(operator, given)))
        parts = operator is code.BRANCH or (operator in _REPEATS and given[0] != given[1])
        again = operator in _REPEATS and given[1] > 1 and inner > 0
        total += inner + parts + again * _NESTED
    return total


def _parts(operator: Any, given: Any) -> Iterator[Any]:
    """Yield the trees that stand inside an operator."""
    if operator is code.BRANCH:
        yield from given[1]
    elif operator is code.GROUPREF_EXISTS:
        yield from (part for part in given[1:] if part is not None)
    elif operator is code.ATOMIC_GROUP:
        yield given
    elif operator in _REPEATS or operator in {code.SUBPATTERN, code.ASSERT, code.ASSERT_NOT}:
        yield given[-1]


class _TooMuch(Exception):  # noqa: N818 - the counting ends
    pass


class _Walk:
    """Walks all paths through an expression at once, and counts their steps.

    Where it does not look closely (the case of letters, references, what stands behind), it counts more than there are.
    """

    def __init__(self, text: str) -> None:
        self._text, self._left = text, _COUNTED

    def after(self, tree: Any, places: _Places) -> _Places:
        """Return where the paths from these places are behind the tree. Raises _TooMuch."""
        for operator, given in tree:
            places = self._step(operator, given, places)
            self._left -= sum(places.values())
            if self._left < 0:
                raise _TooMuch
        return places

    def _step(self, operator: Any, given: Any, places: _Places) -> _Places:
        if operator in _REPEATS:
            least, most, body = given
            return self._repeated(least, most, body, places)
        if operator is code.GROUPREF:
            return self._anywhere(places)
        if operator in {code.ASSERT, code.ASSERT_NOT}:
            if given[0] > 0:
                self.after(given[1], places)
            return places
        ways = [self.after(part, places) for part in _parts(operator, given)]
        if operator in {code.AT, code.GROUPREF_EXISTS}:
            ways.append(places)
        return _together(ways) if ways else self._over(operator, given, places)

    def _repeated(self, least: int, most: int, body: Any, places: _Places) -> _Places:
        ways = [places] if least == 0 else []
        for number in range(1, min(most, least + len(self._text)) + 1):
            places = self.after(body, places)
            if not places:
                break
            if number >= least:
                ways.append(places)
        return _together(ways)

    def _anywhere(self, places: _Places) -> _Places:
        """Return where a reference may lead: to any place from where it begins."""
        reached, found = 0, {}
        for at in range(len(self._text) + 1):
            reached += places.get(at, 0)
            found[at] = reached
        return found

    def _over(self, operator: Any, given: Any, places: _Places) -> _Places:
        """Return where the paths are behind one character."""
        text = self._text
        return {
            at + 1: paths
            for at, paths in places.items()
            if at < len(text)
            and any(_fits(operator, given, one) for one in {text[at].lower(), text[at].upper()})
        }


def _together(ways: Iterable[_Places]) -> _Places:
    found: _Places = {}
    for places in ways:
        for at, paths in places.items():
            found[at] = found.get(at, 0) + paths
    return found


def _fits(operator: Any, given: Any, character: str) -> bool:
    if operator is code.IN:
        negated = given[0][0] is code.NEGATE
        return any(_fits(inner, what, character) for inner, what in given[negated:]) is not negated
    if operator is code.LITERAL:
        return chr(given) == character
    if operator is code.NOT_LITERAL:
        return chr(given) != character
    if operator is code.RANGE:
        return bool(given[0] <= ord(character) <= given[1])
    if operator is code.CATEGORY:
        return character in _CATEGORIES[given] if given in _CATEGORIES else character not in _ALL_BUT[given]
    return True  # any character, or what is not known
