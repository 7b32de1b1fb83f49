"""The shape of a rule: what it looks at, and what it finds; knows no particular rule and writes no output."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import cached_property

from msgspec import Struct

from ws101.nginx.ask import NEWEST, Version
from ws101.nginx.edit import Edit
from ws101.nginx.model import Level, Model
from ws101.nginx.outcome import Answered
from ws101.nginx.simulate import Upstream
from ws101.nginx.sockets import Way
from ws101.nginx.state import State
from ws101.nginx.tree import Directive


class Severity(StrEnum):
    """How much an offence matters: it refuses a handshake, it may, or it is worth to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def weight(self) -> int:
        return {"error": 2, "warning": 1, "note": 0}[self.value]


class Scene(Struct, frozen=True, dict=True):
    """What rules look at: the model, the version of nginx that reads it, and the WebSocket handshakes that come to it.

    `version_known` tells that somebody said which version runs; else it is assumed.
    """

    model: Model
    version: Version = NEWEST
    ways: tuple[Way, ...] = ()
    version_known: bool = True

    @cached_property
    def passed(self) -> tuple[tuple[Way, Upstream, Level], ...]:
        """The handshakes that are passed on by `proxy_pass`, with what the upstream gets and the block that says so.

        What another location takes from the one that bears the sign is left out: that is what is wrong with it.
        """
        return tuple(
            (way, way.upstream, way.level)
            for way in self.ways
            if isinstance(way.upstream, Upstream) and way.level is not None and not way.strayed
        )

    @cached_property
    def answered(self) -> tuple[tuple[Way, Answered, State], ...]:
        """The handshakes that nginx answers itself, with its answer and the state in which it gives it."""
        return tuple(
            (way, way.route.outcome, way.route.state)
            for way in self.ways
            if isinstance(way.route.outcome, Answered) and way.route.state is not None
        )


class Offence(Struct, frozen=True):
    """One place where a rule is broken. `edits` would mend it, `safe` when nobody can want what they change.

    `related` are further lines, each with what they have to do with it; `remedy` says what to do, in a line of configuration
    where there is one; `way` is the handshake that showed it. `severity` is given where it differs from the rule's. Where the
    edits are those of a repair, `mends` names the cause that it takes away, and it is made only for what is shown.
    """

    directive: Directive
    message: str
    related: tuple[tuple[Directive, str], ...] = ()
    edits: tuple[Edit, ...] = ()
    safe: bool = False
    remedy: str = ""
    way: Way | None = None
    severity: Severity | None = None
    mends: str = ""


class Rule(Struct, frozen=True):
    """One rule; `page` is its module's docstring, `cause` the slug of what it leads to, empty where it has none."""

    name: str
    severity: Severity
    cause: str
    page: str | None
    check: Callable[[Scene], Iterable[Offence]]

    @property
    def title(self) -> str:
        return (self.page or self.name).strip().splitlines()[0].rstrip(".")
