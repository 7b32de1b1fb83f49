"""What a call cannot do, as exceptions with the HTTP status that they become; knows no HTTP beyond that number."""

from typing import ClassVar

from ws101.errors import Ws101Error
from ws101.timers.problem import FieldError


class Denial(Ws101Error):
    """The base; `detail` is for the caller: what is the matter, and what would do."""

    status: ClassVar[int]
    title: ClassVar[str]

    def __init__(self, detail: str, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(detail)
        self.detail, self.errors = detail, errors


class NotFound(Denial):  # noqa: N818 - read as the fact that it is, as all of these
    """The user has nothing of that id; whether somebody else has is not said."""

    status = 404
    title = "Not found"


class Conflict(Denial):  # noqa: N818
    """The present state does not allow it."""

    status = 409
    title = "Not possible now"


class Changed(Denial):  # noqa: N818
    """It is no longer the version that If-Match names."""

    status = 412
    title = "Changed meanwhile"


class Invalid(Denial):  # noqa: N818
    """The body is well formed, and something in it does not fit what is there; `errors` say where."""

    status = 422
    title = "Not valid"


class NotSignedIn(Denial):  # noqa: N818
    """The credentials of the body are not good; which of them is not said."""

    status = 401
    title = "Not signed in"


class Forbidden(Denial):  # noqa: N818
    """The user is known, and may not do this."""

    status = 403
    title = "Not allowed"


class TooSoon(Denial):  # noqa: N818
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
