"""What happens on the socket after a 101, watched for a while; never says what it means."""

import asyncio
import os

from ws101.attempt import Aftermath
from ws101.handshake.answer import Answer
from ws101.handshake.frames import Frame, FrameReader, Opcode, build_frame
from ws101.probe.clock import Stopwatch
from ws101.probe.limits import Limits
from ws101.probe.reading import hasten
from ws101.probe.stream import Stream

_PING = b"ws101"
_GOING_AWAY = (1001).to_bytes(2, "big")  # RFC 6455, 7.4.1
_KEPT = 1024
_FAREWELL_SECONDS = 0.2


class _Watch:
    """What has been seen since the 101."""

    def __init__(self, stream: Stream, answer: Answer) -> None:
        self.stream = stream
        self.frames = FrameReader(_extensions(answer))
        self.clock = Stopwatch()
        self.first_bytes = b""
        self.pong = False
        self.closed_after: float | None = None
        self.close: Frame | None = None

    async def take(self, data: bytes) -> None:
        """Take what the peer sent; its pings are answered, as every client does."""
        self.first_bytes += data[: _KEPT - len(self.first_bytes)]
        for frame in self.frames.feed(data):
            if frame.opcode == Opcode.PONG and frame.payload == _PING:
                self.pong = True
            elif frame.opcode == Opcode.PING:
                await self.say(Opcode.PONG, frame.payload[:125])
            elif frame.opcode == Opcode.CLOSE and self.close is None:
                self.close = frame
                self.closed_after = self.clock.seconds

    async def say(self, opcode: Opcode, payload: bytes) -> None:
        await self.stream.send(build_frame(opcode, payload, os.urandom(4)))

    async def until_closed(self, deadline: asyncio.Timeout, after_pong: float) -> None:
        while self.closed_after is None:
            data = await self.stream.receive()
            if not data:
                return
            await self.take(data)
            if self.pong:
                hasten(deadline, after_pong - self.clock.seconds)


async def watch(stream: Stream, answer: Answer, limits: Limits) -> Aftermath:
    """Watch until the peer closes or the time is over: `limits.hold` seconds in silence, or `limits.linger` with a ping."""
    seen = _Watch(stream, answer)
    try:
        async with asyncio.timeout(limits.hold or limits.linger) as deadline:
            await seen.take(answer.rest)
            if limits.hold <= 0:
                await seen.say(Opcode.PING, _PING)
            await seen.until_closed(deadline, limits.after_pong)
        closed = True
    except TimeoutError as error:
        closed = bool(error.errno)
    except OSError:
        closed = True
    if closed and seen.closed_after is None:
        seen.closed_after = seen.clock.seconds
    watched = seen.clock.seconds
    await _take_leave(seen)
    return Aftermath(
        watched=watched,
        closed_after=seen.closed_after,
        close_code=seen.close.close_code if seen.close else None,
        close_reason=seen.close.close_reason if seen.close else "",
        pong=seen.pong,
        first_bytes=seen.first_bytes,
        breaches=seen.frames.breaches,
    )


async def _take_leave(seen: _Watch) -> None:
    """Send a close frame, so that the server does not log a lost connection; waits for nothing."""
    if seen.closed_after is not None and seen.close is None:
        return
    payload = seen.close.payload[:2] if seen.close else _GOING_AWAY
    try:
        async with asyncio.timeout(_FAREWELL_SECONDS):
            await seen.say(Opcode.CLOSE, payload)
    except OSError:
        return


def _extensions(answer: Answer) -> tuple[str, ...]:
    return tuple(
        member.partition(";")[0].strip() for member in answer.headers.tokens("sec-websocket-extensions")
    )
