"""What a configuration says of the logs that it has written: which, from which level on, and in which format.

Reads blocks of nginx's model; knows nothing of what stands in the logs.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ws101.logs.entry import RANK, Level
from ws101.logs.format import Format
from ws101.logs.formats import nginx_access
from ws101.logs.preamble import level_of
from ws101.logs.witness import Witness
from ws101.private import Private
from ws101.terms import Hop

if TYPE_CHECKING:
    from ws101.nginx.model import Level as Block
    from ws101.nginx.model import Model
    from ws101.nginx.tree import Directive

_STANDARD = {"/dev/stdout", "/dev/stderr", "stderr"}


class Kind(StrEnum):
    """Which of nginx's two kinds of logs."""

    ACCESS = "access_log"
    ERROR = "error_log"


class Statement(Private, frozen=True):
    """One line about a log that is in force for a handshake. `on` is false where it turns the log off.

    `level` is the lowest level that an error log writes, `format` the log_format's name of an access log and `opens` whether
    a line is in it, as far as that is known; `place` is where the line stands.
    """

    kind: Kind
    file: str
    on: bool = True
    level: Level | None = None
    format: str = ""
    place: str = ""
    software: str = "nginx"
    hop: Hop = Hop.PROXY
    opens: Callable[[str], bool] | None = None

    @property
    def text(self) -> str:
        """What it says, as nginx has it, and where."""
        words = (self.kind.value, self.file, self.level.value if self.level else self.format)
        return (
            f"{' '.join(word for word in words if word)}; ({self.place})"
            if self.place
            else " ".join(words).strip()
        )


def stated(level: "Block", model: "Model") -> tuple[Statement, ...]:
    """Return what a configuration says of logs for a request that is handled in this block of it."""
    formats = {"combined": nginx_access.from_log_format("combined", nginx_access.COMBINED)}
    for above in level.lineage():
        lines = (line for line in above.own("log_format") if len(line.arguments) > 1)
        formats |= {line.arguments[0]: nginx_access.from_words(line.arguments) for line in lines}
    access = (_access(line, formats) for line in level.nearest(Kind.ACCESS.value) if line.arguments)
    # An error_log outside of http holds where none stands inside.
    outside = [d for d in model.configuration.main.directives if d.name == Kind.ERROR.value]
    errors = level.nearest(Kind.ERROR.value) or outside
    error = (_error(line) for line in errors if line.arguments)
    return (*access, *error)


def _access(line: "Directive", formats: Mapping[str, Format]) -> Statement:
    file, *rest = line.arguments
    if file == "off":
        return Statement(Kind.ACCESS, file, on=False, place=str(line.place))
    name = rest[0] if rest and "=" not in rest[0] else "combined"
    # `if=` leaves lines out by a condition: then a line that is missing tells nothing.
    whole = not any(word.startswith("if=") for word in rest)
    opens = formats[name].opens if name in formats else None
    return Statement(Kind.ACCESS, file, whole, None, name, str(line.place), opens=opens)


def _error(line: "Directive") -> Statement:
    file, *rest = line.arguments
    known = next(filter(None, map(level_of, rest)), Level.ERROR)
    level = Level.DEBUG if any(word.startswith("debug") for word in rest) else known
    return Statement(Kind.ERROR, file, file != "/dev/null", level, "", str(line.place))


def kind_of(witness: Witness) -> Kind:
    """Return whether a log tells of every request, or of what went wrong; the latter's formats say so by their names."""
    return Kind.ERROR if "error" in witness.format else Kind.ACCESS


def about(witness: Witness, statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield what is said of this log: by its file's name, or of the only log of its kind."""
    fitting = [
        s for s in statements
        if s.software == witness.software and s.hop is witness.hop and s.kind is kind_of(witness)
    ]  # fmt: skip
    named = [s for s in fitting if _name(s.file) in witness.source]
    yield from named or (
        fitting if len(fitting) == 1 and (not fitting[0].on or _standard(fitting[0].file)) else ()
    )


def _name(file: str) -> str:
    return file.rpartition("/")[2] or file


def _standard(file: str) -> bool:
    """Whether it goes where containers' logs come from; the official image links nginx's files there."""
    return file in _STANDARD or file.startswith("/var/log/nginx/")


def with_statements(witness: Witness, statements: Sequence[Statement]) -> Witness:
    """Return the witness with what is said of its log; what it was seen to write counts before that."""
    found = tuple(about(witness, statements))
    if not found:
        return witness
    stated_levels = [s.level for s in found if s.level is not None]
    levels = [*stated_levels, *([witness.level] if witness.level else [])]
    level = min(levels, key=RANK.__getitem__) if levels else None
    competent = witness.competent
    if all(s.on for s in found):
        competent = True
    elif any(s.file == "off" for s in found):
        competent = False
    return replace(witness, level=level, competent=competent, settings=tuple(s.text for s in found))
