"""Which format a line is of: the table's order decides, and the formats that a source has are tried first.

A format's signs say which other formats are worth a try; a line without any sign tells of no handshake whatever it is of.
"""

from collections.abc import Sequence

from ws101.logs.format import Format

_PROBATION = (
    256  # lines that no format was found for, after which only formats are tried whose signs a line bears
)

Signs = tuple[tuple[str, int], ...]
"""Texts, each with the formats that it is a sign of, as a set of bits."""


class _Candidate:
    """One format, its place in the table as a bit, and the signs of those up to it."""

    __slots__ = ("before", "bit", "form", "opens", "signs")

    def __init__(self, form: Format, bit: int, signs: Signs) -> None:
        self.form, self.bit, self.opens = form, bit, form.opens
        self.before = bit - 1
        self.signs = signs


class Detector:
    """Detects by the first line of a record, and remembers what the source was seen to hold."""

    def __init__(self, formats: Sequence[Format]) -> None:
        self._candidates: list[_Candidate] = []
        held: dict[str, int] = {}
        for at, form in enumerate(formats):
            for sign in form.signs:
                text = sign.decode("utf-8", "replace")
                held[text] = held.get(text, 0) | 1 << at
            self._candidates.append(_Candidate(form, 1 << at, tuple(held.items())))
        self._signs: Signs = tuple(held.items())
        self._bits = {one.form.name: one.bit for one in self._candidates}
        self._known: list[_Candidate] = []
        self._misses = 0
        self._borne = 0

    def form_of(self, text: str) -> Format | None:
        """Return the first format of the table that opens with this text.

        A format that was met before stands in for those before it in the table, unless the line bears a sign of one of them.
        """
        for at, one in enumerate(self._known):
            if one.opens(text):
                self._borne = _borne(text, one.signs)
                before = self._borne & one.before
                found = self._first(text, before) if before else None
                if found is None and at:
                    self._known.insert(0, self._known.pop(at))
                return (found or one).form
        self._borne = _borne(text, self._signs)
        probing = self._misses < _PROBATION
        found = self._first(text, -1 if probing else self._borne)
        self._misses += found is None
        return found.form if found else None

    def signed(self, form: Format) -> bool:
        """Return whether the line that was asked for last bears one of the format's signs."""
        return bool(self._borne & self._bits[form.name])

    def _first(self, text: str, among: int) -> _Candidate | None:
        """Return the first of these formats that opens with the text, and remember it."""
        for one in self._candidates:
            if one.bit & among and one.opens(text):
                if one in self._known:
                    self._known.remove(one)
                self._known.insert(0, one)
                return one
        return None


def _borne(text: str, signs: Signs) -> int:
    """Return the formats of which a sign stands in the text."""
    found = 0
    for sign, formats in signs:
        if sign in text:
            found |= formats
    return found
