"""A TCP relay that delays what passes it, as a long way would; for measurements of what a round trip costs."""

import asyncio
from contextlib import AbstractAsyncContextManager

from ws101.lab.accepting import accepting


def delaying(target_port: int, one_way_seconds: float) -> AbstractAsyncContextManager[int]:
    """Relay to a port of 127.0.0.1 while the block runs, each direction's bytes late by `one_way_seconds`; the port.

    The kernel accepts at once, so the round trip of a connect is made up for: the client's first bytes, and the
    server's where it speaks or closes first, come as late as they would after a connect over the same way. Not modelled:
    a connect that sends nothing (it costs nothing), a refused one (it is accepted, then closed), a reset (it arrives as
    a close), bandwidth, loss, and TCP's slow start.
    """
    return accepting(lambda reader, writer: _relay(reader, writer, target_port, one_way_seconds))


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, delay: float) -> None:
    connected = asyncio.get_running_loop().time() + 2 * delay  # for the client; one way later for the server
    inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        await asyncio.gather(
            _pour(reader, inner_writer, delay, connected),
            _pour(inner_reader, writer, delay, connected + delay),
        )
    finally:
        inner_writer.close()


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
