"""The websockets library on uvloop: `process_request` checks the token, nothing is compressed or logged."""

import asyncio
import http

import uvloop
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from peers.given import HOST, PATH, given
from peers.publishing import Publisher, listen
from peers.token_check import checking

UNAUTHORIZED = '{"title":"The token is not valid","status":401,"detail":"The signature does not fit."}\n'


async def main() -> None:
    task = given()
    check, publisher = checking(task), Publisher()

    def admit(connection: ServerConnection, request: Request) -> Response | None:
        if request.path != PATH:
            return connection.respond(http.HTTPStatus.NOT_FOUND, "Not found\n")
        if check(request.headers.get("Authorization")) is None:
            response = connection.respond(http.HTTPStatus.UNAUTHORIZED, UNAUTHORIZED)
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        return None

    async def handle(connection: ServerConnection) -> None:
        async def send(text: bytes) -> None:
            await connection.send(text, text=True)

        publisher.add(connection, send)
        try:
            async for _ in connection:
                pass
        finally:
            publisher.remove(connection)

    await listen(publisher, task.control)
    async with serve(handle, HOST, task.port, process_request=admit, compression=None, backlog=4096):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    uvloop.run(main())
