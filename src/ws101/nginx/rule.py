"""The shape of a rule: what it looks at, and what it finds; knows no particular rule and writes no output."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from ws101.nginx.ask import NEWEST, Version
from ws101.nginx.edit import Edit
from ws101.nginx.model import Model
from ws101.nginx.sockets import Way
from ws101.nginx.tree import Directive


class Severity(StrEnum):
    """How much an offence matters: it refuses a handshake, it may, or it is worth to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def weight(self) -> int:
        return {"error": 2, "warning": 1, "note": 0}[self.value]


@dataclass(frozen=True, slots=True)
class Scene:
    """What rules look at: the model, the version of nginx that reads it, and the WebSocket handshakes that come to it."""

    model: Model
    version: Version = NEWEST
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Offence:
    """One place where a rule is broken. `edits` would mend it, `safe` when nobody can want what they change.

    `related` are further lines, each with what they have to do with it; `remedy` says what to do, in a line of configuration
    where there is one; `way` is the handshake that showed it. `severity` is given where it differs from the rule's.
    """

    directive: Directive
    message: str
    related: tuple[tuple[Directive, str], ...] = ()
    edits: tuple[Edit, ...] = ()
    safe: bool = False
    remedy: str = ""
    way: Way | None = field(default=None, compare=False)
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `page` is its module's docstring, `cause` the slug of what it leads to, empty where it has none."""

    name: str
    severity: Severity
    cause: str
    page: str | None
    check: Callable[[Scene], Iterable[Offence]]

    @property
    def title(self) -> str:
        return (self.page or self.name).strip().splitlines()[0].rstrip(".")
