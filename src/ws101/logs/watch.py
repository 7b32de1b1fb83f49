"""What one format was seen to log within one source, gathered line by line into a Witness. Joins and judges nothing."""

from collections.abc import Sequence

from ws101.logs import stamp
from ws101.logs.concern import bare, is_handshake
from ws101.logs.entry import RANK, Entry, Level, Told
from ws101.logs.format import Format
from ws101.logs.line import Line
from ws101.logs.witness import Jump, Witness
from ws101.terms import NGINX

_BACK = 5.0  # seconds; writers with several threads or workers are out of order by less
_CONFIRMED = 3  # records in a row that are late, from the first of which on the clock was set back
_PROBATION = 64  # lines of a format after which it is known whether it writes levels
_MOST_PATHS, _MOST_JUMPS = 256, 32
_HEAD = 120  # characters; a level stands before the message
_WORDS: tuple[tuple[Level, tuple[str, ...]], ...] = (
    (Level.DEBUG, ("[debug]", " DEBUG", "[DEBUG", '"debug"', '"DEBUG"', "=debug", "DEBUG:", "TRACE", '"trace"')),
    (Level.INFO, ("[info]", " INFO", "[INFO", '"info"', '"INFO"', "=info", "INFO:", ":info]", '"level":30')),
    (Level.NOTICE, ("[notice]", " NOTICE", '"notice"', ":notice]")),
    (Level.WARN, ("[warn]", " WARN", "[WARN", '"warn', '"WARN', "=warn", "WARNING:", ":warn]", '"level":40')),
    (Level.ERROR, ("[error]", " ERROR", "[ERROR", '"error"', '"ERROR"', "=error", "ERROR:", ":error]", '"level":50')),
    (Level.CRIT, ("[crit]", "[alert]", "[emerg]", "CRITICAL", "FATAL", '"fatal"', ":crit]", '"level":60')),
)  # fmt: skip


class Watch:
    """Sees every line of one format in one source, and the entries that were read from them."""

    def __init__(self, source: str, form: Format, year: int, zone: int = 0) -> None:
        self.form = form
        self.lines = 0
        self._source, self._year = source, year
        self._zone = zone if form.software in NGINX else 0
        self._first: float | None = None
        self._highest: float | None = None
        self._latest: float | None = None
        self._level: Level | None = None
        self._zoned = False
        self._competent = False
        self._every = False
        self._paths: set[str] = set()
        self._jumps: list[Jump] = []
        self._behind: list[tuple[int, float]] = []
        self._unread: Line | None = None
        self._hop, self._software = form.hop, form.software

    def line(self, line: Line) -> None:
        """See a line; its time is read only where it is the first, or nothing else tells how far the log goes."""
        self.lines += 1
        if self._level is not Level.DEBUG and (self._level is not None or self.lines <= _PROBATION):
            self._look_for_level(line.text)
        if self._first is None:
            self._see(line)
        else:
            self._unread = line

    def entry(self, entry: Entry, *, late: bool = False) -> None:
        """See what a record says, whether it tells of a handshake or of any other request; again, where that is `late`."""
        if self._unread is not None and self._unread.place.line <= entry.place.line:
            self._unread = None
        if not late:
            self._at(entry.time, entry.place.line, zoned=entry.zoned)
        if entry.level is not None and (self._level is None or RANK[entry.level] < RANK[self._level]):
            self._level = entry.level
        self._hop, self._software = entry.hop, entry.software  # some formats read several programs' words
        if entry.told is not Told.ANSWERED or entry.status is None:
            return
        if is_handshake(entry):
            self._competent = True
            if len(self._paths) < _MOST_PATHS:
                self._paths.add(bare(entry.path))
        elif entry.method:
            self._every = True

    def witness(self, unknown: int) -> Witness:
        """Return what was seen so far."""
        if self._unread is not None:
            line, self._unread = self._unread, None
            self._see(line)
        answered = (self._competent and self.form.healthy) or self._every
        return Witness(
            self._source,
            self.form.name,
            self._software,
            self._hop,
            self._first,
            self._highest,
            self._level,
            competent=True if answered else None,
            lines=self.lines,
            unknown=unknown,
            every=self._every,
            paths=frozenset(self._paths),
            jumps=tuple(self._jumps),
            zoned=self._zoned,
        )

    def _look_for_level(self, text: str) -> None:
        head = text[:_HEAD]
        for level, words in _WORDS:
            if level is self._level:
                return
            if any(word in head for word in words):
                self._level = level
                return

    def _see(self, line: Line) -> None:
        time, zoned = self._time_of(line)
        self._at(time, line.place.line, zoned=zoned)

    def _at(self, time: float | None, number: int, *, zoned: bool) -> None:
        if time is None:
            return
        self._zoned = self._zoned or zoned
        self._look_for_jump(time, number)
        self._first = time if self._first is None else min(self._first, time)
        self._highest = time if self._highest is None else max(self._highest, time)

    def _look_for_jump(self, time: float, number: int) -> None:
        """See whether the clock was set back: a single line that is late is of a request that began long before."""
        if self._latest is None or time >= self._latest - _BACK:
            self._latest, self._behind = time, []
            return
        self._behind.append((number, time))
        if len(self._behind) == _CONFIRMED:
            first, begun = self._behind[0]
            if len(self._jumps) < _MOST_JUMPS:
                self._jumps.append(Jump(first, begun - self._latest))
            self._latest, self._behind = time, []

    def _time_of(self, line: Line) -> tuple[float | None, bool]:
        """Return a line's time, and whether it names its zone."""
        read = self.form.read([line]) if self.form.continues is None else None
        if read is None or read.time is None:
            found = stamp.read(line.text[:64], self._year)
            time, zoned = (found.time, found.zoned) if found else (line.time, line.zoned)
        else:
            time, zoned = read.time, read.zoned
        return (time if time is None or zoned else time - self._zone), zoned


def witnesses(watches: Sequence[Watch], unknown: int) -> tuple[Witness, ...]:
    """Return what each format was seen to log; what no format could read is told by the first alone."""
    return tuple(watch.witness(unknown if at == 0 else 0) for at, watch in enumerate(watches))
