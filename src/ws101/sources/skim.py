"""Reads sources into what is joined and counted: small ones whole, big ones by signs, with the requests that are alike in bulk.

What of a big one was passed over is said; its lines get their numbers when they are cited.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from ws101.logs.concern import Concern
from ws101.logs.entry import Entry
from ws101.logs.format import Format
from ws101.logs.lookout import Lookout
from ws101.logs.reader import Reader
from ws101.logs.rows import Item, Sorter
from ws101.logs.tie import addresses
from ws101.redact import rewrite
from ws101.sources.scan import WORTH, Survey, cores
from ws101.sources.source import Source
from ws101.terms import Hop

T = TypeVar("T")
_MOST = 8  # workers of all surveys; one holds some 12 MiB
_UNCOUNTED = r"[0-9]{7,}"  # a line that has no true number yet


class Skimmer(Struct):
    """Reads sources of these formats, for what concerns; `surveys` are those of the big ones, by name.

    With less than `worth` bytes a source is small. `meanwhile` is called again and again while a big one is searched by others.
    """

    formats: Sequence[Format]
    concern: Concern
    worth: int = WORTH
    meanwhile: Callable[[], None] = lambda: None
    surveys: dict[str, Survey] = field(default_factory=dict)
    survey: Callable[[Source, Lookout, Callable[[], int]], Survey] = Survey

    def items(self, source: Source, reader: Reader, later: Reader) -> Iterator[Item]:
        """Yield what a source tells, in its order; what is read `later` than in its order, another reader reads."""
        if source.path is not None:
            if (source.size or 0) >= self.worth:
                return self._surveyed(source, reader, later)
            return _whole(source.chunks(), reader)
        return self._stream(source, reader, later)

    def known(self, sources: Sequence[Source], reader_of: Callable[[str], Reader]) -> frozenset[bytes]:
        """Return by which addresses servers in small files know their clients, where there is a big file, too.

        When a proxy's line of the same handshake was written is not known: at the end of a socket, or by another clock.
        """
        files = [source for source in sources if source.path is not None]
        small = [source for source in files if (source.size or 0) < self.worth]
        found: set[str] = set()
        for source in small if len(small) < len(files) else ():
            for entry in _whole(source.chunks(), reader_of(source.name)):
                if isinstance(entry, Entry) and entry.hop in {Hop.SERVER, Hop.AUTH}:
                    found |= addresses(entry)
        return frozenset(address.encode("utf-8", "replace") for address in found)

    def passed_over(self, name: str) -> int:
        """Return how many bytes of a source bear no sign, and were not read."""
        survey = self.surveys.get(name)
        return survey.passed_over if survey else 0

    def times_as_large(self, name: str) -> int:
        """Return how many times as many lines a source has as those that tell how many of each format there are."""
        survey = self.surveys.get(name)
        return survey.times_as_large if survey else 1

    def numbered(self, told: T) -> T:
        """Return a value of report.py in which every place in a big source has its line's true number."""
        if not self.surveys:
            return told
        names = "|".join(re.escape(name) for name in sorted(self.surveys, key=len, reverse=True))
        place = re.compile(rf"(?P<name>{names}):(?P<line>{_UNCOUNTED})\b")
        cited: dict[str, set[int]] = {name: set() for name in self.surveys}

        def note(text: str) -> str:
            for match in place.finditer(text):
                cited[match["name"]].add(int(match["line"]))
            return text

        rewrite(told, line=note, block=note)
        true = {name: survey.numbers(cited[name]) for name, survey in self.surveys.items()}

        def number(match: re.Match[str]) -> str:
            return f"{match['name']}:{true[match['name']][int(match['line'])]}"

        return rewrite(
            told, line=lambda text: place.sub(number, text), block=lambda text: place.sub(number, text)
        )

    def _free(self) -> int:
        """Return how many workers one more survey may send; those of many logs together would fill the memory."""
        return min(cores(), _MOST - sum(survey.at_work for survey in self.surveys.values()))

    def _stream(self, source: Source, reader: Reader, later: Reader) -> Iterator[Item]:
        """Read a stream, whose size shows when it ends."""
        chunks, begun, size = source.chunks(), [], 0
        for chunk in chunks:
            begun.append(chunk)
            size += len(chunk)
            if size >= self.worth:
                yield from self._surveyed(
                    replace(source, chunks=lambda: _chained(begun, chunks)), reader, later
                )
                return
        yield from _whole(begun, reader)

    def _surveyed(self, source: Source, reader: Reader, later: Reader) -> Iterator[Item]:
        lookout = Lookout(self.formats, self.concern)
        survey = self.surveys[source.name] = self.survey(source, lookout, self._free)
        sorter = Sorter(reader, later, self.concern)
        for pieces in survey:
            self.meanwhile()
            yield from sorter.items(pieces)
            lookout.meet(reader.formats_seen)
        yield from sorter.finish()


def _whole(chunks: Iterable[bytes], reader: Reader) -> Iterator[Item]:
    for chunk in chunks:
        yield from reader.feed(chunk)
    yield from reader.finish()


def _chained(begun: list[bytes], rest: Iterator[bytes]) -> Iterator[bytes]:
    while begun:
        yield begun.pop(0)
    yield from rest
