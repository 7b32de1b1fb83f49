"""What the measurements share: the environment of what is measured, medians, and the table of figures and limits."""

import os
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

import ws101

_HEADINGS = ("what", "fastest s", "median s", "slowest s", "limit s", "of limit", "")


class Figure(Struct, frozen=True):
    """The wall times of one process, run several times, against a limit; all in seconds."""

    what: str
    seconds: tuple[float, ...]
    limit: float

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def passed(self) -> bool:
        return self.median <= self.limit


def environment(bytecode: Path) -> Mapping[str, str]:
    """Return the environment to measure in: no forward proxy, and bytecode kept, as for an installed package.

    What is measured must have run once before, so that its bytecode lies in `bytecode`.
    """
    dropped = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONDEVMODE"}
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in dropped and not name.lower().endswith("_proxy")
    }
    return {
        **kept,
        "PYTHONPATH": str(Path(ws101.__file__).parent.parent),
        "PYTHONPYCACHEPREFIX": str(bytecode),
    }


class Goal(Struct, frozen=True):
    """What a figure should be, in its own unit: at least, or at most where `most`; None stands for what is not known."""

    what: str
    figure: float | None
    wanted: float | None
    unit: str
    most: bool = False
    note: str = ""

    @property
    def missed(self) -> bool:
        if self.figure is None or self.wanted is None:
            return False
        return self.figure > self.wanted if self.most else self.figure < self.wanted

    def row(self) -> tuple[str, ...]:
        figure = "not measured" if self.figure is None else f"{self.figure:.2f} {self.unit}".rstrip()
        if self.wanted is None:
            return self.what, figure, "", "", self.note
        wanted = f"{'≤' if self.most else '≥'} {self.wanted:.3g} {self.unit}".rstrip()
        mark = "" if self.figure is None else _mark(missed=self.missed)
        return self.what, figure, wanted, mark, self.note


def tell(figures: Sequence[Figure]) -> int:
    """Print the table; return the exit status: 1 when a median is over its limit."""
    table([_HEADINGS, *(_row(figure) for figure in figures)])
    missed = sum(not figure.passed for figure in figures)
    print(f"\n{len(figures) - missed} of {len(figures)} within their limits, Python {sys.version.split()[0]}")
    return 1 if missed else 0


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows of equal length, headings first, in columns: the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        first, *others = (
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join([first, *others]).rstrip())


def _mark(*, missed: bool) -> str:
    return "MISSED" if missed else "pass"


def _row(figure: Figure) -> tuple[str, ...]:
    mark = _mark(missed=not figure.passed)
    part = f"{figure.median / figure.limit:.0%}"
    return (
        figure.what,
        *(
            f"{value:.3f}"
            for value in (min(figure.seconds), figure.median, max(figure.seconds), figure.limit)
        ),
        part,
        mark,
    )
