"""`ws101 logs --follow`: each record of a handshake as it is written, then what the handshake came to; a report at the end."""

import argparse
import asyncio
import contextlib
import glob
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ws101.cli import show, streams
from ws101.cli.terminal import face
from ws101.logbook import Desk, Inquiry
from ws101.logs.entry import Entry
from ws101.logs.story import Story
from ws101.render.ink import Ink
from ws101.render.ticker import record, verdict
from ws101.sources import is_path
from ws101.sources.file import watched
from ws101.sources.following import lines_before
from ws101.sources.live import follow as follow_sources

_QUIET = 0.1  # seconds without a line, after which an open record is read as it is
_PATIENCE = 2.0  # seconds that other hops have to write of the same handshake
_DRAWN = 64  # stories judged at once; under a flood the others are told in the report


def follow(asked: Inquiry, options: argparse.Namespace) -> int:
    """Show what is written until Ctrl-C, then the report on all of it; return its exit status."""
    ticker = _Ticker(asked, options)
    asyncio.run(ticker.run())
    report = ticker.desk.report()
    status = show.show(report, options)
    show.keep(report, options.save)
    return status


class _Ticker:
    """What is shown while logs are followed; nothing but the report where it is asked for in another format."""

    def __init__(self, asked: Inquiry, options: argparse.Namespace) -> None:
        look = face(sys.stdout, options.color)
        self.desk = Desk(asked)
        self.desk.prepare()
        self._ink = Ink(look.width, look.colour, look.ascii_only)
        self._shown = options.format == "text" and not options.output
        self._heard = self._latest = 0.0

    async def run(self) -> None:
        """Read until every source has ended, or Ctrl-C."""
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        loop.add_signal_handler(signal.SIGINT, stop.set)
        reading, stopping = asyncio.create_task(self._read()), asyncio.create_task(stop.wait())
        tasks = (reading, stopping, asyncio.create_task(self._settle()))
        try:
            await asyncio.wait((reading, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for end in ended:
            if isinstance(end, Exception):
                raise end
        for reader in self.desk.readers.values():
            self._take(reader.finish(), time.time())
        self._tell(tuple(self.desk.joiner.finish()))

    async def _read(self) -> None:
        names = self.desk.inquiry.sources
        before: dict[
            str, asyncio.Task[int]
        ] = {}  # the lines of each file that stood there, counted in a thread

        def ready() -> None:
            for path in watched([name for name in names if is_path(name)]):
                with contextlib.suppress(FileNotFoundError):
                    counting = asyncio.to_thread(lines_before, path, path.stat().st_size)
                    before[str(path)] = asyncio.create_task(counting)
                    self.desk.reader(str(path))
            streams.complain(f"following {', '.join(names)}; Ctrl-C ends it and shows the report")
            for name in names:
                if is_path(name) and glob.escape(name) == name and not Path(name).exists():
                    streams.complain(f"{name} is not there yet; it is waited for")

        async for name, data in follow_sources(
            names, stdin=sys.stdin.buffer, environ=os.environ, told=streams.complain, ready=ready
        ):
            self._heard = time.monotonic()
            number = 1 + await before.pop(name) if name in before else None
            self._take(self.desk.reader(name).feed(data, number), time.time())

    async def _settle(self) -> None:
        """Read open records when nothing comes for a moment, and tell the stories that are over."""
        looked = time.monotonic()
        while True:
            await asyncio.sleep(_QUIET)
            now = time.monotonic()
            if now - self._heard >= _QUIET:
                for reader in self.desk.readers.values():
                    self._take(reader.pause(), time.time())
            if now - looked >= _PATIENCE:
                looked = now
                over = now - self._heard >= _PATIENCE
                joiner = self.desk.joiner
                self._tell(tuple(joiner.finish() if over else joiner.settle(self._latest - _PATIENCE)))

    def _take(self, entries: Sequence[Entry], arrived: float) -> None:
        chosen = list(self.desk.chosen(entries, arrived))
        self._latest = max((self._latest, *(entry.time for entry in chosen if entry.time is not None)))
        asks = self.desk.concern.asks_for
        self._say([record(entry, self._ink) for entry in chosen if asks((entry,))])
        self._tell(tuple(self.desk.joiner.feed(chosen)))

    def _tell(self, stories: Sequence[Story]) -> None:
        self.desk.count(stories)
        asked = tuple(filter(self.desk.asked, stories))
        self._say([verdict(self.desk.ending(story), story, self._ink) for story in asked[:_DRAWN]])

    def _say(self, lines: Sequence[str]) -> None:
        if self._shown and lines:
            streams.say("\n".join(lines) + "\n")
