"""A single look at the service's clock over an open socket, for who does not stay."""

from ws101.timers import wire
from ws101.timers.client.connection import Connection
from ws101.timers.client.messages import read
from ws101.timers.client.offset import Offset
from ws101.timers.clock import Clock

_PINGS = 5


async def measure(connection: Connection, clock: Clock) -> Offset:
    """Return what several pings tell; raise Closed where the service does not stay either."""
    offset = Offset()
    for _ in range(_PINGS):
        sent = clock.monotonic()
        connection.send(wire.encode(wire.Ping(client_time=clock.now())))
        while not isinstance(pong := read(await connection.receive()), wire.Pong):
            continue
        offset = offset.heard(sent, clock.monotonic(), pong.server_time)
    return offset
