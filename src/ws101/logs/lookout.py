"""What to look for in a source: the signs of the formats that it was seen to hold, and of what concerns. Reads samples of it.

A format's own signs may be words that every line of another format bears, so they hold where that format was seen.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from ws101.logs import marking
from ws101.logs.concern import HINTS, Concern
from ws101.logs.detect import Detector
from ws101.logs.format import Format
from ws101.logs.line import Line, Place
from ws101.logs.wrappers import peel
from ws101.logs.wrapping import Unwrapper

_UPGRADES = (b"101", b"426")  # statuses by which a handshake is known at any path
_NUMBERED = (b" %s ", b":%s,", b": %s,", b'"%s"', b"\t%s\t", b"=%s ")  # as logs write a status
_COMMON = 0.02  # of the lines: a sign that more of them bear tells nothing
_COUNTED = 64  # statuses of a format, which tell how it writes them
_SHORTEST = 4  # characters; a shorter path stands in too many lines
# What stands behind such a part of a path. Signs of three bytes make the search for all of them take twice as long.
_BEHIND = {b"/ws": b" /?\"_.-s',\n"}
_BEHIND_OTHERS = b' /?"'
_MEANT_BY_HINTS = frozenset({b"/ws", marking.SIGN})  # told more exactly by what is always looked for
_ROOMS = (
    32  # paths of one directory; more make the search take longer than what else stands there takes to read
)
_NAMES_REQUESTS = frozenset({"nginx-error"})  # of several lines perhaps, and each names its request
_ALWAYS = (b"pgrade", b"ws://", b"wss://", marking.PRODUCT.encode(), marking.SIGN)


class Lookout:
    """Gathers `signs` to look for; `wide` are those of records of several lines of any format, each with a test of what goes on with them.

    `weak` are those that stand in any request's record of their format. Where quotes were seen `escaped`, they are looked
    for in both forms.
    """

    def __init__(self, formats: Sequence[Format], concern: Concern) -> None:
        self.formats, self.concern = formats, concern
        self.signs: dict[bytes, None] = {}
        self.wide: dict[bytes, Callable[[bytes], bool]] = {}
        self.weak: set[bytes] = set()
        self.escaped = False
        self._names: set[str] = set()
        self._paths = 0
        self._detector = Detector(formats)
        mark = [self.concern.mark.encode()] if self.concern.mark else []
        self._strong = frozenset(
            (*(sign for hint in HINTS for sign in _longer(hint.encode())), *_ALWAYS, *mark)
        )
        self.signs |= dict.fromkeys(sorted(self._strong, key=len))
        # What a line goes on with is asked of every format: the first record of one must be whole to be known.
        for form in self.formats:
            if form.continues is not None:
                for sign in {*form.signs} - {*_UPGRADES, *_MEANT_BY_HINTS}:
                    self.wide[sign] = _either(self.wide.get(sign), form.continues)

    def sample(self, lines: Iterable[bytes]) -> None:
        """Learn from lines of the source which formats it holds, and how they write a status."""
        raw = [line for line in lines if line.strip()]
        self.escaped = any(b'\\"' in line for line in raw)
        seen: dict[str, Format] = {}
        written: dict[str, Counter[bytes]] = {}
        for form, inner, line in self._known(raw):
            seen[form.name] = form
            contexts = written.setdefault(form.name, Counter())
            if contexts.total() < _COUNTED:
                contexts.update(_status_in(form, inner, line))
        for name, form in seen.items():
            self._add(form, raw, written[name])

    def skim(self, lines: Iterable[bytes]) -> None:
        """Learn from lines that bear a sign which formats the source holds that few of its lines are of."""
        self.meet(form for form, _, _ in self._known(line for line in lines if line.strip()))

    def _known(self, lines: Iterable[bytes]) -> Iterator[tuple[Format, Line, bytes]]:
        """Yield the lines that are of a known format, each without what is wrapped around it, and whole."""
        unwrap = Unwrapper()
        for number, line in enumerate(lines, 1):
            inner = unwrap.take(Line(line.decode("utf-8", "replace").rstrip("\r"), Place("", number)))
            form = self._detector.form_of(inner.text) if inner is not None else None
            if inner is not None and form is not None:
                yield form, inner, line

    def meet(self, formats: Iterable[Format]) -> None:
        """Learn of formats that were seen since."""
        for form in formats:
            if form.name not in self._names:
                self._add(form, (), Counter())

    def look(self) -> None:
        """Learn of paths that the concern has learned."""
        if len(self.concern.paths) != self._paths:
            self._paths = len(self.concern.paths)
            self.signs |= dict.fromkeys(_needles(self.concern.paths))

    def _add(self, form: Format, raw: Sequence[bytes], written: Counter[bytes]) -> None:
        self._names.add(form.name)
        contexts = [context for context, count in written.most_common(2) if count * 2 > written.total() / 2]
        for sign in form.signs:
            if sign in _UPGRADES or sign in _MEANT_BY_HINTS:
                continue
            if (
                len(raw)
                and sum(sign in line for line in raw) > max(len(raw) * _COMMON, 3)
                and form.continues is None
            ):
                continue
            self.signs[sign] = None
            if (form.continues is None or form.name in _NAMES_REQUESTS) and sign not in self._strong:
                self.weak.add(sign)
        if contexts or any(sign in _UPGRADES for sign in form.signs):
            forms = contexts or _NUMBERED
            self.signs |= dict.fromkeys(text % status for text in forms for status in _UPGRADES)


def _either(one: Callable[[bytes], bool] | None, continues: Callable[[str], bool]) -> Callable[[bytes], bool]:
    def goes_on(raw: bytes) -> bool:
        return continues(_peeled(raw)) or (one is not None and one(raw))

    return goes_on


@lru_cache(maxsize=64)  # one format after another asks the same of a line
def _peeled(raw: bytes) -> str:
    return peel(Line(raw.decode("utf-8", "replace").rstrip("\r"), Place("", 1))).text


def _longer(sign: bytes) -> tuple[bytes, ...]:
    """Return the sign, or what it is with the bytes that may stand behind it where it is shorter than the others."""
    if len(sign) >= _SHORTEST:
        return (sign,)
    return tuple(sign + bytes([byte]) for byte in _BEHIND.get(sign, _BEHIND_OTHERS))


def needles(path: str) -> tuple[bytes, ...]:
    """Return what stands in every line that names this path; a short one with what stands around it in a request line."""
    text = path.encode("utf-8", "surrogateescape")
    return (
        (text,)
        if len(path) >= _SHORTEST
        else (b" %s " % text, b" %s?" % text, b'"%s"' % text, b'"%s?' % text)
    )


def _needles(paths: Iterable[str]) -> Iterator[bytes]:
    """Yield what to look for to find all of these; for many of one directory, as rooms are, its name stands."""
    below: dict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        below[path[: path.rfind("/") + 1]].append(path)
    for above, ones in below.items():
        rooms = len(ones) > _ROOMS and len(above) >= _SHORTEST
        for path in [above] if rooms else ones:
            yield from needles(path)


def _status_in(form: Format, line: Line, raw: bytes) -> list[bytes]:
    """Return how a line's status is written: with two characters before it and one behind it."""
    if form.continues is not None:
        return []
    entry = form.read([line])
    if entry is None or entry.status is None or not entry.method:
        return []
    found = re.findall(rb"([^0-9]{2})%d([^0-9])" % entry.status, raw)
    return [
        before.replace(b"%", b"%%") + b"%s" + after.replace(b"%", b"%%")
        for before, after in dict.fromkeys(found)
    ]
