"""Sounds a server out that a configuration names: whether it takes a connection, and what it says to a TLS hello.

Sends no byte of HTTP and no credentials; judges nothing.
"""

import asyncio
import contextlib
import ssl

from ws101.observed import Sounding
from ws101.probe.connect import connect
from ws101.probe.stream import Ended

WITHIN = 1.0  # seconds; it is on this machine
_HELLO, _ALERT = b"\x16\x03", b"\x15\x03"  # how a record begins (RFC 8446, 5.1)


async def sound_out(address: str, port: int, within: float = WITHIN) -> Sounding:
    """Connect to one address of this machine, say hello in TLS, and tell what came of it."""
    try:
        stream = await connect(address, port, within)
    except Ended as end:
        return Sounding(end.ending)
    try:
        async with asyncio.timeout(within):
            await stream.send(_hello())
            said = await stream.receive()
    except TimeoutError:
        return Sounding()
    except OSError:
        said = b""
    finally:
        stream.close()
    if said.startswith(_ALERT):
        return Sounding()  # of a TLS server that wants a name, or of a plain one that says so politely
    if said.startswith(_HELLO):
        return Sounding(speaks="https")
    return Sounding(speaks="http" if said.startswith(b"HTTP/") else "other")


def _hello() -> bytes:
    """Return a ClientHello as OpenSSL writes it, without a server name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reads no authorities, which takes 30 ms
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing)
    with contextlib.suppress(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


async def sound_out_all(places: tuple[str, ...]) -> dict[str, Sounding]:
    """Sound out each `host:port`, side by side."""

    async def one(place: str) -> Sounding:
        host, _, port = place.rpartition(":")
        return await sound_out(host.strip("[]"), int(port))

    found = await asyncio.gather(*map(one, places))
    return dict(zip(places, found, strict=True))
