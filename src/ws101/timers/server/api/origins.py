"""Lets pages of some origins call from a browser (CORS); a preflight that is refused is told why as everything else is."""

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ws101.timers.problem import Problem
from ws101.timers.server.api import refusing

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
HEADERS = ("Authorization", "Content-Type", "If-Match", "X-Request-Id")
EXPOSED = ("ETag", "Location", "Retry-After", "X-Request-Id")

# What the middleware says of a refused preflight, and what would be allowed.
_SAID = "Disallowed CORS "
_ALLOWED = {
    "origin": "the Origin is none of those that --origin names",
    "method": f"the method is none of {', '.join(METHODS)}",
    "headers": f"the headers are not all of {', '.join(HEADERS)}",
    "private-network": "the page is of a public network, and this is a private one",
}


def with_origins(inner: ASGIApp, origins: tuple[str, ...]) -> ASGIApp:
    """Return the application, which pages of these origins may call."""
    return _Origins(inner, origins) if origins else inner


class _Origins(CORSMiddleware):
    """Starlette's, but for the words of a refusal."""

    def __init__(self, inner: ASGIApp, origins: tuple[str, ...]) -> None:
        super().__init__(
            inner, allow_origins=origins, allow_methods=METHODS, allow_headers=HEADERS, expose_headers=EXPOSED
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if scope["method"] == "OPTIONS" and {"origin", "access-control-request-method"} <= set(headers):
            response = self.preflight_response(headers)
            if response.status_code >= 400:
                response = _told(response, scope["trace_id"])
            await response(scope, receive, send)
            return
        await super().__call__(scope, receive, send)


def _told(response: Response, trace_id: str) -> Response:
    failures = bytes(response.body).decode().removeprefix(_SAID).split(", ")
    why = "; ".join(_ALLOWED.get(failure, failure) for failure in failures)
    problem = Problem(
        title="Refused to this page",
        status=response.status_code,
        detail=f"A browser asked whether a page may call this, and it may not: {why}.",
        trace_id=trace_id,
    )
    kept = {name: value for name, value in response.headers.items() if not name.startswith("content-")}
    return refusing.answer(problem, kept)
