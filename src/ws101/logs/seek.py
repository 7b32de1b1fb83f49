"""Finds many words in bytes at once: with ahocorasick_rs by SIMD, without it one after another. Knows no log.

The library's search (Teddy) looks at the first four bytes of each word, a half of each byte at a time, for all words of one of 16
buckets together; a place that fits costs some 20 ns, whether a word stands there or not. So words alike belong in one bucket.
"""

import importlib
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from types import ModuleType
from typing import Protocol, cast

_AT_ONCE = 64  # words of one search; of more it takes five times as long, and two searches twice
_BUCKETS = 16  # the library puts each word into the bucket of its number

Data = bytes | bytearray
Hit = tuple[int, int, int]  # which word it is, where it begins, where it ends
Search = Callable[[Data], list[Hit]]  # in the order of their places


class _Automaton(Protocol):
    """What is used of ahocorasick_rs.BytesAhoCorasick."""

    def find_matches_as_indexes(self, haystack: Data, *, overlapping: bool = ...) -> list[Hit]: ...


def cover(words: Iterable[bytes], *, escaped: bool = True) -> tuple[bytes, ...]:
    """Return the words as they stand in raw lines, without those that contain another one.

    Inside a JSON text, as container engines wrap lines, a quote has a backslash before it, and is `escaped`.
    """
    forms = {True: (b'"', b'\\"'), False: (b'"',)}[escaped]
    every = dict.fromkeys(word.replace(b'"', quote) for word in words if word for quote in forms)
    return _dealt([word for word in every if not any(o != word and o in word for o in every)])


def _dealt(words: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the words in an order in which those that begin alike come into one bucket.

    Of twenty orders by halves of bytes this one, by the kind of the first and the lower half of the second, let the fewest
    other places fit, with several sets of words.
    """
    alike = sorted(words, key=lambda word: (word[0] >> 5, word[1:2].hex()[::-1], word))
    each, more = divmod(len(alike), _BUCKETS)
    hands, at = [], 0
    for bucket in range(_BUCKETS):
        hands.append(alike[at : at + each + (bucket < more)])
        at += len(hands[-1])
    return tuple(hand[turn] for turn in range(each + 1) for hand in hands if turn < len(hand))


def search(words: Sequence[bytes]) -> Search:
    """Return a search for all words at once, which finds at least one of those that overlap."""
    library = _library() if words else None
    if library is None:
        return one_by_one(words)
    kind = library.MatchKind.LeftmostFirst  # the only kind that is searched for by SIMD
    parts = [words[at : at + _AT_ONCE] for at in range(0, len(words), _AT_ONCE)]
    found = [
        cast("_Automaton", library.BytesAhoCorasick(part, matchkind=kind)).find_matches_as_indexes
        for part in parts
    ]
    return found[0] if len(found) == 1 else _together(found)


def search_all(words: Sequence[bytes]) -> Search:
    """Return a search for every place where one of these words stands, for some hundred bytes."""
    library = _library() if words else None
    if library is None:
        return one_by_one(words)
    automaton = cast("_Automaton", library.BytesAhoCorasick(words))
    return lambda data: automaton.find_matches_as_indexes(data, overlapping=True)


def _library() -> ModuleType | None:
    try:
        return importlib.import_module("ahocorasick_rs")
    except ImportError:
        return None


def _together(searches: Sequence[Search]) -> Search:
    """Return a search for the words of all these, which are numbered on."""

    def hits(data: Data) -> list[Hit]:
        every = [
            (number + at * _AT_ONCE, start, end)
            for at, one in enumerate(searches)
            for number, start, end in one(data)
        ]
        return sorted(every, key=itemgetter(1))

    return hits


def one_by_one(words: Sequence[bytes]) -> Search:
    """Return a search that needs no library."""

    def hits(data: Data) -> list[Hit]:
        found: list[Hit] = []
        for number, word in enumerate(words):
            at = data.find(word)
            while at >= 0:
                found.append((number, at, at + len(word)))
                at = data.find(word, at + 1)
        return sorted(found, key=itemgetter(1))

    return hits
