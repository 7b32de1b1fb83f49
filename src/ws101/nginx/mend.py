"""Repairs a configuration for one request: repair after repair, each on what the one before left, until nothing changes."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from ws101.nginx.ask import Ask
from ws101.nginx.edit import Edit, between, by_file, diff, edited
from ws101.nginx.include import Configuration
from ws101.nginx.model import understand
from ws101.nginx.repair import Repair
from ws101.nginx.repairs import BY_CAUSE, NEEDED, repair
from ws101.nginx.sockets import Told, Way, way_of

MOST_ROUNDS = 12


class Left(Struct, frozen=True):
    """A cause that was named and is not mended; `why` goes on from its name."""

    cause: str
    why: str


class Mended(Struct, frozen=True):
    """A configuration before and after, with the repairs that were made, those only offered, and the named causes left."""

    before: Configuration
    after: Configuration
    made: tuple[Repair, ...]
    offered: tuple[Repair, ...] = ()
    left: tuple[Left, ...] = ()

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits of the first configuration that make the last one."""
        return between(self.before, self.after)

    @property
    def diff(self) -> str:
        """The unified diff of every file that changes."""
        return diff(by_file(self.edits))


def mend(
    configuration: Configuration, ask: Ask, causes: Sequence[str] = (), *, unsafe: bool = False
) -> Mended:
    """Return the configuration repaired for this request.

    What the model shows to be needed is mended where that is safe, and with `unsafe` otherwise, too; `causes` are mended in
    any case, for whoever names them knows: each once at a place; where two want the opposite, the first one counts.
    """
    current, made, causes = configuration, list[Repair](), tuple(dict.fromkeys(causes))
    offered: dict[str, Repair] = {}
    done: set[tuple[str, str]] = set()
    met: set[str] = set()
    for _ in range(MOST_ROUNDS):
        way = _way(current, ask)
        place = _place(way)
        wanted = {cause: one for cause in causes if (one := _named(way, cause))}
        met |= wanted.keys()
        named = [
            one
            for cause, one in wanted.items()
            if (cause, place) not in done and not _undoes(one, current, ask, _before(cause, causes, wanted))
        ]
        found = (mends(way.let_in) or mends(way.route) for mends in NEEDED)
        needed = [one for one in found if one and one.what not in {r.what for r in made}]
        doubtful = [one for one in needed if not one.safe]
        allowed = [*named, *(one for one in needed if one.safe), *(doubtful if unsafe else [])]
        offered |= {one.what: one for one in doubtful}
        changed = edited(current, allowed[0].edits) if allowed else current
        if _texts(changed) == _texts(current):
            break
        made.append(allowed[0])
        done.add((allowed[0].cause, place))
        current = changed
    others = tuple(one for one in offered.values() if one not in made)
    over = [cause for cause in causes if cause not in {slug for slug, _ in done}]
    return Mended(configuration, current, tuple(made), others, tuple(_left(over, causes, met, current, ask)))


def _left(
    over: Sequence[str], causes: Sequence[str], met: set[str], current: Configuration, ask: Ask
) -> Iterator[Left]:
    """Yield what was named and not mended: not what another repair took away, too."""
    way = _way(current, ask)
    still = {cause: one for cause in causes if (one := _named(way, cause))}
    for cause in over:
        if cause not in BY_CAUSE:
            yield Left(cause, "for no change to a configuration of nginx is known to mend it")
        elif cause not in met:
            yield Left(cause, "for nothing on this handshake's way is known to need a change for it")
        elif cause in still:
            first = _undoes(still[cause], current, ask, _before(cause, causes, still))
            kept = f"would bring back {first}, which was named before it" if first else "was not reached"
            yield Left(cause, f"for its repair {kept}")


def _before(cause: str, causes: Sequence[str], wanted: Mapping[str, Repair]) -> list[str]:
    """Return what was named before a cause and is not there now."""
    return [other for other in causes[: causes.index(cause)] if other not in wanted]


def _named(way: Way, cause: str) -> Repair | None:
    """Return what mends a cause that was named: who names the cause of a gate means the handshake that it refuses."""
    return repair(way.route, cause) or repair(way.let_in, cause)


def _place(way: Way) -> str:
    """Return the location in which a handshake ends that is let in, as it is written: a repair can lead to another one."""
    levels = way.let_in.state.level.lineage() if way.let_in.state else ()
    return " ".join(word for level in levels if level.directive for word in level.directive.texts)


def _undoes(one: Repair, current: Configuration, ask: Ask, mended: Sequence[str]) -> str | None:
    """Return what a repair brings back that was named before it: of two that want the opposite the first one counts."""
    if not mended:
        return None
    way = _way(edited(current, one.edits), ask)
    return next((cause for cause in mended if _named(way, cause)), None)


def _way(configuration: Configuration, ask: Ask) -> Way:
    """Return the way of the request, as it is met and as it is for a client whom addresses and passwords let in."""
    return way_of(understand(configuration), ask, Told.URL, "it is asked for")


def _texts(configuration: Configuration) -> dict[str, str]:
    return {file.name: file.text for file in configuration.files}
