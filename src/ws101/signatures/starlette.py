"""Starlette and FastAPI: what their routers answer to plain requests.

An upgrade that arrives never meets these 404s: on an unknown path it is closed before it is accepted, which the server
turns into 403. Koa, for Node.js, writes the same plain-text 404; only the Server field tells them apart.
"""

from ws101.signature import Says, Signature
from ws101.signatures.marks import PLAIN_TEXT, Mark, server, whole
from ws101.terms import Hop

_STARLETTE = "observed: Starlette 1.10.0 in uvicorn 0.54.0, hypercorn 0.18.0, daphne 4.2.3 and granian 2.8.7"
_FASTAPI = "observed: FastAPI 0.165.0 in uvicorn 0.54.0 and hypercorn 0.18.0"
_ASGI = server(r"(?:uvicorn|hypercorn-|daphne|granian)")


def _text(name: str, software: str, says: Says, status: int, body: str, *headers: Mark) -> Signature:
    return Signature(
        name,
        software,
        Hop.SERVER,
        says,
        _STARLETTE,
        frozenset({status}),
        whole(body),
        headers=(PLAIN_TEXT, *headers),
    )


def _detail(name: str, says: Says, statuses: set[int], detail: str) -> Signature:
    body = rf'\A{{"detail":"{detail}"}}\Z'
    return Signature(f"fastapi-{name}", "fastapi", Hop.SERVER, says, _FASTAPI, frozenset(statuses), body)


SIGNATURES = (
    _text("starlette-404", "starlette", Says.PLAIN_NOT_FOUND, 404, "Not Found", _ASGI),
    _text("plain-text-404", "the server", Says.NOT_A_HANDSHAKE, 404, "Not Found"),
    _text("starlette-405", "starlette", Says.METHOD, 405, "Method Not Allowed", _ASGI),
    _text("starlette-host", "starlette", Says.HOST, 400, "Invalid host header"),
    _text("starlette-500", "starlette", Says.ERROR, 500, "Internal Server Error", _ASGI),
    _detail("404", Says.PLAIN_NOT_FOUND, {404}, "Not Found"),
    _detail("405", Says.METHOD, {405}, "Method Not Allowed"),
    _detail("credentials", Says.CREDENTIALS, {401, 403}, "(?:Not authenticated|Unauthorized)"),
)
