"""Records that a server or a client writes of one handshake, of what came and of what became of it: learned where they are read.

What was read is known again where nothing but its moment, the client's address and the user differ.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct

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


class Unit(Struct, frozen=True, gc=False):
    """The lines of one handshake: when it came, whose it is, of which kind, the first one's number, and their text.

    Of a client that writes no times there is no time, and no address.
    """

    time: float | None
    client: bytes
    kind: bytes
    line: int
    text: bytes


class _Form(NamedTuple):
    """What is known of lines that differ in the moment, the client's address and the user alone; lines by number have an address."""

    kind: bytes
    format: str
    addressed: Sequence[int]


class Units:
    """What was learned of one source: how long such records are, by their first lines, and which kind each is of.

    `goes_on` tells whether a line may belong to a record that such a format's line stands before.
    """

    def __init__(self, goes_on: Callable[[str, bytes], bool]) -> None:
        self._goes_on = goes_on
        self._lengths: dict[bytes, set[int]] = {}
        self._forms: dict[bytes, _Form] = {}

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
            if len(self._forms) < _MOST and (_are_one(came, became) or _are_one_try(came, became)):
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
                    self._forms[form] = _Form(
                        b"\0%s\0%s\0%s" % (path, status, form),
                        became.format,
                        [at for at, (line, _) in enumerate(whole) if _ADDRESSES.search(line)],
                    )

    def _unit(self, lines: Sequence[Numbered], masked: Sequence[bytes], at: int) -> Unit | None:
        """Return the unit that begins here, if it is known, and no further line may belong to it."""
        for length in self._lengths[masked[at]]:
            end = at + length
            form = self._forms.get(b"\n".join(masked[at:end]))
            if form is not None and (
                end == len(masked)
                or masked[end] in self._lengths
                or not self._goes_on(form.format, lines[end][0])
            ):
                found = _whole(lines[at:end], form)
                if found is not None:
                    return found
        return None


def facts(kind: bytes) -> tuple[str, int | None]:
    """Return the path that was asked for and the status that was answered, as far as they are told."""
    _, path, status, _ = kind.split(b"\0", 3)
    return path.decode(), int(status) if status else None


def _whole(lines: Sequence[Numbered], form: _Form) -> Unit | None:
    """Return the unit of these lines, if they are of one moment and one client, or tell of neither."""
    begun, ended = _STAMPED.match(lines[0][0]), _STAMPED.match(lines[-1][0])
    clients = {address for at in form.addressed for address in _ADDRESSES.findall(lines[at][0])}
    time, client = None, b""
    if begun is not None or ended is not None or clients:
        if begun is None or ended is None or len(clients) != 1:
            return None
        time = _time(begun)
        if not 0 <= _time(ended) - time <= _TOGETHER:
            return None
        (client,) = clients
    return Unit(time, client, form.kind, lines[0][1], b"\n".join([line for line, _ in lines]))


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


def _are_one_try(came: Entry, became: Entry) -> bool:
    """Return whether a client says what it means to send and then what it met, with no time and no name of the handshake."""
    return (
        came.told is Told.MEANT
        and became.told in {Told.ANSWERED, Told.WRONG}
        and came.hop is became.hop is Hop.CLIENT
        and became.place.line == came.place.line + came.place.lines
        and (came.time, became.time) == (None, None)
        and not (addresses(came) or addresses(became) or came.identity or became.identity)
    )
