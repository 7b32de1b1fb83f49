"""Keeps the lines of one record together, and those of interleaved records apart, by stream and key. Reads no record.

Where nothing keeps two records apart, the lines that are of either are given up and not guessed.
"""

import re

from msgspec import Struct, field

from ws101.logs.format import Format
from ws101.logs.line import Line

_LABEL = re.compile(r"(?:^|[\s\]|])([A-Za-z][A-Za-z-]*(?: [A-Za-z]+){0,4}):\s")
_DIGITS = re.compile(r"\d+")
_PATIENCE = 64  # other lines of the same stream, after which nothing more is expected of a record
_MOST_LINES = 400  # of one record; a head of a request has fewer fields
_MOST_OPEN = 256  # records at once


class Block(Struct):
    """The lines of one record so far; `idle` counts the lines of its stream that came since and are none of its own.

    `tangled` says that a name came twice with two values, so that lines of another record are among these.
    """

    form: Format
    lines: list[Line] = field(default_factory=list)
    key: str = ""
    idle: int = 0
    tangled: bool = False
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def stream(self) -> str:
        return self.lines[0].stream


class Blocks:
    """The records of one source that are not ended yet, the one that was written to last at the end."""

    def __init__(self) -> None:
        self._open: list[Block] = []

    @property
    def busy(self) -> bool:
        return bool(self._open)

    @property
    def last(self) -> Block:
        return self._open[-1]

    def adds(self, line: Line) -> bool:
        """Add a line to the record that it continues; return whether there is one."""
        for at in range(len(self._open) - 1, -1, -1):
            block = self._open[at]
            if (
                block.stream == line.stream
                and len(block.lines) < _MOST_LINES
                and _continues(block, line.text)
            ):
                block.lines.append(line)
                block.idle = 0
                if block.form.key is not None and not block.key:
                    _note(block, line.text)
                self._open.append(self._open.pop(at))
                return True
        return False

    def open(self, form: Format, line: Line) -> list[Block]:
        """Begin a record; return those that it ends: the one before it of the same stream and key, or the oldest of too many."""
        key = form.key(line.text) if form.key else ""
        ended = [
            b for b in self._open if b.form.name == form.name and b.stream == line.stream and b.key == key
        ]
        if len(self._open) >= _MOST_OPEN:
            ended.append(min(self._open, key=lambda block: block.lines[0].place.line))
        self._open = [block for block in self._open if not any(block is one for one in ended)]
        self._open.append(Block(form, [line], key))
        return ended

    def age(self, stream: str) -> list[Block]:
        """Count a line of this stream that belongs to no open record; return those that nothing more is expected of."""
        if not self._open:
            return []
        for block in self._open:
            block.idle += block.stream == stream
        ended = [block for block in self._open if block.idle > _PATIENCE]
        if ended:
            self._open = [block for block in self._open if block.idle <= _PATIENCE]
        return ended

    def end_all(self) -> list[Block]:
        """End every record."""
        ended, self._open = self._open, []
        return sorted(ended, key=lambda block: block.lines[0].place.line)


def _note(block: Block, text: str) -> None:
    found = _LABEL.search(text)
    if found is None or found[1] == "Caused by":  # a chain of causes has it several times
        return
    # What stands before a name is a part of it: `> Connection:` and `< Connection:` are two, as are a time's digits none.
    label = _DIGITS.sub("", text[: found.end()])
    if block.labels.setdefault(label, text[found.end() :]) != text[found.end() :]:
        block.tangled = True


def may_go_on(form: Format, text: str) -> bool:
    """Return whether this line may belong to a record of this format that began before it."""
    return form.continues is not None and form.continues(text) and not form.opens(text)


def _continues(block: Block, text: str) -> bool:
    form = block.form
    return may_go_on(form, text) and (not form.key or (form.key(text) or block.key) == block.key)
