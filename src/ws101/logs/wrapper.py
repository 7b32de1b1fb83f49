"""The shape of a wrapper: what a container engine, a journal or a collector puts around each line of a log."""

from collections.abc import Callable
from dataclasses import dataclass

from ws101.logs.line import Line


@dataclass(frozen=True, slots=True)
class Wrapper:
    """`peel` returns the line inside, with what the wrapper says of time and stream, or None where it is not around it.

    A peeled line may be wrapped again. `partial` says that the line goes on in the next one of the same stream.
    """

    name: str
    peel: Callable[[Line], Line | None]
    partial: Callable[[Line], bool] = lambda _: False
