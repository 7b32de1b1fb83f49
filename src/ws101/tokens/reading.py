"""One token as the doctor sees it: where it travels, what it says, what a verifier would say. Values only."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from ws101.private import Private


class Place(StrEnum):
    """Where in a handshake a token travels."""

    HEADER = "the Authorization header"
    FIELD = "a header field of its own"
    QUERY = "the query"
    COOKIE = "a cookie"
    SUBPROTOCOL = "the subprotocol"


class Flaw(StrEnum):
    """What is wrong with a token; each is the slug of the cause that it makes, or a form of `token-malformed`."""

    EXPIRED = "token-expired"
    NOT_YET_VALID = "token-not-yet-valid"
    SIGNATURE = "token-signature-invalid"
    ALGORITHM = "token-algorithm-refused"
    KEY = "token-key-unknown"
    AUDIENCE = "token-audience-wrong"
    ISSUER = "token-issuer-wrong"
    MALFORMED = "token-malformed"


class Credential(Private, frozen=True):
    """A token as it stands in the request: its `place`, the field, parameter or cookie's `name`, the scheme before it."""

    place: Place
    name: str
    scheme: str
    value: str


class Problem(Struct, frozen=True):
    """One flaw, in a sentence without any part of the token's secret."""

    flaw: Flaw
    text: str


class TokenReading(Private, frozen=True):
    """What is known of the request's token; `problems` were found with the clock and keys that were given.

    `header` and `claims` are None when it is no JWT. `clock` names the clock used ("the server's" or "this machine's").
    `signature_checked` says whether a secret or key was at hand, and `secret_read` what had to be done to that secret
    before the signature fitted it, if anything. `audience` and `issuer` are what was expected, None where nobody knew.
    `size` is the token's length in bytes.
    """

    credential: Credential
    size: int
    header: Mapping[str, object] | None = None
    claims: Mapping[str, object] | None = None
    problems: tuple[Problem, ...] = ()
    clock: str = ""
    signature_checked: bool = False
    secret_read: str = ""
    audience: str | None = None
    issuer: str | None = None

    def has(self, flaw: Flaw) -> Problem | None:
        """Return the problem of this kind, if there is one."""
        return next((problem for problem in self.problems if problem.flaw is flaw), None)
