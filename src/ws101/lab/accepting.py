"""A handler of TCP connections that serves a port of loopback while a block runs; at its end none of them is left."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_PEER_IS_GONE = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


@asynccontextmanager
async def accepting(handle: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Yield the port. A connection is closed when its handler is done, or its peer is gone."""
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(*_PEER_IS_GONE):
                await handle(reader, writer)
        finally:
            writer.close()

    def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Python 3.11 reports a cancelled task of its own as a failure.
        task = asyncio.create_task(serve(reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    server = await asyncio.start_server(meet, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await server.wait_closed()
