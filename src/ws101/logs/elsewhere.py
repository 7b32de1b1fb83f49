"""Lines that fit a handshake and were joined to one that is like it: their log is not known to be silent of it.

What an identity joined to another handshake is that one's for certain.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from msgspec.structs import replace

from ws101.logs.concern import bare
from ws101.logs.entry import Entry
from ws101.logs.moment import FOREVER, Clocks
from ws101.logs.story import Silence
from ws101.logs.strand import Strand
from ws101.logs.tie import NAMES, ties
from ws101.terms import Hop

_NEAR = 1.5  # seconds, as what is joined by time
_IDENTITIES = frozenset(NAMES.values())


class Elsewhere:
    """The answers that were told together, by what resembles in them."""

    def __init__(self, told: Sequence[Strand], clocks: Clocks) -> None:
        self._told, self._clocks = told, clocks

    def doubted(self, silence: Silence, one: Strand) -> Silence:
        """Return a silence as it is where its log has a line that fits this handshake, too."""
        if not silence.sure:
            return silence
        if any(self._fitting(silence.witness.source, one)):
            why = "it has a line that fits, and was joined to another handshake that is like this one"
        elif other := next(self._at_another_path(silence.witness.source, one), None):
            why = f"{other.place} is from that moment, with that status, at another path: a proxy may rewrite it"
        else:
            return silence
        return replace(silence, sure=False, why=why, setting="")

    @cached_property
    def _answers(self) -> dict[tuple[str, str, int], list[tuple[float, int, Entry]]]:
        """Times, and the numbers of their handshakes, by log, path and status."""
        found: dict[tuple[str, str, int], list[tuple[float, int, Entry]]] = defaultdict(list)
        for number, one in enumerate(self._told):
            for entry in one.entries:
                time = self._clocks.time(entry)
                if entry.path and entry.status is not None and time is not None:
                    found[entry.place.source, bare(entry.path), entry.status].append((time, number, entry))
        for times in found.values():
            times.sort(key=lambda answer: answer[:2])
        return found

    @cached_property
    def _by_status(self) -> dict[tuple[str, int], list[tuple[float, int, Entry]]]:
        """The same by log and status, of handshakes of which servers alone tell."""
        found: dict[tuple[str, int], list[tuple[float, int, Entry]]] = defaultdict(list)
        for (source, _, status), answers in self._answers.items():
            found[source, status] += (a for a in answers if self._is_of_server(a[1]))
        for answers in found.values():
            answers.sort(key=lambda answer: answer[:2])
        return found

    def _is_of_server(self, number: int) -> bool:
        return all(entry.hop is Hop.SERVER for entry in self._told[number].entries)

    def _at_another_path(self, source: str, one: Strand) -> Iterator[Entry]:
        """Yield the answers of a server that may be to this handshake, if a proxy rewrites its path."""
        if one.span is not None and one.status is not None:
            for number, entry in _between(self._by_status.get((source, one.status), []), one):
                if self._told[number].rewrites(one):
                    yield entry

    def _fitting(self, source: str, one: Strand) -> Iterator[Entry]:
        if one.span is None:
            return
        asked = {bare(entry.path) for entry in one.entries if entry.path}
        met = {entry.status for entry in one.entries if entry.status is not None}
        for path, status in ((path, status) for path in asked for status in met):
            for number, entry in _between(self._answers.get((source, path, status), []), one):
                other = self._told[number]
                if other is not one and not _IDENTITIES & other.by.keys() and _fits(entry, one):
                    yield entry


def _between(answers: Sequence[tuple[float, int, Entry]], one: Strand) -> Iterator[tuple[int, Entry]]:
    """Yield those of the answers, in the order of their times, that came about when this handshake did."""
    begin = (one.end if one.begin == -FOREVER else one.begin) - _NEAR
    for time, number, entry in answers[bisect_left(answers, begin, key=lambda answer: answer[0]) :]:
        if time > one.end + _NEAR:
            break
        yield number, entry


def _fits(entry: Entry, one: Strand) -> bool:
    return all(ties(mine, entry) is not None for mine in one.entries)
