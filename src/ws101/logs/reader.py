"""One source's bytes to entries: lines, peeled of wrappers, kept together in records, redacted, read by their format.

Detects formats by their lines, several in one source; what none of them opens is counted, and some of it kept.
"""

import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence

from ws101.logs import document, watch
from ws101.logs.blocks import Block, Blocks, may_go_on
from ws101.logs.concern import Concern, bare
from ws101.logs.detect import Detector
from ws101.logs.entry import Entry
from ws101.logs.format import Format
from ws101.logs.intake import Intake, Numbered
from ws101.logs.line import Line, Place
from ws101.logs.watch import Watch
from ws101.logs.witness import Witness
from ws101.logs.wrappers import for_year, peel
from ws101.logs.wrapping import Unwrapper
from ws101.redact import Redactor, printable
from ws101.terms import NGINX

_SAMPLES = 20
_MOST_REFUSED = 256  # paths
_SHOWN = 400  # characters of a sample
_PASSED = 8192  # lines that are kept until a later one tells that their path is a WebSocket's
_ALL_READ = 64  # lines of a format that are read though nothing in them hints at a handshake


class Reader:
    """Reads one source; feed it chunks in their order. Lines and secrets are made harmless before a format sees them.

    By `zone` seconds nginx's clock is ahead of UTC: its error log names no zone.
    """

    def __init__(
        self,
        source: str,
        formats: Sequence[Format],
        redactor: Redactor,
        concern: Concern,
        year: int,
        zone: int = 0,
    ) -> None:
        self.source, self.zone = source, zone
        self.unknown = 0
        self.refused: Counter[str] = (
            Counter()
        )  # paths of requests that were refused, and may be no handshakes
        self.unknown_samples: tuple[Line, ...] = ()
        self._redactor, self._concern, self._year = redactor, concern, year
        self._intake = Intake()
        self._unwrap = Unwrapper(for_year(year))
        self._detector = Detector(formats)
        self._blocks = Blocks()
        self._watches: dict[str, Watch] = {}
        self._document: document.Har | None = document.Har()
        self._paths = set(concern.paths)
        self._passed: deque[tuple[Format, Line]] = deque(maxlen=_PASSED)

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        """What each format was seen to log in this source, the first met first."""
        return watch.witnesses(tuple(self._watches.values()), self.unknown)

    @property
    def formats_seen(self) -> tuple[Format, ...]:
        return tuple(one.form for one in self._watches.values())

    @property
    def cut(self) -> int:
        """How many lines were too long, so that only their beginning was read."""
        return self._intake.cut + (self._document.left_out if self._document else 0)

    def feed(self, data: bytes, line: int | None = None) -> list[Entry]:
        """Return the entries that are complete with these bytes.

        `line` is the number of their first line where they were cut out of the source: what was open is ended first.
        """
        entries: list[Entry] = self.recall()
        if line is not None:
            entries += self.pause()
            self._intake.jump(line)
            self._document = None
        if self._document is not None:
            taken = self._document.feed(data)
            if not self._document.settled:
                return entries
            if self._document.is_har:
                entries += self._all(Numbered(number, text) for number, text in taken)
                return entries
            data, self._document = self._document.begun, None
        entries += self._all(self._intake.feed(data))
        return entries

    def pause(self) -> list[Entry]:
        """Return the entries of records that further lines might still belong to: nothing came for a while."""
        entries: list[Entry] = []
        for block in self._blocks.end_all():
            self._read(block, entries)
        return entries

    def finish(self) -> list[Entry]:
        """Return what is left; a last line without its end is a line."""
        entries: list[Entry] = self.recall()
        if self._document is not None and not self._document.is_har:
            begun, self._document = self._document.begun, None
            entries += self._all(self._intake.feed(begun))
        entries += self._all(self._intake.finish())
        for line in self._unwrap.finish():
            self._line(line, entries)
        return entries + self.pause()

    def _all(self, lines: Sequence[Numbered] | Iterator[Numbered]) -> list[Entry]:
        entries: list[Entry] = []
        for number, text in lines:
            if not text or text.isspace():
                continue
            line = self._unwrap.take(Line(text, Place(self.source, number)))
            if line is not None:
                self._line(line, entries)
        return entries

    def _line(self, line: Line, entries: list[Entry]) -> None:
        if self._blocks.busy and self._blocks.adds(line):
            self._watch(self._blocks.last.form).line(line)
            return
        form = self._detector.form_of(line.text)
        for block in self._blocks.age(line.stream):
            self._read(block, entries)
        if form is None:
            self._unread(line)
            return
        seen = self._watch(form)
        seen.line(line)
        if form.continues is not None:
            for block in self._blocks.open(form, line):
                self._read(block, entries)
        elif seen.lines <= _ALL_READ or self._detector.signed(form) or self._concern.worth(line.text):
            self._read(Block(form, [line]), entries)
        else:
            self._passed.append((form, line))

    def _read(self, block: Block, entries: list[Entry], *, late: bool = False) -> None:
        """Read one record; only here, and in samples, does text leave this module, and it is redacted."""
        whole = block.lines[:1] if block.tangled else block.lines
        for line in block.lines[len(whole) :]:
            self._unread(line)
        lines = [line._replace(text=self._harmless(line.text)) for line in whole]
        marked = any("[token " in line.text for line in lines)
        entry = block.form.read([_closed_up(line) for line in lines] if marked else lines)
        if entry is None:
            return
        if marked:
            _open_up(entry)
        first = lines[0]
        if first.time is not None and (entry.time is None or (first.zoned and not entry.zoned)):
            entry.time, entry.zoned = first.time, first.zoned  # most wrappers' clocks name their zone
        if entry.time is not None and not entry.zoned and entry.software in NGINX:
            entry.time -= self.zone
        entry.stream = entry.stream or first.stream
        self._watch(block.form).entry(entry, late=late)
        self._concern.learn(entry, sure=block.form.certain)
        if self._concern.tells(entry):
            entries.append(entry)
        elif entry.path:
            if len(block.lines) == 1:
                self._passed.append((block.form, block.lines[0]))
            if (entry.status or 0) >= 400 and entry.method == "GET" and len(self.refused) < _MOST_REFUSED:
                self.refused[bare(entry.path)] += 1
        if len(self._concern.paths) != len(self._paths):
            entries += self.recall()

    def recall(self) -> list[Entry]:
        """Return what was passed over lately though it tells of a handshake, by a path that was learned since.

        Ask once more when all sources are finished: one may have named the path that another's lines are of.
        """
        new = self._concern.paths - self._paths
        self._paths = set(self._concern.paths)
        entries: list[Entry] = []
        if new and self._passed:
            again = [one for one in self._passed if any(path in one[1].text for path in new)]
            for one in again:
                self._passed.remove(one)
            for form, line in again:
                self._read(Block(form, [line]), entries, late=True)
        return entries

    def goes_on(self, form: str, text: bytes) -> bool:
        """Return whether a line may belong to an open record of the format of this name, which was seen here."""
        seen = self._watches.get(form)
        line = peel(Line(text.decode("utf-8", "replace").rstrip("\r"), Place(self.source, 0)))
        return seen is None or may_go_on(seen.form, line.text)

    def _harmless(self, text: str) -> str:
        return printable(self._redactor.scrub(text))

    def _unread(self, line: Line) -> None:
        self.unknown += 1
        if len(self.unknown_samples) < _SAMPLES:
            shown = line._replace(text=self._harmless(line.text)[:_SHOWN])
            self.unknown_samples = (*self.unknown_samples, shown)

    def _watch(self, form: Format) -> Watch:
        found = self._watches.get(form.name)
        if found is None:
            found = self._watches[form.name] = Watch(self.source, form, self._year, self.zone)
        return found


# A path or a field's value with a redacted token in it is still one word for a format that reads to the next blank.
_MARK = re.compile(r"\[token ([0-9a-f]{4})\]")
_CLOSED_UP = re.compile(r"\[token_([0-9a-f]{4})\]")
_FIELDS = Entry.__struct_fields__


def _closed_up(line: Line) -> Line:
    return line._replace(text=_MARK.sub(r"[token_\1]", line.text))


def _open_up(entry: Entry) -> None:
    for name in _FIELDS:
        value = getattr(entry, name)
        if type(value) is str and "[token_" in value:
            setattr(entry, name, _opened_up(value))
        elif isinstance(value, Mapping) and value:
            setattr(entry, name, {key: _opened_up(text) for key, text in value.items()})


def _opened_up(text: str) -> str:
    return _CLOSED_UP.sub(r"[token \1]", text)
