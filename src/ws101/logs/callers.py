"""By which addresses each source knows its clients: a few are enough to tell a proxy at the edge from one behind another."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ws101.logs.entry import Entry, Told
from ws101.terms import Hop

_MANY = 3  # clients; a program behind a proxy knows fewer
_OF_THIS_MACHINE = frozenset({b"127.0.0.1", b"::1"})


class Callers:
    """The addresses of some clients of each source, as bytes."""

    def __init__(self) -> None:
        self._of: dict[str, set[bytes]] = defaultdict(set)

    def __iter__(self) -> Iterator[tuple[str, set[bytes]]]:
        return iter(self._of.items())

    def meet(self, source: str, clients: Iterable[bytes]) -> None:
        """Learn by which addresses a source knows its clients."""
        known = self._of[source]
        if len(known) < _MANY:
            known.update(clients)

    @property
    def crowded(self) -> frozenset[str]:
        """The sources that know many clients."""
        return frozenset(source for source, known in self._of.items() if len(known) >= _MANY)

    def are_behind(self, inner: str, outer: str) -> bool:
        """Return whether one source may be of a program that the other one's passes requests on to.

        Where both know few clients, as behind a load balancer, they are not the same: two replicas know the same ones.
        """
        few, others = self._of[inner], self._of[outer]
        if not 0 < len(few) < _MANY:
            return False
        return len(others) >= _MANY or not few & others or few <= _OF_THIS_MACHINE

    def see(self, entry: Entry) -> None:
        """Learn by which address a proxy that answers knows its client."""
        if _is_answer(entry):
            self.meet(entry.place.source, [entry.client.encode("utf-8", "replace")])

    def is_inner(self, entry: Entry) -> bool:
        """Return whether this may be a proxy's answer to another proxy, by whose address it knows the client."""
        inner, others = entry.place.source, [*self._of]
        return _is_answer(entry) and any(self.are_behind(inner, one) for one in others if one != inner)


def _is_answer(entry: Entry) -> bool:
    answered = entry.hop is Hop.PROXY and entry.told is Told.ANSWERED
    return answered and bool(entry.client) and not entry.forwarded
