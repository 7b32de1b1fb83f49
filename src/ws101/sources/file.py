"""Logs in files: one, those of a directory or a pattern, plain or packed, rotated ones from the oldest on. Knows no format."""

import glob
import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from ws101.sources.packed import Packing, packing
from ws101.sources.source import CHUNK, Source, Unopened

_DEEPEST = 8  # directories below the one that was named
_MOST = 10_000  # files of one name
# logrotate's names: access.log.1, access.log.2.gz, access.log-20261126, access.log-20261126-1700000000.gz
_ROTATED = re.compile(
    r"^(?P<stem>.+?)(?:\.(?P<age>\d{1,5})|[.-](?P<date>\d{4}-?\d{2}-?\d{2}(?:[-.T]?\d{1,12})?))?(?:\.(?:gz|zst|bz2|xz))?$"
)
_NO_TEXT = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")


def open_files(
    names: Sequence[str], *, since: float | None = None
) -> tuple[tuple[Source, ...], tuple[Unopened, ...]]:
    """Return the logs of these paths, directories and patterns, those of one rotated set from the oldest on.

    What was last written before `since` (seconds since the epoch) is left out, where it was not named itself.
    """
    sources: dict[Path, Source] = {}
    unopened: list[Unopened] = []
    for name in names:
        found, why = _files(name)
        if why:
            unopened.append(why)
        for path in found:
            if path in sources or (since is not None and len(found) > 1 and _written(path) < since):
                continue
            opened = _opened(path, named=len(found) == 1)
            if isinstance(opened, Source):
                sources[path] = opened
            elif opened is not None:
                unopened.append(opened)
    return tuple(sources[path] for path in _oldest_first(tuple(sources))), tuple(unopened)


def watched(names: Sequence[str]) -> list[Path]:
    """Return the files of these names that are written to: of a rotated set only the one without an age; a name that is no file yet."""
    found: dict[Path, None] = {}
    for name in names:
        paths, _ = _files(name)
        current = [path for path in paths if _current(path)] or ([Path(name)] if len(paths) < 2 else paths)
        found |= dict.fromkeys(
            path for path in current if not path.is_dir() and glob.escape(str(path)) == str(path)
        )
    return list(found)


def _files(name: str) -> tuple[list[Path], Unopened | None]:
    """Return the files that a name stands for, and what is wrong with it."""
    path = Path(name)
    try:
        if path.is_dir():
            found = _below(path)
            return found, None if found else Unopened(
                name, "no log is in this directory", "Name the file itself."
            )
        if path.exists() or glob.escape(name) == name:
            return [path], None
    except (OSError, ValueError) as error:
        return [], Unopened(
            name, _why(error), "Name a file, a directory or a pattern such as /var/log/nginx/*.log."
        )
    found = [Path(one) for one in sorted(glob.glob(name, recursive=True))][:_MOST]  # noqa: PTH207 - Path.glob takes no absolute pattern
    found = [path for path in found if path.is_file()]
    return found, None if found else Unopened(
        name, "no file fits this pattern", "Look with ls what is there."
    )


def _below(directory: Path) -> list[Path]:
    """Return the texts and packed files of a directory and those in it, hidden ones left out."""
    found: list[Path] = []
    for root, directories, names in os.walk(directory):
        depth = len(Path(root).relative_to(directory).parts)
        directories[:] = sorted(d for d in directories if not d.startswith(".")) if depth < _DEEPEST else []
        found += [Path(root, name) for name in sorted(names) if not name.startswith(".")]
        if len(found) > _MOST:
            break
    return [path for path in found[:_MOST] if path.is_file() and not _binary(path)]


def _binary(path: Path) -> bool:
    """Return whether a file is no text, such as wtmp or a journal; one that cannot be opened is told of later."""
    try:
        head = _head(path)
    except OSError:
        return False
    return (
        packing(head) is None
        and not head.startswith((b"\xff\xfe", b"\xfe\xff"))
        and _NO_TEXT.search(head) is not None
    )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(512)


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return float("inf")


