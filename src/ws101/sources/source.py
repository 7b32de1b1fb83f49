"""The shape of a source: where bytes of a log come from, or why they do not. Knows no format."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

CHUNK = 1 << 18  # bytes read at once; more is no faster, and less is slower


@dataclass(frozen=True, slots=True)
class Source:
    """One log that can be read; `chunks` gives its bytes from the oldest on, anew at each call.

    `path` and `size` are there where it is a plain file, which can be read at any place. `troubles` says in sentences
    what went wrong while it was read, such as a file that was cut meanwhile; what had been read until then stays.
    """

    name: str
    chunks: Callable[[], Iterator[bytes]]
    path: Path | None = None
    size: int | None = None
    troubles: list[str] = field(default_factory=list, compare=False)


class Unopened(NamedTuple):
    """A source that cannot be read: `why`, and what would `cure` it."""

    name: str
    why: str
    cure: str
