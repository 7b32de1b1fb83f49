"""Reads a configuration of nginx from disk, from a directory laid out as in a container, or from a dump of `nginx -T`.

Knows paths, globs and sizes, and no directive; writes nothing.
"""

import errno
import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ws101.errors import UnreadableInput
from ws101.nginx.glob import fits, is_glob
from ws101.nginx.include import MOST_FILES, Configuration, Source, assemble, dumped

LARGEST = 32 << 20  # bytes of one file, or of a dump
_MORE = 4096  # bytes that are asked for beyond a file's size
_LINKS = 40  # in one path, as in Linux
_MAIN = ("nginx.conf", "etc/nginx/nginx.conf", "conf/nginx.conf")
_USUAL = "/etc/nginx/nginx.conf"
# A file of these directories is included by a main file beside the directory, and its own includes are looked up there.
_PARTS = frozenset(
    {"conf.d", "default.d", "http.d", "servers", "sites-available", "sites-enabled", "snippets", "vhosts.d"}
)
_STREAM = re.compile(r"/dev/(?:stdin|fd/\d+)|/proc/(?:self|\d+)/fd/\d+")
_KINDS = {
    stat.S_IFDIR: "a directory", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}  # fmt: skip


class Opened(NamedTuple):
    """A configuration, and whether it came from a dump: then the names of its files are those of another machine, maybe."""

    configuration: Configuration
    dump: bool = False


def read_configuration(path: str, root: str | None = None) -> Configuration:
    """Return the configuration that a path names; see `open_configuration`."""
    return open_configuration(path, root).configuration


def open_configuration(path: str, root: str | None = None) -> Opened:
    """Read a file, a directory that holds an nginx.conf, or a dump of `nginx -T` (a file, or `-`).

    With `root`, absolute paths are looked up below it, and the files are named as they are there. Raises UnreadableInput where
    the main file cannot be read; what else cannot be is among the configuration's troubles.
    """
    if path == "-" or _STREAM.fullmatch(path):
        return _from_stream(path)
    disk = _Disk(root)
    main = disk.main(path)
    source = disk.source(main)
    if source.text is None:
        raise UnreadableInput(path, source.why, "Name a configuration of nginx, or pipe `nginx -T` into `-`.")
    return _opened(main, source.text, disk)


def place_of(name: str, root: str | None = None) -> Path:
    """Return where a file of a configuration that was read lies on this disk, its symbolic links followed below `root`.

    Raises OSError where it is gone.
    """
    return Path(_Disk(root).real(name))


def _from_stream(path: str) -> Opened:
    if path == "-" and sys.stdin.isatty():
        raise UnreadableInput("-", "nothing is piped in", "Write: nginx -T | ws101 nginx …")
    try:
        with Path("/dev/stdin" if path == "-" else path).open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise UnreadableInput(
            path, error.strerror or "it cannot be read", "Pipe `nginx -T` into it."
        ) from None
    text, why = _text(content)
    if text is None or not text.strip():
        raise UnreadableInput(path, why or "it is empty", "Pipe what `nginx -T` prints into it.")
    return _opened("stdin" if path == "-" else path, text, _Disk(None))


def _opened(main: str, text: str, disk: "_Disk") -> Opened:
    dump = dumped(text)
    if dump is not None:
        return Opened(assemble(*dump), dump=True)
    first = Source(main, text)
    return Opened(assemble(main, lambda pattern: (first,) if pattern == main else disk.read(pattern, main)))


def _text(content: bytes, size: int = 0) -> tuple[str | None, str]:
    """Return the text, bytes that are no UTF-8 kept as surrogates; None and the reason for what is no text."""
    if max(len(content), size) > LARGEST:
        return None, f"it is larger than {LARGEST >> 20} MiB"
    if b"\0" in content:
        return None, "it is no text: it holds NUL bytes"
    return content.decode("utf-8", errors="surrogateescape"), ""


