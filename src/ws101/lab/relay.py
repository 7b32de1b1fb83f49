"""A TCP relay that delays what passes it, as a long way would; for measurements of what a round trip costs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


@asynccontextmanager
async def delaying(target_port: int, one_way_seconds: float) -> AsyncIterator[int]:
    """Relay to a port of 127.0.0.1 while the block runs, each direction's bytes late by `one_way_seconds`; yield the port.

    The kernel accepts at once, so the round trip of a connect is made up for: the client's first bytes, and the
    server's where it speaks or closes first, come as late as they would after a connect over the same way. Not modelled:
    a connect that sends nothing (it costs nothing), a refused one (it is accepted, then closed), a reset (it arrives as
    a close), bandwidth, loss, and TCP's slow start.
    """
    connections: set[asyncio.Task[None]] = set()

    def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_relay(reader, writer, target_port, one_way_seconds))
        connections.add(task)
        task.add_done_callback(connections.discard)

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await server.wait_closed()


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, delay: float) -> None:
    connected = asyncio.get_running_loop().time() + 2 * delay  # for the client; one way later for the server
    try:
        with suppress(OSError):
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                await asyncio.gather(
                    _pour(reader, inner_writer, delay, connected),
                    _pour(inner_reader, writer, delay, connected + delay),
                )
            finally:
                inner_writer.close()
    finally:
        writer.close()


async def _pour(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float, not_before: float
) -> None:
    """Pass bytes on, each `delay` after it came; what is still under way does not keep the next from being read."""
    time = asyncio.get_running_loop().time
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due, data = await under_way.get()
            await asyncio.sleep(due - time())
            if not data:
                break
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()

    async def collect() -> None:
        data = b"-"
        while data:
            try:
                data = await reader.read(65536)
            except ConnectionError:
                data = b""
            under_way.put_nowait((max(time(), not_before) + delay, data))

    await asyncio.gather(collect(), deliver())
