"""Records that a server writes of one handshake, of what came and of what became of it: learned where they are read.

What was read is known again where nothing but its moment, the client's address and the user differ.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from ws101.logs.concern import bare
from ws101.logs.entry import Entry, Told
from ws101.logs.tie import addresses
from ws101.terms import Hop

_MOST = 4000  # that are told apart
_TOGETHER = 0.3  # seconds between its first line and its last
_STAMP = (
    rb"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{3,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_STAMPED = re.compile(_STAMP)
# Each begins with what is soon found: to look for all of them at once takes three times as long.
_STAMPS, _USERS = re.compile(rb"\n" + _STAMP), re.compile(rb" User ID: [^\n]*+")
_ADDRESSES = re.compile(rb"[0-9][0-9]{0,2}(?:\.[0-9]{1,3}){3}(?![0-9.])")

Numbered = tuple[bytes, int]
"""A line and its number."""


class Unit(NamedTuple):
    """The lines of one handshake: when it came, whose it is, of which kind, the first one's number, and their text."""

    time: float
    client: bytes
    kind: bytes
    line: int
    text: bytes


class Units:
    """What was learned of one source: how long such records are, by their first lines, and which kind each is of."""

    def __init__(self) -> None:
        self._lengths: dict[bytes, set[int]] = {}
        self._kinds: dict[bytes, bytes] = {}

    def split(self, lines: Sequence[Numbered]) -> Iterator[Unit | Sequence[Numbered]]:
        """Yield the units that are known among these lines, and what stands between them, in their order."""
        masked = _masked(lines) if self._lengths else []
        begin = at = 0
        while at < len(masked):
            unit = self._unit(lines, masked, at) if masked[at] in self._lengths else None
            if unit is None:
                at += 1
                continue
            if begin < at:
                yield lines[begin:at]
            yield unit
            begin = at = at + unit.text.count(b"\n") + 1
        if begin < len(lines):
            yield lines[begin:]

    def learn(self, lines: Sequence[Numbered], entries: Sequence[Entry]) -> None:
        """Learn from what these lines were read to tell."""
        for came, became in pairwise(entries):
            if len(self._kinds) < _MOST and _are_one(came, became):
                first, length = came.place.line, came.place.lines + became.place.lines
                whole = [line for line in lines if first <= line[1] < first + length]
                if len(whole) == length:
                    masked = _masked(whole)
                    path, status = (
                        bare(came.path).encode() if came.path else b"",
                        str(became.status or "").encode(),
                    )
                    form = b"\n".join(masked)
                    self._lengths.setdefault(masked[0], set()).add(length)
                    self._kinds[form] = b"\0%s\0%s\0%s" % (path, status, form)

    def _unit(self, lines: Sequence[Numbered], masked: Sequence[bytes], at: int) -> Unit | None:
        """Return the unit that begins here, if it is known, and no further line may belong to it."""
        for length in self._lengths[masked[at]]:
            end = at + length
            kind = self._kinds.get(b"\n".join(masked[at:end]))
            if kind is not None and (end == len(masked) or masked[end] in self._lengths):
                text = b"\n".join(line for line, _ in lines[at:end])
                begun, ended = _STAMPED.match(lines[at][0]), _STAMPED.match(lines[end - 1][0])
                clients = {*_ADDRESSES.findall(text)}
                if begun and ended and len(clients) == 1:
                    time = _time(begun)
                    if 0 <= _time(ended) - time <= _TOGETHER:
                        return Unit(time, clients.pop(), kind, lines[at][1], text)
        return None


def facts(kind: bytes) -> tuple[str, int | None]:
    """Return the path that was asked for and the status that was answered, as far as they are told."""
    _, path, status, _ = kind.split(b"\0", 3)
    return path.decode(), int(status) if status else None


def _masked(lines: Sequence[Numbered]) -> list[bytes]:
    text = _STAMPS.sub(b"\n~", b"\n".join([b"", *(line for line, _ in lines)]))
    return _USERS.sub(b" User ID: ~", _ADDRESSES.sub(b"~", text)).split(b"\n")[1:]


def _time(stamp: re.Match[bytes]) -> float:
    try:
        return datetime.fromisoformat(stamp[0].decode("ascii")).timestamp()
    except ValueError:
        return float("nan")


def _are_one(came: Entry, became: Entry) -> bool:
    """Return whether two records that follow one another are one unit, whose client is known by an address alone."""
    return (
        (came.told, became.told) == (Told.SEEN, Told.ANSWERED)
        and came.hop is became.hop is Hop.SERVER
        and became.place.line == came.place.line + came.place.lines
        and bool(came.forwarded)
        and len(addresses(came)) == 1
        and not (addresses(became) or became.path or came.identity or became.identity)
    )
