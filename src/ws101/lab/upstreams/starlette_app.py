"""Starlette on uvicorn: the handshake is looked at first, the app is asked second; `variant` is uvicorn's --ws."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from ws101.lab.upstreams import policy as rules
from ws101.lab.upstreams.asgi import serving_app
from ws101.lab.upstreams.policy import Policy, Refusal


@asynccontextmanager
async def serving(policy: Policy) -> AsyncIterator[int]:
    """Serve while the block runs; yield the port."""
    async with serving_app(_app(policy), policy) as port:
        yield port


class _Way:
    """A middleware that refuses by Host, proxy or load, as Starlette's own TrustedHostMiddleware does."""

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self._app, self._policy = app, policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        peer = scope["client"][0] if scope["client"] else ""
        refusal = rules.admit_way(self._policy, _target(scope), Headers(scope=scope).get, peer)
        await (_response(refusal) if refusal else self._app)(scope, receive, send)


def _app(policy: Policy) -> ASGIApp:
    async def notifications(websocket: WebSocket) -> None:
        refusal = rules.admit_origin(policy, websocket.headers.get)
        refusal = refusal or rules.admit_user(policy, _target(websocket.scope), websocket.headers.get)
        offered = websocket.headers.get("sec-websocket-protocol")
        chosen = rules.subprotocol(policy, offered)
        if policy.subprotocols and offered and chosen is None:
            refusal = refusal or Refusal(400, "no supported subprotocol")
        if refusal and not policy.late:
            await _refuse(websocket, refusal, denial=policy.scenario == "denial")
            return
        await websocket.accept(chosen)
        if refusal:
            await websocket.close(4401, "bad token")
            return
        await _echo(websocket)

    async def opened(websocket: WebSocket) -> None:
        await websocket.accept()
        await _echo(websocket)

    async def late(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.close(4401, "bad token")

    async def crash(_: WebSocket) -> None:
        raise RuntimeError("the app crashed, as asked")

    async def plain(_: Request) -> PlainTextResponse:
        return PlainTextResponse("a page without a socket\n")

    routes = [
        WebSocketRoute(rules.SOCKET_PATH, notifications),
        WebSocketRoute("/open", opened),
        WebSocketRoute("/late", late),
        WebSocketRoute("/crash", crash),
        Route("/plain", plain),
    ]
    return _Way(Starlette(routes=routes), policy)


async def _refuse(websocket: WebSocket, refusal: Refusal, *, denial: bool) -> None:
    if denial:
        await websocket.send_denial_response(_response(refusal))
    else:
        await websocket.close(1008)


async def _echo(websocket: WebSocket) -> None:
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        return


def _response(refusal: Refusal) -> PlainTextResponse:
    return PlainTextResponse(refusal.reason, refusal.status, dict(refusal.headers))


def _target(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"{scope['path']}?{query}" if query else str(scope["path"])
