"""TCP to one address, or to the first of several that takes it."""

import asyncio
import socket
from collections.abc import Sequence

from ws101.attempt import Ending, Layer
from ws101.observed import Dial
from ws101.probe.clock import Stopwatch
from ws101.probe.stream import Ended, SocketStream, ending_of, words_of

# When every address fails, the ending that came nearest to a connection tells most.
_NEAREST = (Ending.REFUSED, Ending.RESET, Ending.TIMED_OUT, Ending.UNREACHABLE)


async def dial(address: str, port: int, within: float) -> Dial:
    """Connect to one address and close again; `within` is in seconds."""
    watch = Stopwatch()
    try:
        stream = await connect(address, port, within)
    except Ended as end:
        return Dial(address, connected=False, ending=end.ending, detail=end.detail, ms=watch.ms)
    stream.close()
    return Dial(address, connected=True, ending=Ending.ANSWERED, ms=watch.ms)


async def connect(address: str, port: int, within: float) -> SocketStream:
    """Connect to one IP address; raises Ended at the layer TCP."""
    sock: socket.socket | None = None
    try:
        family, place = _place(address, port)
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.settimeout(0)
        async with asyncio.timeout(within):
            await asyncio.get_running_loop().sock_connect(sock, place)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException as error:
        if sock is not None:
            sock.close()
        if isinstance(error, TimeoutError) and not error.errno:
            detail = f"no connection within {within:g} s"
            raise Ended(Layer.TCP, Ending.TIMED_OUT, detail) from None
        if isinstance(error, OSError):
            raise Ended(Layer.TCP, ending_of(error), words_of(error)) from None
        if isinstance(error, ValueError):
            raise Ended(Layer.TCP, Ending.UNREACHABLE, "this is no IP address") from None
        raise
    return SocketStream(sock)


async def connect_any(addresses: Sequence[str], port: int, within: float) -> tuple[str, SocketStream]:
    """Connect to the first address that takes it, in their order (RFC 8305 without its races: each try is a fact)."""
    if not addresses:
        raise Ended(Layer.NAME, Ending.UNKNOWN_NAME, "no address is known")
    ends = []
    for address in addresses:
        try:
            return address, await connect(address, port, within)
        except Ended as end:
            ends.append(end)
    raise min(ends, key=lambda end: _NEAREST.index(end.ending))


def _place(address: str, port: int) -> tuple[socket.AddressFamily, tuple[object, ...]]:
    numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    found = socket.getaddrinfo(address.strip("[]"), port, type=socket.SOCK_STREAM, flags=numeric)
    return found[0][0], found[0][4]
