"""The `websockets` library's asyncio server: it asks for the token before it looks at the handshake."""

import asyncio
import http
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from ws101.lab.upstreams import policy as rules
from ws101.lab.upstreams.policy import Policy, Refusal
from ws101.lab.upstreams.tls import context

_SOCKETS = (rules.SOCKET_PATH, "/open", "/late", "/crash")
_LOGGER = logging.getLogger("websockets.server")


@asynccontextmanager
async def serving(policy: Policy) -> AsyncIterator[int]:
    """Serve while the block runs; yield the port."""

    def check(connection: ServerConnection, request: Request) -> Response | None:
        path = request.path.partition("?")[0]
        if path not in _SOCKETS:
            body = "a page without a socket\n" if path == "/plain" else "not found\n"
            return connection.respond(
                http.HTTPStatus.OK if path == "/plain" else http.HTTPStatus.NOT_FOUND, body
            )
        if path == "/crash":
            raise RuntimeError("the app crashed, as asked")
        if path != rules.SOCKET_PATH or policy.late:
            return None
        refusal = rules.admit(policy, request.path, request.headers.get, _peer(connection))
        return _response(refusal) if refusal else None

    async def handle(connection: ServerConnection) -> None:
        assert connection.request
        path, field = connection.request.path, connection.request.headers.get
        is_late = policy.late and rules.admit(policy, path, field, _peer(connection))
        if path.startswith("/late") or is_late:
            await connection.close(4401, "bad token")
            return
        if policy.idle_seconds is not None:
            await asyncio.sleep(policy.idle_seconds)
            connection.transport.abort()
            return
        async for message in connection:
            await connection.send(message)

    server = await serve(
        handle,
        "127.0.0.1",
        0,
        process_request=check,
        subprotocols=[Subprotocol(name) for name in policy.subprotocols] or None,
        logger=_LOGGER,
        ssl=context(policy),
        close_timeout=0.2,
    )
    try:
        yield next(iter(server.sockets)).getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def _response(refusal: Refusal) -> Response:
    body = f"{refusal.reason}\n".encode()
    fields = Headers([*refusal.headers, ("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return Response(refusal.status, http.HTTPStatus(refusal.status).phrase, fields, body)


def _peer(connection: ServerConnection) -> str:
    return str(connection.remote_address[0])
