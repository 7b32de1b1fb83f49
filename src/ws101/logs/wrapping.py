"""Takes the wrappers off a source's lines, and puts a line together again that an engine cut into pieces.

After some hundred lines, wrappers that were not met in the source are no longer looked for.
"""

from collections.abc import Sequence

from ws101 import whereabouts
from ws101.logs.intake import CUT, LONGEST
from ws101.logs.line import Line
from ws101.logs.wrapper import Wrapper
from ws101.logs.wrappers import DEPTH, WRAPPERS

_PROBATION = 256
_MOST_STREAMS = 256


class Unwrapper:
    """Peels the lines of one source."""

    def __init__(self, wrappers: Sequence[Wrapper] = WRAPPERS) -> None:
        self._wrappers = list(wrappers)
        self._met: set[str] = set()
        self._count = 0
        self._pieces: dict[str, Line] = {}

    def take(self, line: Line) -> Line | None:
        """Return the line that is in this one; None where it goes on in another."""
        if not self._wrappers:
            return line
        self._count += 1
        if self._count == _PROBATION:
            self._wrappers = [one for one in self._wrappers if one.name in self._met]
        line, goes_on = self._peel(line)
        return self._whole(line, goes_on=goes_on) if goes_on or self._pieces else line

    def finish(self) -> list[Line]:
        """Return lines whose last piece never came."""
        left, self._pieces = list(self._pieces.values()), {}
        return left

    def _peel(self, line: Line) -> tuple[Line, bool]:
        goes_on = False
        for _ in range(DEPTH):
            for wrapper in self._wrappers:
                inner = wrapper.peel(line)
                if inner is not None and not _hides_a_name(line.text, inner.text):
                    goes_on = goes_on or wrapper.partial(line)
                    self._met.add(wrapper.name)
                    line = inner
                    break
            else:
                break
        return line, goes_on

    def _whole(self, line: Line, *, goes_on: bool) -> Line | None:
        before = self._pieces.pop(line.stream, None)
        if before is not None:
            place = before.place._replace(lines=before.place.lines + 1)
            line = before._replace(text=_capped(before.text, line.text), place=place)
        if not goes_on:
            return line
        if len(self._pieces) >= _MOST_STREAMS:
            self._pieces.clear()
        self._pieces[line.stream] = line
        return None


def _hides_a_name(text: str, inner: str) -> bool:
    """Whether what is taken off names a secret, as a tag of logcat's may: without it, nothing would tell what stands inside."""
    head = text.removesuffix(inner)
    return len(head) < len(text) and whereabouts.named_at_end(head)


def _capped(before: str, text: str) -> str:
    if len(before) > LONGEST:
        return before
    whole = before + text
    return whole if len(whole) <= LONGEST else whole[:LONGEST] + CUT
