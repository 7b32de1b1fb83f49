"""The REST calls as an ASGI application: finds the operation, reads, lets it work, answers; no failure goes unsaid."""

from collections.abc import Iterable, Mapping
from email.utils import formatdate

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ws101.timers import wire
from ws101.timers.problem import Problem
from ws101.timers.server.api import reading, refusing
from ws101.timers.server.api.description import describe
from ws101.timers.server.api.operation import NOTIFICATIONS, Answer, Call, Operation
from ws101.timers.server.api.origins import with_origins
from ws101.timers.server.api.page import documentation, welcome
from ws101.timers.server.api.table import OPERATIONS, by_path
from ws101.timers.server.attempt import identify
from ws101.timers.server.denial import Denial
from ws101.timers.server.forwarding import Trust
from ws101.timers.server.parts import Parts


def app(parts: Parts) -> ASGIApp:
    """Return the application of a running service."""
    pages = {
        "openapi": msgspec.json.encode(describe(OPERATIONS)),
        "documentation": documentation(OPERATIONS).encode(),
        "welcome": welcome().encode(),
    }
    trust = Trust(parts.settings.trusted_proxies)
    routes = [
        Route(path, _Resource(parts, operations, pages, trust)) for path, operations in by_path().items()
    ]
    found: ASGIApp = Router(routes, redirect_slashes=False, default=_not_found)
    return _Front(parts, with_origins(found, parts.settings.origins))


class _Front:
    """Gives each request its trace id, and every answer too; logs what was answered."""

    def __init__(self, parts: Parts, inner: ASGIApp) -> None:
        self._parts, self._inner = parts, inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        trace_id = scope["trace_id"] = identify(Request(scope).headers.get("x-request-id", ""))
        status = 0

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _completed(message["headers"], trace_id)
            await send(message)

        await self._inner(scope, receive, send_marked)
        self._parts.logs.access(scope["method"], scope["path"], status, trace_id)


def _completed(headers: Iterable[tuple[bytes, bytes]], trace_id: str) -> list[tuple[bytes, bytes]]:
    """Return the headers with those that every answer has, unless it has them already."""
    found = list(headers)
    names = {name.lower() for name, _ in found}
    every = {b"x-request-id": trace_id, b"date": formatdate(usegmt=True), b"server": refusing.REALM}
    return found + [(name, value.encode()) for name, value in every.items() if name not in names]


class _Resource:
    """One path: its operations by method."""

    def __init__(
        self, parts: Parts, operations: Mapping[str, Operation], pages: Mapping[str, bytes], trust: Trust
    ) -> None:
        self._parts, self._operations, self._pages, self._trust = parts, operations, pages, trust
        self._path = next(iter(operations.values())).path
        implied = {"HEAD", "OPTIONS"} if "GET" in operations else {"OPTIONS"}
        self._allow = ", ".join(sorted({*operations, *implied}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except Denial as denial:
            response = refusing.refuse(denial, scope["trace_id"])
        except Exception as error:  # noqa: BLE001 - the log has its place, the client a document
            self._parts.logs.crashed(error, scope["trace_id"])
            response = refusing.failed(scope["trace_id"])
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if self._path != NOTIFICATIONS:  # those who ask for these are told in the words of handshakes
            reading.check_host(request)
        method = "GET" if request.method == "HEAD" else request.method
        operation = self._operations.get("GET" if self._path == NOTIFICATIONS else method)
        if request.method == "OPTIONS" and self._path != NOTIFICATIONS:
            return Response(status_code=204, headers={"Allow": self._allow})
        if operation is None:
            return self._not_allowed(request)
        call = await self._read(request, operation)
        return _response(operation, await operation.handler(call))

    async def _read(self, request: Request, operation: Operation) -> Call:
        identity = reading.identity(request, self._parts, operation.access)
        peer = request.client.host if request.client else ""
        return Call(
            parts=self._parts,
            operation=operation,
            identity=identity,
            pages=self._pages,
            path=request.path_params,
            query=reading.query(request, operation),
            body=await reading.body(request, operation),
            version=reading.version(request, operation),
            client=self._trust.client(peer, ", ".join(request.headers.getlist("x-forwarded-for"))),
            scope=request.scope,
        )

    def _not_allowed(self, request: Request) -> Response:
        problem = Problem(
            title="Method not allowed",
            status=405,
            detail=f"This path takes {self._allow}.",
            trace_id=request.scope["trace_id"],
        )
        return refusing.answer(problem, {"Allow": self._allow})


def _response(operation: Operation, answer: Answer) -> Response:
    status = answer.status or operation.status
    headers = dict(answer.headers)
    if answer.value is None:
        return Response(status_code=status, headers=headers)
    content = answer.value if isinstance(answer.value, bytes) else wire.encode(answer.value)
    typed = any(name.lower() == "content-type" for name in headers)
    return Response(content, status, headers, media_type=None if typed else operation.media)


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    problem = Problem(
        title="Not found",
        status=404,
        detail="Nothing is served at this path. All paths stand at /api/v1/docs.",
        trace_id=scope["trace_id"],
    )
    await refusing.answer(problem, {})(scope, receive, send)
