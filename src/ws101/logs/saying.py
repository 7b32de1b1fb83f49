"""The shape of a saying: words that a library prints about a handshake, and what they mean."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from ws101.logs.entry import Told
from ws101.report import Hop
from ws101.signature import Says


@dataclass(frozen=True, slots=True)
class Saying:
    """One sentence of one library.

    `mark` is text that stands in it to the letter, so that most lines need no pattern. `pattern` is searched for; its groups
    `status`, `reason`, `url`, `host`, `port`, `method`, `path`, `code`, `client` and `origin` tell of the handshake. `status`
    is what the words mean without naming it. `source` says where they were seen, or which line of the library's source
    writes them; `example` is such a line. `shared` says that others write the same words: then they do not tell who
    wrote them.
    """

    software: str
    hop: Hop
    says: Says
    mark: str
    pattern: str
    source: str
    example: str
    told: Told = Told.WRONG
    status: int | None = None
    shared: bool = False


class Heard(NamedTuple):
    """A saying that stands in a text, and what its groups hold."""

    saying: Saying
    start: int
    end: int
    parts: dict[str, str]

    @property
    def status(self) -> int | None:
        said = self.parts.get("status", "")
        return int(said) if said.isdigit() and 100 <= int(said) <= 999 else self.saying.status

    @property
    def code(self) -> int | None:
        said = self.parts.get("code", "")
        return int(said) if said.isdigit() and 1000 <= int(said) <= 4999 else None


Row = tuple[
    Says, str, str, str
]  # what it says, the mark ("" where the pattern is literal text), the pattern, an example


def family(
    software: str,
    hop: Hop,
    source: str,
    rows: Iterable[Row],
    told: Told = Told.WRONG,
    *,
    shared: bool = False,
) -> tuple[Saying, ...]:
    """Return the sayings of one library: `rows` hold says, mark, pattern and example; an empty pattern is the mark itself."""
    return tuple(
        Saying(
            software,
            hop,
            says,
            mark,
            pattern or re.escape(mark),
            source,
            example or mark,
            told,
            shared=shared,
        )
        for says, mark, pattern, example in rows
    )


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a saying's pattern; compiled when its mark is first met."""
    return re.compile(pattern)


def hear(text: str, sayings: Iterable[Saying]) -> Heard | None:
    """Return the first of these sayings that stands in the text."""
    for saying in sayings:
        if saying.mark in text:
            found = compiled(saying.pattern).search(text)
            if found is not None:
                parts = {name: value for name, value in found.groupdict().items() if value}
                return Heard(saying, found.start(), found.end(), parts)
    return None
