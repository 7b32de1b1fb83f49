"""Packed files: which packing a file has by its first bytes, and how it is read. The library for zstd is loaded when it is needed."""

import bz2
import gzip
import importlib
import lzma
import zlib
from collections.abc import Callable
from io import BufferedIOBase
from pathlib import Path
from typing import Protocol, cast

from msgspec import Struct


class _Zstd(Protocol):
    """What compression.zstd of Python 3.14 and backports.zstd have in common."""

    ZstdError: type[Exception]

    def open(self, file: Path, mode: str) -> BufferedIOBase: ...


class Packing(Struct, frozen=True):
    """One way to pack a file: the bytes that it begins with, what it raises where it is damaged, and how it is opened.

    `missing` says what must be installed first, or is empty.
    """

    name: str
    magic: bytes
    open: Callable[[Path], BufferedIOBase]
    damage: Callable[[], tuple[type[Exception], ...]]
    missing: Callable[[], str] = lambda: ""


def packing(head: bytes) -> Packing | None:
    """Return how a file that begins with these bytes is packed; None for one that is not."""
    return next((one for one in PACKINGS if head.startswith(one.magic)), None)


def _zstd() -> _Zstd | None:
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return cast("_Zstd", importlib.import_module(name))
        except ImportError:
            continue
    return None


def _open_gzip(path: Path) -> BufferedIOBase:
    return cast("BufferedIOBase", gzip.open(path))


def _open_bz2(path: Path) -> BufferedIOBase:
    return cast("BufferedIOBase", bz2.open(path))


def _open_xz(path: Path) -> BufferedIOBase:
    return cast("BufferedIOBase", lzma.open(path))


def _open_zstd(path: Path) -> BufferedIOBase:
    library = _zstd()
    assert library is not None
    return library.open(path, "rb")


def _zstd_damage() -> tuple[type[Exception], ...]:
    library = _zstd()
    return (EOFError, *((library.ZstdError,) if library else ()))


PACKINGS = (
    Packing(
        "gzip",
        b"\x1f\x8b",
        _open_gzip,
        lambda: (EOFError, zlib.error, gzip.BadGzipFile),
    ),
    Packing(
        "zstd",
        b"\x28\xb5\x2f\xfd",
        _open_zstd,
        _zstd_damage,
        lambda: "" if _zstd() else "pip install backports.zstd, or pipe it in: zstdcat FILE | ws101 logs -",
    ),
    Packing("bzip2", b"BZh", _open_bz2, lambda: (EOFError, OSError)),
    Packing(
        "xz",
        b"\xfd7zXZ\x00",
        _open_xz,
        lambda: (EOFError, lzma.LZMAError),
    ),
)