class _Disk:
    """The files as nginx would see them; with a root, as one would that runs below it."""

    def __init__(self, root: str | None) -> None:
        self._root = None if root is None else os.path.realpath(root)
        if self._root is not None and not Path(self._root).is_dir():
            raise UnreadableInput(
                f"--root {root}", "it is no directory", "Name the directory that stands for /."
            )

    # ---- which file is meant

    def main(self, path: str) -> str:
        """Return the name of the main file that a user's path means."""
        name = self._below_root(path)
        try:
            if not stat.S_ISDIR(Path(self.real(name)).stat().st_mode):
                return name
        except (OSError, ValueError):
            return name
        for usual in _MAIN:
            if self.source(inside := os.path.join(name, usual)).text is not None:  # noqa: PTH118 - it stays as given
                return inside
        raise UnreadableInput(path, f"there is no {_MAIN[0]} in this directory", "Name the main file itself.")

    def _below_root(self, path: str) -> str:
        """Return a path as it is called below the root: what lies there on this disk, or what is called so there."""
        if self._root is None:
            return path
        whole = os.path.realpath(path)
        if whole == self._root:
            return _USUAL
        if whole.startswith(f"{self._root}{os.sep}"):
            return whole[len(self._root) :]
        return path if path.startswith("/") else f"/{path}"

    def real(self, name: str) -> str:
        """Return the path on this disk, without symbolic links where a root must not be left; raises OSError."""
        if self._root is None:
            return name
        waiting, taken, links = name.split("/")[::-1], [self._root], 0
        while waiting:
            part = waiting.pop()
            if part in {"", "."}:
                continue
            if part == "..":
                del taken[max(1, len(taken) - 1) :]
                continue
            here = "/".join((*taken, part))
            if not stat.S_ISLNK(os.lstat(here).st_mode):
                taken.append(part)
                continue
            links += 1
            if links > _LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
            target = str(Path(here).readlink())
            if target.startswith("/"):
                taken = [self._root]
            waiting += target.split("/")[::-1]
        return "/".join(taken)

    # ---- what stands in it

    def read(self, pattern: str, main: str) -> tuple[Source, ...]:
        """Return what an `include` names; of a part of a configuration, also what lies where its main file would."""
        found = tuple(map(self.source, self._names(pattern)))
        directory, _, _ = main.rpartition("/")
        above, _, last = directory.rpartition("/")
        if found or last not in _PARTS or not pattern.startswith(f"{directory}/"):
            return found
        beside = pattern[len(directory) + 1 :]
        return tuple(
            map(self.source, self._names(f"{above}/{beside}" if above or directory[:1] == "/" else beside))
        )

    def source(self, name: str) -> Source:
        """Read one file; waits for nothing."""
        try:
            flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
            descriptor = os.open(self.real(name), flags)
        except (OSError, ValueError) as error:
            return Source(name, None, _words(error))
        try:
            return Source(name, *_content(descriptor))
        except OSError as error:
            return Source(name, None, _words(error))
        finally:
            os.close(descriptor)

    # ---- globs

    def _names(self, pattern: str) -> list[str]:
        """Return the names that a pattern matches, sorted by their bytes; the pattern itself where it is none and is there."""
        if not is_glob(pattern):
            return [pattern] if self._there(pattern) else []
        start = "/" if pattern.startswith("/") else ""
        found = self._matching(start, [part for part in pattern.split("/") if part])
        names = [name for name, _ in zip(found, range(MOST_FILES + 1), strict=False)]
        return sorted(names, key=os.fsencode)

    def _matching(self, directory: str, parts: list[str]) -> Iterator[str]:
        part, rest = parts[0], parts[1:]
        listed = is_glob(part)
        for name in self._entries(directory, part) if listed else (part,):
            whole = f"{directory}{name}"
            if not rest:
                if listed or self._there(whole):
                    yield whole
            elif self._is_directory(whole):
                yield from self._matching(f"{whole}/", rest)

    def _entries(self, directory: str, part: str) -> list[str]:
        try:
            names = os.listdir(self.real(directory or "."))  # noqa: PTH208 - names alone, of thousands perhaps
        except (OSError, ValueError):
            return []
        return [name for name in names if fits(name, part)]

    def _there(self, name: str) -> bool:
        """Whether there is such an entry, were it a link that leads nowhere, which nginx fails at."""
        try:
            os.lstat(
                self.real(name)
                if self._root is None
                else f"{self.real(_above(name))}/{name.rpartition('/')[2]}"
            )
        except (OSError, ValueError):
            return False
        return True

    def _is_directory(self, name: str) -> bool:
        try:
            return Path(self.real(name)).is_dir()
        except (OSError, ValueError):
            return False


def _content(descriptor: int) -> tuple[str | None, str]:
    """Return the text of an open file, or why there is none."""
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        return None, f"it is {_KINDS.get(stat.S_IFMT(found.st_mode), 'no file')}"
    if found.st_size > LARGEST:
        return _text(b"", found.st_size)
    pieces, size = [], 0
    while size <= LARGEST and (piece := os.read(descriptor, max(found.st_size - size, 0) + _MORE)):
        pieces.append(piece)
        size += len(piece)
    return _text(b"".join(pieces))


def _above(name: str) -> str:
    return name.rpartition("/")[0] or "/"


def _words(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return "its symbolic links go round in a circle"
    if isinstance(error, OSError) and error.errno == errno.ENXIO:
        return "it is a socket"
    return getattr(error, "strerror", None) or "it is no path"
