"""aiohttp: its handler asks for the token, and then prepares the socket, which looks at the handshake."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import WSMsgType, web

from ws101.lab.upstreams import policy as rules
from ws101.lab.upstreams.policy import Policy, Refusal
from ws101.lab.upstreams.tls import context


@asynccontextmanager
async def serving(policy: Policy) -> AsyncIterator[int]:
    """Serve while the block runs; yield the port."""
    runner = web.AppRunner(_app(policy), handle_signals=False, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context(policy)).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _app(policy: Policy) -> web.Application:
    async def notifications(request: web.Request) -> web.StreamResponse:
        refusal = rules.admit(policy, request.path_qs, request.headers.get, request.remote or "")
        if refusal and not policy.late:
            return _response(refusal)
        socket = web.WebSocketResponse(protocols=policy.subprotocols, timeout=0.2)
        await socket.prepare(request)
        if refusal:
            await socket.close(code=4401, message=b"bad token")
        return await _echo(socket)

    async def opened(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(timeout=0.2)
        await socket.prepare(request)
        return await _echo(socket)

    async def late(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(timeout=0.2)
        await socket.prepare(request)
        await socket.close(code=4401, message=b"bad token")
        return socket

    async def crash(_: web.Request) -> web.StreamResponse:
        raise RuntimeError("the app crashed, as asked")

    async def plain(_: web.Request) -> web.StreamResponse:
        return web.Response(text="a page without a socket\n")

    app = web.Application()
    app.add_routes(
        [
            web.get(rules.SOCKET_PATH, notifications),
            web.get("/open", opened),
            web.get("/late", late),
            web.get("/crash", crash),
            web.get("/plain", plain),
        ]
    )
    return app


async def _echo(socket: web.WebSocketResponse) -> web.WebSocketResponse:
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
    return socket


def _response(refusal: Refusal) -> web.Response:
    return web.json_response({"error": refusal.reason}, status=refusal.status, headers=dict(refusal.headers))
