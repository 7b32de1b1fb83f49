"""How a call is refused: every denial and failure as a problem document (RFC 9457) with its headers."""

from typing import ClassVar

from msgspec import UNSET
from msgspec.structs import replace
from starlette.responses import Response

from ws101.timers.problem import CONTENT_TYPE, REFUSALS, Problem, document, encode
from ws101.timers.server.denial import Denial, NotSignedIn, TooSoon

REALM = "ws101-timers"


class BadRequest(Denial):
    """The request cannot be read."""

    status = 400
    title = "Not understood"


class NoJson(Denial):
    """The body is of another type."""

    status = 415
    title = "Not JSON"


class TooLarge(Denial):
    """The body is too large."""

    status = 413
    title = "Too large"

    def __init__(self) -> None:
        super().__init__("The body is larger than 64 KiB.")


class TooSlow(Denial):
    """The body does not come."""

    status = 408
    title = "Too slow"

    def __init__(self) -> None:
        super().__init__("The body did not come in time.")


class Unavailable(Denial):
    """The service is not ready."""

    status = 503
    title = "Not ready"


class CredentialsRefused(Denial):
    """The access token is not good, for one of the causes of problem.REFUSALS."""

    status: ClassVar[int] = 401

    def __init__(self, cause: str, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause


def refuse(denial: Denial, trace_id: str) -> Response:
    """Return the answer to a call that was denied."""
    if isinstance(denial, CredentialsRefused):
        return _about_credentials(denial, trace_id)
    headers = {}
    wait = denial.retry_after if isinstance(denial, TooSoon) else 0
    if wait:
        headers["Retry-After"] = str(wait)
    if isinstance(denial, NotSignedIn):
        headers["WWW-Authenticate"] = f'Bearer realm="{REALM}"'
    if isinstance(denial, TooLarge | TooSlow):
        headers["Connection"] = "close"  # the rest of the body would be taken for the next request
    problem = Problem(
        title=denial.title,
        status=denial.status,
        detail=denial.detail,
        retry_after=wait or UNSET,
        trace_id=trace_id,
        errors=denial.errors or UNSET,
    )
    return answer(problem, headers)


def _about_credentials(denial: CredentialsRefused, trace_id: str) -> Response:
    refusal = REFUSALS[denial.cause]
    problem = replace(document(refusal, denial.detail, trace_id), trace=UNSET)  # it was no handshake
    headers = {}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = f'Bearer realm="{REALM}"'
        if denial.cause != "token-missing":  # RFC 6750, 3.1
            headers["WWW-Authenticate"] += f', error="invalid_token", error_description="{refusal.title}"'
    return answer(problem, headers)


def failed(trace_id: str) -> Response:
    """Return the answer to a call in which the service itself failed."""
    refusal = REFUSALS["server-error"]
    return answer(
        replace(document(refusal, "The failure is ours.", trace_id), trace=UNSET),
        {"Retry-After": str(refusal.retry_after)},
    )


def answer(problem: Problem, headers: dict[str, str]) -> Response:
    """Return a problem document as an answer."""
    return Response(encode(problem), problem.status, headers, media_type=CONTENT_TYPE)
