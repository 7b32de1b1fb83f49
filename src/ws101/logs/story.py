"""Every hop's view of one handshake, joined: what each wrote, which are silent, and where they contradict each other."""

from collections.abc import Iterator

from msgspec import Struct

from ws101.logs.entry import Entry, Told
from ws101.logs.witness import Witness
from ws101.signature import Says
from ws101.terms import Hop

_BETWEEN = frozenset({Hop.CDN, Hop.PROXY})
_NEVER_SENT = frozenset({0, 444, 499})  # nginx logs 444 and 499 where it sends nothing, Envoy 0


class Silence(Struct, frozen=True):
    """A source that covers the moment and wrote nothing of this handshake.

    `sure` says that it would have: then the handshake did not get there. Else `setting` is what would make it visible.
    """

    witness: Witness
    sure: bool
    why: str
    setting: str = ""


class Contradiction(Struct, frozen=True):
    """What one record says, and cannot be so by what others show."""

    text: str
    one: Entry


class Story(Struct, frozen=True):
    """One handshake; `entries` are in the order of the wire, then of time. `joined` says by what, in a few words each.

    `apart` are sentences of what may be of this handshake or of another one.
    """

    entries: tuple[Entry, ...]
    joined: tuple[str, ...] = ()
    silences: tuple[Silence, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    apart: tuple[str, ...] = ()

    def at(self, *hops: Hop) -> tuple[Entry, ...]:
        """Return what these hops wrote."""
        return tuple(entry for entry in self.entries if entry.hop in hops)

    def said(self, *says: Says) -> Entry | None:
        """Return the first entry that says one of these."""
        return next((entry for entry in self.entries if entry.says in says), None)

    def telling(self, *told: Told) -> Iterator[Entry]:
        """Yield the entries that tell from these sides."""
        return (entry for entry in self.entries if entry.told in told)

    @property
    def time(self) -> float | None:
        """When it came: by the outermost record whose clock names its zone, else by the outermost that has a time."""
        timed = [entry for entry in self.entries if entry.time is not None]
        return next((entry.time for entry in timed if entry.zoned), timed[0].time if timed else None)

    @property
    def status(self) -> int | None:
        """What the client met: by its own word, else by the outermost hop that tells how it answered."""
        told = [e for e in self.entries if e.status is not None and e.told is not Told.MEANT]
        first = next(
            (e for e in told if e.told is Told.ANSWERED or e.hop is Hop.CLIENT), next(iter(told), None)
        )
        return first.status if first is not None and first.status not in _NEVER_SENT else None

    @property
    def nameless(self) -> bool:
        """Whether it tells of connections alone that failed before a request: of a handshake, or of anything, as a scanner's."""
        return all(
            e.hop in _BETWEEN
            and not e.path
            and (e.told is Told.WRONG or (e.told is Told.ANSWERED and not e.method))
            for e in self.entries
        )

    @property
    def path(self) -> str:
        return next((entry.path for entry in self.entries if entry.path), "")

    @property
    def works(self) -> bool:
        """Whether it was answered 101, and the client found nothing wrong with that."""
        return self.status == 101 and not any(e.hop is Hop.CLIENT for e in self.telling(Told.WRONG))


def might_be_of_another(places: str, count: int) -> str:
    """Return the sentence that records may be of any of so many handshakes."""
    return f"{places} might as well belong to another of {count:,} handshakes that are alike"
