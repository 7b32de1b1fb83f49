"""The delaying relay: bytes pass whole and in order, never sooner than the way is long."""

import asyncio

from ws101.lab.relay import delaying

_ONE_WAY = 0.02


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


def test_bytes_pass_late_whole_and_in_order():
    async def talk():
        server = await asyncio.start_server(_echo, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        clock = asyncio.get_running_loop().time
        async with server, delaying(port, _ONE_WAY) as front:
            began = clock()
            reader, writer = await asyncio.open_connection("127.0.0.1", front)
            writer.write(b"a" * 100_000 + b"b" * 100_000)
            writer.write_eof()
            first, at = await reader.readexactly(1), clock()
            data = first + await reader.read()
            writer.close()
        return data, at - began

    data, seconds = asyncio.run(talk())
    assert data == b"a" * 100_000 + b"b" * 100_000
    assert seconds >= 4 * _ONE_WAY - 0.001  # two for the connect, one there, one back


def test_a_server_that_speaks_first_is_heard_after_the_connect_and_the_way():
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()

    async def listen():
        server = await asyncio.start_server(greet, "127.0.0.1", 0)
        clock = asyncio.get_running_loop().time
        async with server, delaying(server.sockets[0].getsockname()[1], _ONE_WAY) as front:
            began = clock()
            reader, writer = await asyncio.open_connection("127.0.0.1", front)
            heard, at = await reader.read(), clock()
            writer.close()
        return heard, at - began

    heard, seconds = asyncio.run(listen())
    assert heard == b"hello"
    assert seconds >= 4 * _ONE_WAY - 0.001


def test_it_closes_with_the_block():
    async def leave():
        server = await asyncio.start_server(_echo, "127.0.0.1", 0)
        async with server:
            async with delaying(server.sockets[0].getsockname()[1], _ONE_WAY) as front:
                reader, writer = await asyncio.open_connection("127.0.0.1", front)
                writer.write(b"x")
                await reader.readexactly(1)
            rest = await reader.read()
            writer.close()
        return rest

    assert asyncio.run(leave()) == b""
