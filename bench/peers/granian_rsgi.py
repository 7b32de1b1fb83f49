"""Granian with its own RSGI interface, one worker: HTTP and frames in Rust, the application in Python."""

import asyncio
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings

from peers.given import HOST, PATH, given
from peers.publishing import Publisher, listen
from peers.token_check import checking

CLOSED = 0  # the kind of a message that is the end


class Application:
    """What Granian calls in its worker."""

    def __init__(self) -> None:
        self._check = checking(given())
        self._publisher = Publisher()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.run_until_complete(listen(self._publisher, given().control))

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        if scope.proto != "ws" or scope.path != PATH:
            protocol.response_str(404, [("content-type", "text/plain")], "Not found\n")
        elif self._check(scope.headers.get("authorization")) is None:
            protocol.close(401)
        else:
            await self._hold(await protocol.accept())

    async def _hold(self, transport: Any) -> None:
        async def send(text: bytes) -> None:
            await transport.send_str(text.decode())

        self._publisher.add(transport, send)
        try:
            while (await transport.receive()).kind != CLOSED:
                pass
        finally:
            self._publisher.remove(transport)


def application() -> Application:
    return Application()


if __name__ == "__main__":
    Granian(
        "peers.granian_rsgi:application", address=HOST, port=given().port, interface=Interfaces.RSGI,
        workers=1, loop=Loops.uvloop, http=HTTPModes.http1, http1_settings=HTTP1Settings(), backlog=4096,
        log_enabled=False, factory=True,
    ).serve()  # fmt: skip
