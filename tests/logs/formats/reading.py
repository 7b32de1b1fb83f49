"""Logs that real programs wrote of known faults, as the lines that a format is given."""

from pathlib import Path

import pytest

from ws101.logs.format import Format
from ws101.logs.line import Line, Place
from ws101.logs.wrappers import for_year
from ws101.redact import printable

RECORDED = Path(__file__).resolve().parent.parent / "recorded"


def _raw(name):
    octets = (RECORDED / name).read_bytes().rstrip(b"\n")
    texts = [line.removesuffix(b"\r").decode(errors="replace") for line in octets.split(b"\n")]
    return [Line(text, Place(name, number)) for number, text in enumerate(texts, start=1)]


def lines_of(name):
    """Return the lines of a recorded log, fit to be read by a format."""
    return [line._replace(text=printable(line.text)) for line in _raw(name)]


def unwrapped(name):
    """Return the lines inside their wrappers, which come off before a line is made printable."""
    inner = [_inner(line) for line in _raw(name)]
    return [line._replace(text=printable(line.text)) for line in inner]


def _inner(line):
    for wrapper in for_year(2026):
        inner = wrapper.peel(line)
        if inner is not None:
            return _inner(inner)
    return line


def records_of(name, kind: Format):
    """Return the records of this format, each its lines; a line that is of none fails the test."""
    found: list[list[Line]] = []
    for line in lines_of(name):
        if kind.opens(line.text):
            found.append([line])
        elif found and kind.continues and kind.continues(line.text):
            found[-1].append(line)
        else:
            pytest.fail(f"{kind.name} does not read {line.place}: {line.text[:200]}")
    return found


def entries_of(name, kind):
    """Return what every record of a recorded log tells, without those that tell of no handshake."""
    made = [kind.read(record) for record in records_of(name, kind)]
    return [entry for entry in made if entry is not None]
