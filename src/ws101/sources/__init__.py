"""Where logs come from: files, standard input, containers, journals. Reads bytes; knows no format and judges nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import BinaryIO

from ws101.errors import Unavailable
from ws101.sources.source import CHUNK, Source, Unopened

KINDS = ("docker:", "compose:", "journal:")


def open_sources(
    names: Sequence[str], *, since: float | None, stdin: BinaryIO, environ: Mapping[str, str]
) -> tuple[tuple[Source, ...], tuple[Unopened, ...]]:
    """Return the logs of these names, and those that cannot be read.

    A name is `-` for `stdin`, `docker:NAME`, `compose:SERVICE` or `compose:PROJECT/SERVICE`, `journal:UNIT`, or else a
    path, a directory or a pattern. What was written before `since` (seconds since the epoch) may be left out.
    """
    from ws101.sources.file import open_files

    opened: list[Source] = []
    unopened: list[Unopened] = []
    for name in dict.fromkeys(names):
        if not is_path(name):
            found, why = _special(name, since, stdin, environ)
            opened += found
            unopened += why
    files, failed = open_files([name for name in names if is_path(name)], since=since)
    return (*files, *opened), (*failed, *unopened)


def is_path(name: str) -> bool:
    """Return whether a source is a file, by its name; `./docker:x` is one."""
    return name != "-" and not name.startswith(KINDS)


def _special(
    name: str, since: float | None, stdin: BinaryIO, environ: Mapping[str, str]
) -> tuple[list[Source], list[Unopened]]:
    if name == "-":
        return [Source("standard input", lambda: until_end(stdin))], []
    try:
        if name.startswith("journal:"):
            from ws101.sources import journal

            unit = name.removeprefix("journal:")
            return [_told(name, lambda: journal.lines(unit, since=since))], []
        return _containers(name, since, environ), []
    except Unavailable as missing:
        return [], [Unopened(name, f"{missing.what} is not available here", missing.do)]


def _containers(name: str, since: float | None, environ: Mapping[str, str]) -> list[Source]:
    from ws101.sources import docker

    there = docker.engine(environ)
    return [
        _told(f"docker:{one.name}", partial(there.lines, one, since=since))
        for one in docker.named(there, name)
    ]


def _told(name: str, lines: Callable[[], Iterator[bytes]]) -> Source:
    """Return a source whose end before its time is told, and no exception."""
    troubles: list[str] = []

    def chunks() -> Iterator[bytes]:
        try:
            yield from lines()
        except Unavailable as missing:
            troubles.append(str(missing))

    return Source(name, chunks, troubles=troubles)


def until_end(stream: BinaryIO) -> Iterator[bytes]:
    """Yield what a stream gives, as soon as it does."""
    read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    while chunk := read(CHUNK):
        yield chunk
