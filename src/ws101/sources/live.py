"""All sources as they are written to, from now on: files are looked at, streams are read by a thread each."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import BinaryIO

from msgspec import Struct, field

from ws101.errors import Unavailable
from ws101.sources import is_path

Piece = tuple[str, bytes]
Telling = Callable[[str], None]
_AHEAD = 64  # pieces that are held until they are asked for; then the writer waits


async def follow(
    names: Sequence[str],
    *,
    stdin: BinaryIO,
    environ: Mapping[str, str],
    told: Telling = lambda _: None,
    ready: Callable[[], None] = lambda: None,
) -> AsyncIterator[Piece]:
    """Yield (name, bytes) of what is written to these sources from now on; what goes wrong is `told` in a sentence.

    `ready` is called once the files are open: what is written to them after that is not missed.
    Ends when every source has ended, which files never do. Raise Unavailable for a source that is not there.
    """
    streams = [
        one for name in dict.fromkeys(names) if not is_path(name) for one in _streams(name, stdin, environ)
    ]
    paths = [name for name in names if is_path(name)]
    queue: asyncio.Queue[Piece | None] = asyncio.Queue()
    running = [asyncio.create_task(_pump_files(paths, queue, told, ready))] if paths else []
    for stream in streams:
        stream.start(queue, told)
    if not paths:
        ready()
    ended = 0
    try:
        while ended < len(streams) + len(running):
            piece = await queue.get()
            if piece is None:
                ended += 1
                continue
            yield piece
            for stream in streams:
                if stream.name == piece[0]:
                    stream.room.release()
    finally:
        for stream in streams:
            stream.stop()
        for task in running:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _pump_files(
    paths: Sequence[str], queue: asyncio.Queue[Piece | None], told: Telling, ready: Callable[[], None]
) -> None:
    from ws101.sources.following import follow_files

    try:
        async for piece in follow_files(paths, told=told, ready=ready):
            await queue.put(piece)
    finally:
        queue.put_nowait(None)


class _Stream(Struct):
    """One stream that blocks its reader; `interrupt` ends it from outside. `room` is for so many pieces ahead."""

    name: str
    lines: Callable[[Telling], Iterator[bytes]]
    interrupt: Callable[[], None] = lambda: None
    room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_AHEAD))
    stopped: threading.Event = field(default_factory=threading.Event)

    def start(self, queue: asyncio.Queue[Piece | None], told: Telling) -> None:
        loop = asyncio.get_running_loop()

        def tell(call: Callable[..., object], *values: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is over
                loop.call_soon_threadsafe(call, *values)

        def read() -> None:
            try:
                for data in self.lines(lambda said: tell(told, said)):
                    self.room.acquire()
                    if self.stopped.is_set():
                        return
                    tell(queue.put_nowait, (self.name, data))
            except Unavailable as missing:
                tell(told, str(missing))
            tell(queue.put_nowait, None)

        threading.Thread(target=read, daemon=True, name=self.name).start()

    def stop(self) -> None:
        self.stopped.set()
        self.room.release()
        self.interrupt()


def _streams(name: str, stdin: BinaryIO, environ: Mapping[str, str]) -> list[_Stream]:
    if name == "-":
        from ws101.sources import until_end

        return [_Stream("standard input", lambda _: until_end(stdin))]
    if name.startswith("journal:"):
        from ws101.sources import journal

        unit = name.removeprefix("journal:")
        return [_Stream(name, lambda _: journal.lines(unit, follow=True))]
    from ws101.sources import docker

    found = []
    for one in docker.named(docker.engine(environ), name):
        there = docker.engine(environ)  # one each: `close` ends all that it follows
        found.append(
            _Stream(
                f"docker:{one.name}",
                partial(there.followed, one),
                there.close,
            )
        )
    return found
