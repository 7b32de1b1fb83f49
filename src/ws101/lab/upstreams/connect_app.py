"""A forward proxy for CONNECT (RFC 9110, 9.3.6), every host being loopback; `scenario` is what it does to its clients.

`open` tunnels; `407`, `403` and `502` refuse; `strips` tunnels and takes Upgrade and Connection out of the first head;
`silent` never answers.
"""

import asyncio
import re
from contextlib import AbstractAsyncContextManager

from ws101.lab.accepting import accepting
from ws101.lab.upstreams.policy import Policy

_REFUSALS = {
    "407": b'407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="lab proxy"\r\n',
    "403": b"403 Forbidden\r\n",
    "502": b"502 Bad Gateway\r\n",
}
_UPGRADE = re.compile(rb"^(?:upgrade|connection):[^\r]*\r\n", re.IGNORECASE | re.MULTILINE)


def serving(policy: Policy) -> AbstractAsyncContextManager[int]:
    """Serve while the block runs; the port."""
    return accepting(lambda reader, writer: _tunnel(policy.scenario, reader, writer))


async def _tunnel(scenario: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    method, target = head.split(b" ", 2)[:2]
    if scenario == "silent":
        await reader.read()
        return
    if scenario in _REFUSALS or method != b"CONNECT":
        writer.write(
            b"HTTP/1.1 "
            + _REFUSALS.get(scenario, b"405 Method Not Allowed\r\n")
            + b"Content-Length: 0\r\n\r\n"
        )
        return
    inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", int(target.rpartition(b":")[2]))
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    try:
        if scenario == "strips":
            inner_writer.write(_UPGRADE.sub(b"", await reader.readuntil(b"\r\n\r\n")))
        async with asyncio.TaskGroup() as both:
            both.create_task(_pour(reader, inner_writer))
            both.create_task(_pour(inner_reader, writer))
    finally:
        inner_writer.close()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
