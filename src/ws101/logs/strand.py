"""What is joined so far of one handshake: its entries, its span of time, and by what they were joined."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import islice

from msgspec import Struct, field

from ws101.logs.concern import bare
from ws101.logs.entry import Entry, Told
from ws101.logs.moment import FOREVER, Clocks, Span, is_late
from ws101.logs.story import might_be_of_another
from ws101.logs.tie import (
    BETWEEN,
    ORDER,
    addresses,
    clash,
    ties,
    ties_but_for_the_address,
    ties_but_for_the_path,
    ties_by_the_next_upstream,
)
from ws101.terms import Hop

_SIDES = {told: at for at, told in enumerate(Told)}
_SHOWN = 3  # records that may be meant, by their places


class Strand(Struct, eq=False):
    """Entries of one handshake; `span` is None where none has a time.

    `by` says by what they were joined, `apart` what fits as well and was left apart; `near` are the sources of that.
    `contrary` says that an identity joined what contradicts each other.
    """

    entries: list[Entry]
    span: Span | None
    by: dict[str, None] = field(default_factory=dict)
    apart: dict[str, None] = field(default_factory=dict)
    near: set[str] = field(default_factory=set)
    contrary: bool = False
    _order: tuple[float, float, str, int] | None = None
    _addresses: frozenset[str] | None = None

    @property
    def begin(self) -> float:
        return self.span.begin if self.span else -FOREVER

    @property
    def end(self) -> float:
        return self.span.end if self.span else -FOREVER

    @property
    def order(self) -> tuple[float, float, str, int]:
        """By this strands of one source are in the order in which they came."""
        if self._order is None:
            source, line = min((e.place.source, e.place.line) for e in self.entries)
            self._order = (self.begin, self.end, source, line)
        return self._order

    @property
    def known_span(self) -> Span | None:
        """The span as far as its records tell it: of a socket's end it is not known how long before it was opened."""
        ended = self.span is not None and all(entry.told is Told.ENDED for entry in self.entries)
        return Span(-FOREVER, self.end) if ended else self.span

    def ties(self, other: "Strand") -> set[str] | None:
        """Return what this strand has in common with another; None where the two cannot be of one handshake."""
        found: set[str] = set()
        contrary = self.contrary or other.contrary
        for mine in self.entries:
            for theirs in other.entries:
                tie = ties(mine, theirs)
                if tie is None and (self.is_behind(mine, theirs) or other.is_behind(theirs, mine)):
                    tie = ties_but_for_the_address(mine, theirs)
                if tie is not None:
                    found |= tie
                elif not contrary or clash(mine, theirs):
                    return None
        return found if found or not contrary else None

    def rewrites(self, other: "Strand") -> bool:
        """Return whether the two may be of one handshake but for the path: at this one a proxy answered as a server did at the other."""
        pairs = [ties_but_for_the_path(mine, theirs) for mine in self.entries for theirs in other.entries]
        return all(tie is not None for tie in pairs) and any("status" in tie for tie in pairs if tie)

    def is_behind(self, mine: Entry, theirs: Entry) -> bool:
        """Return whether another proxy of this handshake than the one of `mine` knows the client as `theirs` does."""
        return mine.hop is theirs.hop is Hop.PROXY and any(
            one is not mine and one.hop is Hop.PROXY and addresses(one) & addresses(theirs)
            for one in self.entries
        )

    def went_on(self, other: "Strand") -> bool:
        """Return whether a proxy may have answered this by the next upstream, after one had failed it as the other tells."""
        pairs = [(mine, theirs) for mine in self.entries if mine.hop in BETWEEN for theirs in other.entries]
        return bool(pairs) and all(ties_by_the_next_upstream(*pair) for pair in pairs)

    def clashes(self, other: "Strand") -> bool:
        """Return whether the two are of two handshakes for certain, even where one identity stands in both."""
        return any(clash(mine, theirs) for mine in self.entries for theirs in other.entries)

    def take(self, other: "Strand", by: Iterable[str] = ()) -> None:
        """Take another strand's entries into this one."""
        self._order = self._addresses = None
        self.entries += other.entries
        self.span = hull(self.known_span, other.known_span)
        self.by |= other.by
        self.by |= dict.fromkeys(by)
        self.apart |= other.apart
        self.near |= other.near
        self.contrary = self.contrary or other.contrary

    def say_alike(self, one: "Strand", count: int) -> None:
        """Say that a strand that is joined to this one might as well belong to another of so many."""
        self.apart[might_be_of_another(one.places, count)] = None

    def say_apart(self, others: Sequence["Strand"]) -> None:
        """Say that one of these may be of this handshake, and was left apart."""
        number = sum(len(one.entries) for one in others)
        places = (str(entry.place) for one in others for entry in one.entries)
        shown, more = ", ".join(islice(places, _SHOWN)), number - _SHOWN
        fit, are = ("fits", "it is") if number == 1 else ("fit", "they are")
        text = f"{shown}{f' and {more:,} more' if more > 0 else ''} {fit} this handshake and others: {are} joined to none"
        self.apart[text] = None

    @property
    def character(self) -> Hashable:
        """What a verdict may hang on; handshakes of one character tell the same whichever of them is meant."""
        return self._character(lambda entry: bare(entry.path) if entry.path else "")

    @property
    def character_at_any_path(self) -> Hashable:
        """The same, whatever path was asked for."""
        return self._character(lambda entry: bool(entry.path))

    def _character(self, path: Callable[[Entry], Hashable]) -> Hashable:
        return frozenset((e.hop, e.told, e.status, e.says, path(e), e.flaws, e.scheme) for e in self.entries)

    @property
    def addresses(self) -> frozenset[str]:
        """The addresses that its hops know the client by."""
        if self._addresses is None:
            self._addresses = frozenset().union(*(addresses(entry) for entry in self.entries))
        return self._addresses

    @property
    def path(self) -> str:
        """The path that was asked for, without its query; empty where none of its records tells one, or they differ."""
        told = {bare(entry.path) for entry in self.entries if entry.path}
        return told.pop() if len(told) == 1 else ""

    @property
    def places(self) -> str:
        return ", ".join(str(entry.place) for entry in self.entries)

    @property
    def status(self) -> int | None:
        return next((entry.status for entry in self.entries if entry.status is not None), None)

    def story_order(self, clocks: Clocks) -> tuple[Entry, ...]:
        """Return the entries in the order of the wire, then of time."""

        def key(entry: Entry) -> tuple[int, float, int, str, int]:
            time = clocks.time(entry)
            told = _SIDES[entry.told]
            return (
                ORDER[entry.hop],
                FOREVER if time is None else time,
                told,
                entry.place.source,
                entry.place.line,
            )

        return tuple(sorted(self.entries, key=key))

    @property
    def closes(self) -> bool:
        """Whether proxies alone tell of it, and how it was answered: at its end."""
        answered = any(entry.told is Told.ANSWERED for entry in self.entries)
        return answered and self.by_proxies

    @property
    def by_proxies(self) -> bool:
        """Whether proxies alone tell of it."""
        return all(entry.hop in BETWEEN for entry in self.entries)

    @property
    def waited(self) -> bool:
        """Whether it came long before it was written down."""
        return any(is_late(entry) for entry in self.entries)

    @property
    def failed(self) -> bool:
        """Whether it cannot have opened a socket: a status is told that refuses it, or a proxy that something went wrong."""
        return any(
            (e.status is not None and e.status >= 400) or (e.told is Told.WRONG and e.hop in BETWEEN)
            for e in self.entries
        )

    @property
    def at_client(self) -> bool:
        return all(entry.hop is Hop.CLIENT for entry in self.entries)


def strand(entry: Entry, clocks: Clocks) -> Strand:
    """Return the strand of one entry."""
    return Strand([entry], clocks.span(entry))


def together(entries: Sequence[Entry], by: Iterable[str] = ()) -> Strand:
    """Return the strand of entries that are known to be of one handshake, by clocks that are not compared."""
    whole, *others = (strand(entry, Clocks()) for entry in entries)
    for other in others:
        whole.take(other, by)
    return whole


def hull(one: Span | None, other: Span | None) -> Span | None:
    """Return the span that holds both; one that has no beginning gets the other's."""
    if one is None or other is None:
        return one or other
    begins = [begin for begin in (one.begin, other.begin) if begin > -FOREVER]
    if len(begins) == 1:
        return Span(begins[0], max(other.end if one.begin == -FOREVER else one.end, begins[0]))
    return Span(min(begins, default=-FOREVER), max(one.end, other.end))
