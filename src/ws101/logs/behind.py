"""Requests that two programs in a row log, as a proxy and what stands behind it: the inner one knows few clients, the outer ones.

They are known by moment, path and status; what is told of one at another path is left to who joins.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from ws101.logs.callers import Callers
from ws101.logs.group import Group, of_request
from ws101.logs.rows import Row, facts, path_of

_AT_ONE_TIME = 1.5  # seconds; most stamps are of whole ones


def in_a_row(rows: Mapping[str, list[Row]], callers: Callers) -> list[Group]:
    """Take the requests out of each source's rows that two or more sources tell of, and return them in groups."""
    found: list[Group] = []
    behind_some: set[str] = set()
    for outer in sorted(rows, key=lambda source: (-len(rows[source]), source)):
        theirs = rows[outer]
        behind = [
            source
            for source in rows
            if source != outer and outer not in behind_some and callers.are_behind(source, outer)
        ]
        behind_some.update(behind)
        groups: dict[int, list[tuple[str, Row]]] = defaultdict(list)
        for inner in behind:
            pairs = _pairs(theirs, rows[inner])
            for number, row in pairs:
                groups[number].append((inner, row))
            gone = {row[3] for _, row in pairs}
            rows[inner][:] = [row for row in rows[inner] if row[3] not in gone]
        found += [
            [of_request(row, outer), *(of_request(one, inner) for inner, one in groups[row[3]])]
            for row in theirs
            if row[3] in groups
        ]
        theirs[:] = [row for row in theirs if row[3] not in groups]
    return found


def _pairs(outer: Iterable[Row], inner: Iterable[Row]) -> list[tuple[int, Row]]:
    """Return inner rows with the number of the outer one that each is of, both in their order."""
    waiting: dict[tuple[str, int | None], list[Row]] = defaultdict(list)
    for row in outer:
        waiting[_about(row)].append(row)
    for rows in waiting.values():
        rows.reverse()  # the first of them stands at the end
    found: list[tuple[int, Row]] = []
    for row in inner:
        near = waiting.get(_about(row), [])
        while near and near[-1][0] < row[0] - _AT_ONE_TIME:
            near.pop()
        if near and near[-1][0] <= row[0] + _AT_ONE_TIME:
            found.append((near.pop()[3], row))
    return found


def _about(row: Row) -> tuple[str, int | None]:
    return path_of(row[2], row[4]), facts(row[2])[1]
