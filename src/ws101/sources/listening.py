"""What all sources write while something else is done: what stood there before, as far as it is of use, and what is new."""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ws101.errors import Unavailable
from ws101.sources import is_path, open_sources
from ws101.sources.following import lines_before
from ws101.sources.live import follow
from ws101.sources.source import Unopened

_BEFORE = 8 << 20  # bytes of each source that are read to know what it logs
_BEFORE_SECONDS = 3600.0  # of a container's log, or a journal
_QUIET = 0.25  # seconds without a line, after which no more is expected; nginx writes at the end of a request
_PATIENCE = 2.0  # seconds in all


class Before(NamedTuple):
    """What stood in a source before: whole lines, and the number of the first one."""

    text: bytes = b""
    line: int = 1


class Heard(NamedTuple):
    """What one source held before, and each piece that came since, with the time at which it did."""

    before: Before
    new: tuple[tuple[float, bytes], ...]


class Listening:
    """Listens to sources from `start` until `settle`; `troubles` says in sentences what went wrong."""

    def __init__(self, names: Sequence[str], *, stdin: BinaryIO, environ: Mapping[str, str]) -> None:
        self._names, self._stdin, self._environ = tuple(dict.fromkeys(names)), stdin, environ
        self._before: dict[str, Before] = {}
        self._new: dict[str, list[tuple[float, bytes]]] = {}
        self._last = 0.0
        self._task: asyncio.Task[None] | None = None
        self.unopened: tuple[Unopened, ...] = ()
        self.troubles: list[str] = []

    async def start(self) -> None:
        """Begin to listen, and read what stood there before."""
        followed = await asyncio.to_thread(self._look_back)
        if followed:
            ready = asyncio.Event()
            self._task = asyncio.create_task(self._listen(followed, ready))
            waiting = asyncio.create_task(ready.wait())
            await asyncio.wait((waiting, self._task), return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()

    async def settle(self) -> Mapping[str, Heard]:
        """Wait until nothing more is written, for a while; return what stood before and what is new, by source."""
        await self.quiet(_QUIET, _PATIENCE)
        await self.stop()
        names = {**self._before, **self._new}
        return {
            name: Heard(self._before.get(name, Before()), tuple(self._new.get(name, ()))) for name in names
        }

    async def quiet(self, seconds: float, patience: float) -> None:
        """Wait until nothing was written for so many seconds, but no longer than `patience`, in seconds too."""
        asked = time.monotonic()
        while self._task is not None and not self._task.done():
            now = time.monotonic()
            if now - asked > patience or now - max(self._last, asked) > seconds:
                return
            await asyncio.sleep(seconds / 5)

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self, names: Sequence[str], ready: asyncio.Event) -> None:
        try:
            async for name, data in follow(
                names, stdin=self._stdin, environ=self._environ, told=self.troubles.append, ready=ready.set
            ):
                self._new.setdefault(name, []).append((time.time(), data))
                self._last = time.monotonic()
        except Unavailable as missing:
            self.troubles.append(str(missing))

    def _look_back(self) -> tuple[str, ...]:
        """Read what stood there before; return the names of those that can be listened to."""
        since = time.time() - _BEFORE_SECONDS
        opened, failed = open_sources(
            [name for name in self._names if name != "-"],
            since=since,
            stdin=self._stdin,
            environ=self._environ,
        )
        waited_for = {one.name for one in failed if is_path(one.name) and Path(one.name).parent.is_dir()}
        self.unopened = tuple(one for one in failed if one.name not in waited_for)
        lost = {one.name for one in self.unopened}
        for source in opened:
            if source.path is not None:
                self._before[source.name] = _end_of(source.path)
            else:
                self._before[source.name] = _end_of_stream(source.chunks())
            self.troubles += source.troubles
        return tuple(name for name in self._names if name not in lost)


def _end_of(path: Path) -> Before:
    """Return the last whole lines of a file, as many as are of use."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        size = file.seek(0, 2)
        start = max(0, size - _BEFORE)
        line = 1 + lines_before(path, start)
        file.seek(start)
        end = file.read(_BEFORE)
        return Before(end, line) if start == 0 else Before(end.partition(b"\n")[2], line + 1)
    return Before()


def _end_of_stream(chunks: Iterable[bytes]) -> Before:
    """Return the last whole lines of a stream, as many as are of use; never holds more than twice as much."""
    held, line = bytearray(), 1
    for chunk in chunks:
        held += chunk
        if len(held) > 2 * _BEFORE:
            line += _shorten(held)
    if len(held) > _BEFORE:
        line += _shorten(held)
    return Before(bytes(held), line)


def _shorten(held: bytearray) -> int:
    """Leave the last whole lines, as many as are of use; return how many go."""
    begin = held.find(b"\n", len(held) - _BEFORE - 1) + 1 or len(held)
    gone = held.count(b"\n", 0, begin)
    del held[:begin]
    return gone
