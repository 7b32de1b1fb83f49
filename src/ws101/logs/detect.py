"""Which format a line is of: the table's order decides, and the formats that a source has are tried first."""

from collections.abc import Sequence

from ws101.logs.format import Format

_HOPELESS = 256  # lines in a row of no format, after which only a line that bears a format's sign is tried


class _Candidate:
    """One format, its signs as text, and the signs of those before it in the table."""

    __slots__ = ("before", "form", "opens", "signs")

    def __init__(self, form: Format, before: tuple[str, ...]) -> None:
        self.form, self.opens = form, form.opens
        self.signs = tuple(dict.fromkeys(sign.decode("utf-8", "replace") for sign in form.signs))
        self.before = before


class Detector:
    """Detects by the first line of a record, and remembers what the source was seen to hold."""

    def __init__(self, formats: Sequence[Format]) -> None:
        self._candidates: list[_Candidate] = []
        signs: tuple[str, ...] = ()
        for form in formats:
            one = _Candidate(form, signs)
            self._candidates.append(one)
            signs = tuple(dict.fromkeys((*signs, *one.signs)))
        self._all_signs = signs
        self._by_name = {one.form.name: one for one in self._candidates}
        self._known: list[_Candidate] = []
        self._misses = 0

    def form_of(self, text: str) -> Format | None:
        """Return the first format of the table that opens with this text.

        A format that was met before stands in for those before it in the table, unless the line bears a sign of one of them.
        """
        for at, one in enumerate(self._known):
            if one.opens(text):
                if any(sign in text for sign in one.before):
                    break
                if at:
                    self._known.insert(0, self._known.pop(at))
                self._misses = 0
                return one.form
        return self._search(text)

    def signed(self, form: Format, text: str) -> bool:
        """Return whether the line bears one of the format's signs."""
        return any(sign in text for sign in self._by_name[form.name].signs)

    def _search(self, text: str) -> Format | None:
        if self._misses > _HOPELESS and not any(sign in text for sign in self._all_signs):
            return None
        for one in self._candidates:
            if one.opens(text):
                if one in self._known:
                    self._known.remove(one)
                self._known.insert(0, one)
                self._misses = 0
                return one.form
        self._misses += 1
        return None
