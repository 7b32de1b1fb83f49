"""The shape of a wrapper: what a container engine, a journal or a collector puts around each line of a log."""

from collections.abc import Callable

from msgspec import Struct

from ws101.logs.line import Line
from ws101.logs.stamp import Stamp


class Wrapper(Struct, frozen=True):
    """`peel` returns the line inside, with what the wrapper says of time and stream, or None where it is not around it.

    A peeled line may be wrapped again. `partial` says that the line goes on in the next one of the same stream.
    """

    name: str
    peel: Callable[[Line], Line | None]
    partial: Callable[[Line], bool] = lambda _: False


def inside(line: Line, text: str, at: Stamp | None = None, stream: str = "") -> Line:
    """Return the line inside; its time is the wrapper's, where that names its zone or there is none yet."""
    time, zoned = (line.time, line.zoned) if at is None else (at.time, at.zoned)
    if at is not None and not at.zoned and line.time is not None:
        time, zoned = line.time, line.zoned
    outer = line.stream
    # One wrapper may stand inside another: a container's stdout, under a service's name.
    named = f"{outer} {stream}" if outer and stream and stream != outer else stream or outer
    return Line(text, line.place, time, named, zoned)
