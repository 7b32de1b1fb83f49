"""What a call cannot do, as exceptions with the HTTP status that they become; knows no HTTP beyond that number."""

from typing import ClassVar

from ws101.errors import Ws101Error
from ws101.timers.problem import FieldError


class Denial(Ws101Error):  # noqa: N818 - each is read as the fact that it is
    """The base; `detail` is for the caller: what is the matter, and what would do."""

    status: ClassVar[int]
    title: ClassVar[str]

    def __init__(self, detail: str, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(detail)
        self.detail, self.errors = detail, errors


class NotFound(Denial):
    """The user has nothing of that id; whether somebody else has is not said."""

    status = 404
    title = "Not found"


class Conflict(Denial):
    """The present state does not allow it."""

    status = 409
    title = "Not possible now"


class Changed(Denial):
    """It is no longer the version that If-Match names."""

    status = 412
    title = "Changed meanwhile"


class Invalid(Denial):
    """The body is well formed, and something in it does not fit what is there; `errors` say where."""

    status = 422
    title = "Not valid"


class NotSignedIn(Denial):
    """The credentials of the body are not good; which of them is not said."""

    status = 401
    title = "Not signed in"


class Forbidden(Denial):
    """The user is known, and may not do this."""

    status = 403
    title = "Not allowed"


class TooSoon(Denial):
    """It may be tried again after `retry_after` seconds."""

    status = 429
    title = "Too many tries"

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Busy(TooSoon):
    """The service cannot take it up now."""

    status = 503
    title = "Busy"
