"""A WSGI application on the standard library's server: it has pages, and cannot have sockets (PEP 3333)."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIServer, make_server

from ws101.lab.upstreams import policy as rules
from ws101.lab.upstreams.policy import Policy

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@asynccontextmanager
async def serving(policy: Policy) -> AsyncIterator[int]:
    """Serve while the block runs; yield the port."""
    server = make_server("127.0.0.1", 0, _app(policy), server_class=_Server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()


def _app(policy: Policy) -> "WSGIApplication":
    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        status, headers, text = _answer(policy, environ)
        body = f"{text}\n".encode()
        fields = [*headers, ("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
        start_response(f"{status} {HTTPStatus(status).phrase}", fields)
        return [body]

    return app


def _answer(policy: Policy, environ: "WSGIEnvironment") -> tuple[int, tuple[tuple[str, str], ...], str]:
    path = environ["PATH_INFO"]
    if path == "/crash":
        raise RuntimeError("the app crashed, as asked")
    if path == "/plain":
        return 200, (), "a page without a socket"
    if path != rules.SOCKET_PATH:
        return 404, (), "not found"
    target = f"{path}?{environ.get('QUERY_STRING', '')}"
    refusal = rules.admit(
        policy,
        target,
        lambda name: environ.get(f"HTTP_{name.upper().replace('-', '_')}"),
        environ["REMOTE_ADDR"],
    )
    if refusal:
        return refusal.status, refusal.headers, refusal.reason
    return 200, (), "nothing new"
