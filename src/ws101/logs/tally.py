"""Counts handshakes in groups that ended alike: how many, since when, for whom, where; one story of each is kept.

The memory is bounded however many clients and paths there are: the most frequent are named, the rest is counted.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from msgspec import Struct, field

from ws101.logs.concern import bare
from ws101.logs.story import Story

_NAMED = 4096  # names that are counted at once
_PARTS = 4096  # of the whole time; more are joined two by two
_GROUPS = 1024
_COMPARED = 100  # stories of a group; what stands early in a big log is sooner cited
Key = TypeVar("Key", bound=Hashable)


class Names(Struct):
    """How often each name came; once there are too many, the rarest are counted together as `others`.

    A name that is counted again after that has at least the number that is told.
    """

    counts: Counter[str] = field(default_factory=Counter)
    others: int = 0

    def add(self, names: Iterable[str]) -> None:
        """Count these names; an empty one is none."""
        self.count(Counter(names))

    def count(self, numbers: Mapping[str, int]) -> None:
        """Count each of these names so many times."""
        counts = self.counts
        for name, number in numbers.items():
            if name:
                counts[name] = counts.get(name, 0) + number
        if len(counts) > _NAMED:
            self._forget()

    def take(self, other: "Names") -> None:
        """Count what another has counted."""
        self.counts.update(other.counts)
        self.others += other.others
        if len(self.counts) > _NAMED:
            self._forget()

    def top(self, most: int) -> tuple[tuple[str, int], ...]:
        """Return the most frequent names, the most frequent first, equal ones in the order of letters."""
        return tuple(sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))[:most])

    def rest(self, most: int) -> int:
        """Return how many handshakes are of names that `top` leaves out."""
        return self.counts.total() + self.others - sum(count for _, count in self.top(most))

    def _forget(self) -> None:
        kept = Counter(dict(self.counts.most_common(_NAMED // 2)))
        self.others += self.counts.total() - kept.total()
        self.counts = kept


class Times(Struct):
    """How many came when: parts of `width` seconds, which grows as the time does that they span."""

    width: int = 1
    counts: Counter[int] = field(default_factory=Counter)
    first: float | None = None
    last: float | None = None

    def add(self, seconds: Iterable[float]) -> None:
        """Count these moments."""
        self.count(Counter(seconds))

    def count(self, numbers: Mapping[float, int]) -> None:
        """Count each of these moments so many times."""
        for second, number in numbers.items():
            self.counts[int(second // self.width)] += number
        self._span(numbers)
        self._widen()

    def take(self, other: "Times") -> None:
        """Count what another has counted."""
        while self.width < other.width:
            self._double()
        for part, count in other.counts.items():
            self.counts[part * other.width // self.width] += count
        self._span(t for t in (other.first, other.last) if t is not None)
        self._widen()

    def parts(self, begin: float, end: float, number: int) -> tuple[int, ...]:
        """Return how many came in each of so many equal parts of the time from `begin` to `end`."""
        found = [0] * number
        length = max(end - begin, 1e-9)
        for part, count in self.counts.items():
            moment = min(max(part * self.width, self.first or 0.0), self.last or 0.0)
            found[min(max(int((moment - begin) / length * number), 0), number - 1)] += count
        return tuple(found)

    def _span(self, seconds: Iterable[float]) -> None:
        known = [t for t in (*seconds, self.first, self.last) if t is not None]
        self.first, self.last = min(known, default=None), max(known, default=None)

    def _widen(self) -> None:
        while len(self.counts) > _PARTS:
            self._double()

    def _double(self) -> None:
        self.width *= 2
        halved: Counter[int] = Counter()
        for part, count in self.counts.items():
            halved[part // 2] += count
        self.counts = halved


class Measure(Struct):
    """So many handshakes: when they were, whose, where, and for which hosts, as far as that is told."""

    count: int = 0
    times: Times = field(default_factory=Times)
    clients: Names = field(default_factory=Names)
    paths: Names = field(default_factory=Names)
    hosts: Names = field(default_factory=Names)

    def add(self, story: Story) -> None:
        """Count a handshake."""
        self.count += 1
        if story.time is not None:
            self.times.count({story.time: 1})
        self.clients.count({client(story): 1})
        self.paths.count({bare(story.path) if story.path else "": 1})

    def take(self, other: "Measure") -> None:
        """Count what another has counted."""
        self.count += other.count
        self.times.take(other.times)
        self.clients.take(other.clients)
        self.paths.take(other.paths)
        self.hosts.take(other.hosts)


def measure(story: Story) -> Measure:
    """Return the measure of one handshake."""
    one = Measure()
    one.add(story)
    return one


def client(story: Story) -> str:
    """Return whose handshake it is: the address that was forwarded, else the one that the outermost hop saw."""
    forwarded = next((entry.forwarded for entry in story.entries if entry.forwarded), "")
    return forwarded.partition(",")[0].strip() or next(
        (entry.client for entry in story.entries if entry.client), ""
    )


class Grouped(Struct, Generic[Key]):
    """Handshakes that ended alike, and the story of the one of the first of them that shows most."""

    key: Key
    story: Story
    measure: Measure


class Tally(Generic[Key]):
    """Handshakes by a key: what they ended with, and why."""

    def __init__(self) -> None:
        self._stories: dict[Key, Story] = {}
        self._own: dict[Key, Measure] = {}
        self._met: dict[Key, int] = {}
        self._lent: dict[Key, list[Measure]] = {}
        self.ungrouped = 0

    def add(self, key: Key, story: Story, stands_for: Measure | None = None) -> None:
        """Count a handshake, or all those that it stands for, which may become more yet."""
        if key not in self._stories and len(self._stories) >= _GROUPS:
            self.ungrouped += 1
            return
        shown = self._stories.setdefault(key, story)
        met = self._met[key] = self._met.get(key, 0) + 1
        if met <= _COMPARED and _shows(story) > _shows(shown):
            self._stories[key] = story
        if stands_for is not None:
            self._lent.setdefault(key, []).append(stands_for)
        else:
            self._own.setdefault(key, Measure()).add(story)

    def groups(self) -> tuple[Grouped[Key], ...]:
        """Return the groups, the largest first; equal ones in the order in which they were met."""
        return tuple(sorted(self._grouped(), key=lambda group: -group.measure.count))

    def _grouped(self) -> Iterator[Grouped[Key]]:
        for key, story in self._stories.items():
            whole = Measure()
            for part in (*([self._own[key]] if key in self._own else []), *self._lent.get(key, ())):
                whole.take(part)
            yield Grouped(key, story, whole)


def _shows(story: Story) -> tuple[int, int, int, int]:
    """Return how much a story shows: by how many hops, in how many records, and with how few doubts it is told."""
    hops = {entry.hop for entry in story.entries}
    return (len(hops), len(story.entries), -len(story.apart), -len(story.contradictions))
