"""Every hop's view of one handshake, joined: what each wrote, which are silent, and where they contradict each other."""

from collections.abc import Iterator
from dataclasses import dataclass

from ws101.logs.entry import Entry, Told
from ws101.logs.witness import Witness
from ws101.report import Hop
from ws101.signature import Says

_ORDER = tuple(Hop)


@dataclass(frozen=True, slots=True)
class Silence:
    """A source that covers the moment and wrote nothing of this handshake.

    `sure` says that it would have: then the handshake did not get there. Else `setting` is what would make it visible.
    """

    witness: Witness
    sure: bool
    why: str
    setting: str = ""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two things that cannot both be so: what `one` says, and what `other` shows."""

    text: str
    one: Entry
    other: Entry | None = None


@dataclass(frozen=True, slots=True)
class Story:
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
        return next((entry.time for entry in self.entries if entry.time is not None), None)

    @property
    def status(self) -> int | None:
        """What the client met: by its own word, else by the outermost hop that tells how it answered."""
        return next((entry.status for entry in self.entries if entry.status is not None), None)

    @property
    def path(self) -> str:
        return next((entry.path for entry in self.entries if entry.path), "")

    @property
    def works(self) -> bool:
        return self.status == 101

    def reached(self, hop: Hop) -> bool | None:
        """Return whether the handshake reached this hop: an entry there or further in, or a silence that is sure."""
        if any(_ORDER.index(entry.hop) >= _ORDER.index(hop) and _saw(entry) for entry in self.entries):
            return True
        if any(silence.sure and silence.witness.hop is hop for silence in self.silences):
            return False
        return None

    @property
    def answered_by(self) -> Hop | None:
        """The innermost hop that is seen to have answered: a proxy that names no upstream answered by itself."""
        answers = [e for e in self.entries if e.told is Told.ANSWERED and e.hop is not Hop.CLIENT]
        if not answers:
            return None
        inner = answers[-1]
        if inner.hop is Hop.PROXY and (inner.upstream or inner.upstream_status is not None):
            return Hop.SERVER if inner.upstream_status is not None else None
        return inner.hop if inner.hop is not Hop.PROXY or inner.upstream == "" else None


def _saw(entry: Entry) -> bool:
    return entry.told is not Told.MEANT