def _current(path: Path) -> bool:
    parts = _ROTATED.match(path.name)
    return parts is None or not (
        parts["age"] or parts["date"] or path.suffix in {".gz", ".zst", ".bz2", ".xz"}
    )


def _oldest_first(paths: Sequence[Path]) -> list[Path]:
    """Return the files in the order in which they were named, those of one rotated set together, the oldest first."""
    aged = {path: _age(path) for path in paths}
    order = {stem: at for at, stem in reversed([*enumerate(stem for stem, _ in aged.values())])}
    return sorted(paths, key=lambda path: (order[aged[path][0]], aged[path][1]))


def _age(path: Path) -> tuple[Path, tuple[int, str, int]]:
    """Return the log that a file is a part of, and its place there: dates rise, numbers fall, what is written to is the last."""
    parts = _ROTATED.match(path.name)
    if parts is None:
        return path, (2, "", 0)
    stem = path.with_name(parts["stem"])
    if parts["date"]:
        return stem, (0, re.sub(r"\D", "", parts["date"]), 0)
    return stem, ((1, "", -int(parts["age"])) if parts["age"] else (2, "", 0))


def _opened(path: Path, *, named: bool) -> Source | Unopened | None:
    """Return the source; None for an empty file that was not named itself."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return _stream(path)
        if not status.st_size and not named:
            return None
        packed = packing(_head(path))
    except (OSError, ValueError) as error:
        return Unopened(str(path), _why(error), _cure(path, error))
    if packed is not None and (missing := packed.missing()):
        return Unopened(
            str(path), f"it is packed with {packed.name}, and there is no library for it here", missing
        )
    opened = _plain(path, status.st_size) if packed is None else _packed(path, packed)
    return replace(opened, part_of=str(_age(path)[0]), written=status.st_mtime)


def _why(error: OSError | ValueError) -> str:
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)


def _cure(path: Path, error: OSError | ValueError) -> str:
    if isinstance(error, PermissionError):
        return f"Read it as a user who may: sudo cat {path} | ws101 logs -"
    return f"Look with ls -l {path.parent} what is there."


def _plain(path: Path, size: int) -> Source:
    troubles: list[str] = []

    def chunks() -> Iterator[bytes]:
        """Read what the file had when it was opened; a file that is replaced meanwhile is read to its end."""
        try:
            with path.open("rb", buffering=0) as file:
                left = os.fstat(file.fileno()).st_size
                while left > 0 and (chunk := file.read(min(CHUNK, left))):
                    left -= len(chunk)
                    yield chunk
        except OSError as error:
            troubles.append(f"{path}: {_why(error)} while it was read.")
            return
        if left > 0:
            troubles.append(f"{path} was cut while it was read: {left} bytes are gone.")

    return Source(str(path), chunks, path, size, troubles)


def _packed(path: Path, packed: Packing) -> Source:
    troubles: list[str] = []

    def chunks() -> Iterator[bytes]:
        damage = packed.damage()
        try:
            with packed.open(path) as file:
                while chunk := file.read1(CHUNK):
                    yield chunk
        except damage as error:
            troubles.append(
                f"{path} is damaged, or not finished yet ({packed.name}: {error}); what comes before was read."
            )
        except OSError as error:
            troubles.append(f"{path}: {_why(error)} while it was read.")

    return Source(str(path), chunks, troubles=troubles)


def _stream(path: Path) -> Source:
    """Return the source of a pipe or a device, which can be read once and has no size."""
    troubles: list[str] = []

    def chunks() -> Iterator[bytes]:
        try:
            with path.open("rb", buffering=0) as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except OSError as error:
            troubles.append(f"{path}: {_why(error)} while it was read.")

    return Source(str(path), chunks, troubles=troubles)
