"""A piece of the network that can be cut and mended: a TCP relay in front of a port of 127.0.0.1."""

import asyncio
from contextlib import asynccontextmanager

from examples.site import listening


class Way:
    """What connects here comes to the target; `cut` resets all that is open, and until `mend` all that comes."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.is_cut = False
        self._open: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        self.is_cut = True
        for writer in self._open:
            writer.transport.abort()

    def mend(self) -> None:
        self.is_cut = False

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.transport.abort()
            return
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self.target)
        self._open |= {writer, inner_writer}
        try:
            await asyncio.gather(_pour(reader, inner_writer), _pour(inner_reader, writer))
        finally:
            self._open -= {writer, inner_writer}
            inner_writer.close()


@asynccontextmanager
async def way_to(target: int):
    """Relay to the target while the block runs; where nothing listens there, what connects is closed at once."""
    way = Way(target)
    async with listening(way.carry) as way.port:
        try:
            yield way
        finally:
            way.cut()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes on until the end, or until either side is cut off."""
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    writer.close()
