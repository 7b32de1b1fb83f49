"""Rows of one client that stand together, as far as times, connections and kinds tell which are of one handshake."""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence

from ws101.logs.beside import NEAR
from ws101.logs.rows import UNIT, Kind, Note, Row, facts

TOGETHER = 60.0  # seconds within which what is written on one connection is of one handshake
OPENED = 101
_GAPS = (0.0, 0.3, 1.5)  # seconds between records, by which it is told whether they are of one handshake

Group = Sequence[Note]
"""Rows that are of one handshake, or of a few that cannot be told apart."""


def groups(own: list[Note]) -> list[list[Note]]:
    """Return what of one client's rows stands together: within some seconds, or on one connection."""
    own.sort()
    if own[-1].time - own[0].time <= NEAR:
        return [own]
    found = [[own[0]]]
    for one in own[1:]:
        late = one.time - found[-1][-1].time > NEAR and not _goes_on(found[-1], one)
        if late or _begins_anew(found[-1], one):
            found.append([])
        found[-1].append(one)
    return found


def _goes_on(group: Group, one: Note) -> bool:
    """Return whether a row belongs to this group however much later it is."""
    shared = one.connection not in {b"", UNIT} and any(one.connection == other.connection for other in group)
    return (shared and one.time - group[-1].time <= TOGETHER) or (
        not one.connection and _closes(one.kind, group)
    )


def telling(group: Group) -> Group:
    """Return the rows that tell the most of a handshake: a request's status says more than what went wrong."""
    return [one for one in group if not one.connection] or group


def likeness(group: Group) -> Hashable:
    """Return a key that such groups share whose rows differ in client, moment and connection alone."""
    key: list[Hashable] = []
    before: list[Note] = []
    for note in group:
        key += (note.source, note.kind)
        for one in before:
            key += (note.connection == one.connection, _apart(one.time, note.time))
        before.append(note)
    return tuple(key)


def _apart(before: float, after: float) -> int:
    """Return how far two moments are apart, in steps; one in whole seconds may be at any moment of its second."""
    return bisect_left(_GAPS, after - before - (before == int(before))) if after > before else 0


def is_near(time: float, kind: Kind, own: Iterable[Note]) -> bool:
    """Return whether a request came about the time at which more was told of its client, or closed what had been opened then."""
    for one in own:
        if one.connection and (
            -NEAR <= one.time - time <= NEAR
            or (one.connection is UNIT and one.time < time and _closes(kind, [one]))
        ):
            return True
    return False


def _closes(kind: Kind, group: Group) -> bool:
    """Return whether a row may be the line of a socket that was opened before, and is not closed yet."""
    return facts(kind)[1] == OPENED and left_open(group) > 0


def _begins_anew(group: Group, one: Note) -> bool:
    """Return whether a socket is opened after all those that were opened before are closed."""
    closing = len(group) > 1 and not group[-1].connection and facts(group[-1].kind)[1] == OPENED
    return closing and one.connection is UNIT and left_open(group) == 0


def left_open(group: Iterable[Note]) -> int:
    """Return how many sockets a server tells to be open that no proxy's line closes."""
    sockets = [one.connection for one in group if facts(one.kind)[1] == OPENED]
    return sockets.count(UNIT) - sockets.count(b"")


def is_open(group: Group) -> bool:
    """Return whether a server alone has told of a socket that was opened: a proxy's line is written when it is closed."""
    return len(group) == 1 and group[0].connection is UNIT and facts(group[0].kind)[1] == OPENED


def as_row(note: Note) -> Row:
    """Return a request's own line as it was before it stood with others."""
    return note.time, note.client, note.kind, note.number, note.text


def of_request(row: Row, source: str) -> Note:
    """Return a request's own line, to stand with others."""
    time, client, kind, number, text = row
    return Note(time, source, number, kind, text, client)
