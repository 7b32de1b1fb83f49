"""The shape of a REST call: one row of the table, from which the route, its description and its page are made."""

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Any, NamedTuple

from msgspec import Struct, field

from ws101.timers import admission
from ws101.timers.server.parts import Parts
from ws101.timers.server.tokens import Identity

PREFIX = "/api/v1"
NOTIFICATIONS = admission.PATH


class Access(Enum):
    """Who may call."""

    OPEN = "anybody"
    USER = "a signed-in user"
    ADMIN = "an administrator"


class Parameter(NamedTuple):
    """A member of the query."""

    name: str
    description: str
    required: bool = False


class Answer(NamedTuple):
    """What a handler answers: a value that becomes JSON, or bytes as they are; `status` 0 is the operation's own."""

    value: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 0


class Call(NamedTuple):
    """A request that has been read and found good; `version` is If-Match's, `body` of the operation's type.

    `identity` is there for every operation that is not open. `client` is the address behind trusted proxies; `pages` are
    what the table itself is made into.
    """

    parts: Parts
    operation: "Operation"
    identity: Identity | None
    pages: Mapping[str, bytes]
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    version: int | None
    client: str
    scope: Mapping[str, Any]

    @property
    def who(self) -> Identity:
        """Whoever is signed in."""
        assert self.identity is not None, "an open operation asks for nobody"
        return self.identity

    @property
    def user(self) -> str:
        return self.who.user


Handler = Callable[[Call], Awaitable[Answer]]


class Operation(Struct, frozen=True, kw_only=True):
    """`body` and `answer` are types (None: there is none); `refusals` says why the statuses come that are its own.

    `conditional` operations take If-Match; `may_be_empty` ones go without a body. The handler's docstring is the description.
    """

    group: str
    method: str
    path: str
    handler: Handler
    body: Any = None
    answer: Any = None
    status: int = 200
    access: Access = Access.USER
    query: tuple[Parameter, ...] = ()
    conditional: bool = False
    may_be_empty: bool = False
    media: str = "application/json"
    refusals: Mapping[int, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The operation's id, in camelCase."""
        first, *rest = self.handler.__name__.split("_")
        return first + "".join(part.title() for part in rest)

    @property
    def summary(self) -> str:
        """The docstring's first sentence, without its full stop."""
        return self._said.partition(". ")[0].removesuffix(".")

    @property
    def description(self) -> str:
        """What the docstring says beyond it."""
        return self._said.partition(". ")[2]

    @property
    def _said(self) -> str:
        return " ".join((self.handler.__doc__ or "").split())

    @property
    def variables(self) -> tuple[str, ...]:
        """The names in the path."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    def reasons(self) -> dict[int, str]:
        """Return every status of a refusal with when it comes: what follows from the shape, and its own."""
        found: dict[int, str] = {}
        if self.body is not None:
            found |= {
                400: "The body is no JSON.",
                408: "The body does not come.",
                413: "The body is larger than 64 KiB.",
                415: "The body is not application/json.",
                422: "The body does not fit; `errors` say where.",
            }
        if any(parameter.required for parameter in self.query):
            found |= {400: "The query lacks something."}
        if self.access is not Access.OPEN:
            found |= {401: "The access token is missing or not good.", 403: "The user is locked."}
        if self.access is Access.ADMIN:
            found |= {403: "The user is locked, or no administrator."}
        if self.variables:
            found |= {404: "There is none of this id that is yours."}
        if self.conditional:
            found |= {412: "It has another version than If-Match names."}
        return dict(sorted({**found, **self.refusals, 500: "The service failed."}.items()))
