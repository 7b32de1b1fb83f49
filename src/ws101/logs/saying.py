"""The shape of a saying: words that a library prints about a handshake, and what they mean."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from msgspec import Struct

from ws101.logs.entry import Told
from ws101.pattern import compiled
from ws101.signature import Says
from ws101.terms import Hop


class Saying(Struct, frozen=True):
    """One sentence of one library.

    `mark` is text that stands in it to the letter, so that most lines need no pattern. `pattern` is searched for; its groups
    `status`, `url`, `host`, `port`, `method`, `path`, `code`, `client` and `origin` tell of the handshake. `status` is what the
    words mean without naming it. `source` says where they were seen, or which line of the library's source writes them;
    `example` is such a line. `vague` says that programs write the same words about anything else, too: they tell of
    a handshake only in a text that is about a WebSocket.
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
    vague: bool = False


class Heard(NamedTuple):
    """A saying that stands in a text, from `start` to `end`, and what its groups hold."""

    saying: Saying
    start: int
    end: int
    parts: dict[str, str]
    says: Says

    @property
    def status(self) -> int | None:
        said = self.parts.get("status", "")
        return int(said) if said.isdigit() and 100 <= int(said) <= 599 else self.saying.status

    @property
    def code(self) -> int | None:
        said = self.parts.get("code", "")
        return int(said) if said.isdigit() and 1000 <= int(said) <= 4999 else None

    @property
    def told(self) -> Told:
        """From which side it is told: a status is an answer, whatever else went wrong."""
        answered = self.saying.told is Told.WRONG and self.status is not None
        return Told.ANSWERED if answered else self.saying.told


Row = tuple[Says, str, str, str]
# A WebSocket's URL within a sentence, whose last stop is none of it. A secret's mark may stand in its query.
URL = (
    r"wss?://(?:\[[^\]\s]{2,64}\]|(?=[\w*]))[^\s'\"<>()\[\]{}`,;]{0,2000}(?:\[token[_ ][0-9a-f]{4}\][^\s'\"<>()\[\]{}`,;]{0,2000}){0,4}"
    r"(?<![.:…])"
)


def family(
    software: str,
    hop: Hop,
    source: str,
    rows: Iterable[Row],
    *,
    told: Told = Told.WRONG,
    status: int | None = None,
    vague: bool | tuple[str, ...] = False,
) -> tuple[Saying, ...]:
    """Return sayings of one library that have the rest in common: rows are what it says, mark, pattern and example.

    Without a pattern, the mark is all; without an example, it is one. `vague` may name the marks of those rows that are.
    """
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
            status,
            mark in vague if isinstance(vague, tuple) else vague,
        )
        for says, mark, pattern, example in rows
    )


def hear(text: str, sayings: Iterable[Saying], *, about: bool = True) -> Heard | None:
    """Return the first of these sayings that stands in the text; `about` tells whether it is about a WebSocket."""
    for saying in sayings:
        if saying.mark in text and (about or not saying.vague):
            found = compiled(saying.pattern).search(text)
            if found is not None:
                parts = {name: value for name, value in found.groupdict().items() if value}
                return Heard(saying, found.start(), found.end(), parts, saying.says)
    return None
