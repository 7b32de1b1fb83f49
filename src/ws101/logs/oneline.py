"""Formats whose records are one line of one pattern: a table of such is all that most servers' logs need.

A pattern's groups are named for Entry's fields. Knows no software.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from ws101.logs import marking, stamp
from ws101.logs.entry import Entry, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.preamble import split
from ws101.logs.record import record
from ws101.pattern import compiled
from ws101.signature import Says
from ws101.terms import Hop

_EPHEMERAL = 1024  # a lower port is the proxy's that was told, or 0 where none was: many connections have it
_PLAIN = ("method", "path", "version", "agent", "client", "host", "scheme", "user", "words")


class Shape(Struct, frozen=True):
    """One kind of line, matched from the message's start: what stands before it is a logger's.

    `mark` stands in it to the letter. Groups are Entry's fields, and `ms` or `seconds` for `took`, `clf` or `when` for the time,
    `peerport` for the port that tells a client's connection from its others. What the line means without a group for it is given
    beside; `arrived` are fields without which it would not be written.
    """

    mark: str
    pattern: str
    told: Told = Told.ANSWERED
    status: int | None = None
    says: Says = Says.NOTHING
    arrived: tuple[tuple[str, str], ...] = ()


Finish = Callable[[Entry, re.Match[str]], None]


def formats(
    name: str,
    software: str,
    hop: Hop,
    signs: Iterable[bytes],
    shapes: Sequence[Shape],
    finish: Finish | None = None,
) -> Format:
    """Return the format of lines that have one of these shapes; `finish` sets what no group can tell."""
    fitting = lru_cache(maxsize=2)(lambda text: _fitting(text, shapes))  # what opens with a line is read next

    def opens(text: str) -> bool:
        return fitting(text) is not None

    def read(lines: Sequence[Line]) -> Entry | None:
        found = fitting(lines[0].text)
        if found is None:
            return None
        shape, match = found
        entry = record(lines[:1]).entry(name, software, hop, **_told(shape, match))
        if finish is not None:
            finish(entry, match)
        return entry

    return Format(name, software, hop, opens, read, tuple(signs))


def _fitting(text: str, shapes: Sequence[Shape]) -> tuple[Shape, re.Match[str]] | None:
    at = -1
    for shape in shapes:
        if shape.mark in text:
            if at < 0:
                at = split(text).at
            match = compiled(shape.pattern).match(text, at)
            if match is None and at:
                match = compiled(shape.pattern).match(text)
            if match is not None:
                return shape, match
    return None


def _told(shape: Shape, match: re.Match[str]) -> dict[str, Any]:
    parts = {name: value for name, value in match.groupdict().items() if value and value != "-"}
    told: dict[str, Any] = {name: parts[name] for name in _PLAIN if name in parts}
    status = parts.get("status", "")
    told["told"] = shape.told
    told["status"] = int(status) if status.isdigit() else shape.status
    told["says"] = shape.says
    if shape.arrived:
        told["headers"] = dict(shape.arrived)
    if "size" in parts and parts["size"].isdigit():
        told["size"] = int(parts["size"])
    if "ms" in parts:
        told["took"] = float(parts["ms"]) / 1000
    elif "seconds" in parts:
        told["took"] = float(parts["seconds"])
    when = parts.get("clf", "")  # werkzeug writes a blank where the format has a colon
    clf = stamp.clf(f"{when[:11]}:{when[12:]}") if when else None
    at = clf or (stamp.read(parts["when"]) if "when" in parts else None)
    if at is not None:
        told["time"], told["zoned"] = at.time, at.zoned
    if "code" in parts:
        told["close_code"] = int(parts["code"])
    identity = {"probe": marking.probe(parts.get("agent", ""))}
    if int(parts.get("peerport", 0)) >= _EPHEMERAL:
        identity["connection"] = f"{parts['client']}:{parts['peerport']}"
    told["identity"] = {kind: value for kind, value in identity.items() if value}
    return told
