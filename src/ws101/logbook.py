"""Composition for library users: logs in, a report out. Reads every source in step, joins, and judges each kind of story once.

Nothing is sent; memory does not grow with the logs.
"""

import heapq
import os
import re
import shlex
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from msgspec.structs import replace

from ws101.handshake.target import read_url
from ws101.logs import stamp
from ws101.logs.bulk import Bulk
from ws101.logs.concern import Concern, bare
from ws101.logs.entry import Entry
from ws101.logs.format import Format
from ws101.logs.formats import likeliest, proxies, with_formats
from ws101.logs.formats.nginx_access import from_log_format, from_words
from ws101.logs.join import Joiner
from ws101.logs.kind import kind
from ws101.logs.reader import Reader
from ws101.logs.rows import Item
from ws101.logs.statement import Statement, stated
from ws101.logs.story import Story
from ws101.logs.tally import Grouped, Measure, Tally, measure
from ws101.logs.witness import Witness
from ws101.private import Private
from ws101.redact import Redactor, clean_report
from ws101.report import NAMELESS, Chronicle, Group, LogSource, Report, TargetInfo
from ws101.sources import open_sources
from ws101.sources.skim import Skimmer
from ws101.sources.source import Source, Unopened, in_turn
from ws101.terms import Outcome

if TYPE_CHECKING:
    from ws101.configured import Configured
    from ws101.nginx.model import Model
    from ws101.verdict.ending import Ended, Ending
    from ws101.verdict.weigh import Weighed

Progress = Callable[[str], None]

_PARTS = 24  # of the whole time, in the chart
_NAMED = 1000  # clients and paths that are named
_KINDS = 256  # of handshakes, of which is remembered what was judged
_HINTS = 3  # paths that may be a WebSocket's
_ASSET = re.compile(
    r"\.(?:avif|css|eot|gif|html?|ico|jpe?g|js|map|mjs|php|png|svg|ttf|txt|webp|woff2?|xml)$", re.IGNORECASE
)
_NOTHING = "No handshake was found in these logs"
_NONE_ASKED_FOR = "None of the handshakes in these logs is one that is asked for"
_OURS_ALONE = "The handshakes in these logs are those that ws101 itself has sent"
_UNREAD = "None of these logs could be read"


class Inquiry(Private, frozen=True):
    """What is asked of which logs; flags of the command line map to its fields one to one.

    `url` and `paths` say which handshakes are meant; without them, all that are found. `since`, `until` and `now` are in
    seconds since the epoch. `log_formats` are nginx's, as text. `unknown` asks for lines that no format could read.
    `mark` is that of our own probes.
    """

    sources: tuple[str, ...]
    url: str | None = None
    paths: tuple[str, ...] = ()
    since: float | None = None
    until: float | None = None
    saw: int | None = None
    nginx_configs: tuple[str, ...] = ()
    nginx_root: str | None = None
    log_formats: tuple[str, ...] = ()
    show_secrets: bool = False
    unknown: bool = False
    now: float = 0.0
    mark: str = ""


def read(
    inquiry: Inquiry, environ: Mapping[str, str], stdin: BinaryIO, progress: Progress = lambda _: None
) -> Report:
    """Read these logs and say what became of the handshakes in them.

    Raises UsageError and UnreadableInput for what cannot be asked; a log that cannot be read is told in the report.
    """
    desk = Desk(inquiry)
    sources, unopened = open_sources(inquiry.sources, since=inquiry.since, stdin=stdin, environ=environ)
    for source in sources:
        progress(f"reading {source.name}")
    desk.take(sources)
    return desk.report(unopened)


class Desk:
    """Where logs are read, joined and tallied: sources first, then what became of the handshakes in them."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        self.redactor = Redactor((), os.urandom(8))
        self.models = _models(inquiry)
        self.concern = _concern(inquiry)
        self.formats = with_formats(*_formats(inquiry, self.models))
        self.statements = _statements(self.models)
        self.readers: dict[str, Reader] = {}
        self.entries: Counter[str] = Counter()
        self.joiner = Joiner(self._witnesses, self.statements)
        self.tally: Tally[Hashable] = Tally()
        self.sources: tuple[Source, ...] = ()
        self.skimmer = Skimmer(self.formats, self.concern, meanwhile=self.prepare)
        self.bulk = Bulk((inquiry.since, inquiry.until), lambda: bool(self.skimmer.surveys))
        self._proxies: frozenset[str] = frozenset()  # those that wrote errors in these logs
        self._zone = 0  # seconds by which their clocks are ahead of UTC
        self._ours: Counter[str] = Counter()  # records of our own probes, by their source
        self._came_to: dict[Hashable, Ending] = {}
        self._unasked: set[str] = set()  # paths of handshakes that are not asked for, some
        self._weighed: dict[int, tuple[Story, Weighed]] = {}

    def reader(self, name: str) -> Reader:
        """Return the reader of the source of this name."""
        if name not in self.readers:
            self.readers[name] = self._new_reader(name)
            self.entries[name] = 0
        return self.readers[name]

    def _new_reader(self, name: str) -> Reader:
        year = datetime.fromtimestamp(self.inquiry.now, UTC).year
        formats = likeliest(name, self.formats, self._proxies)
        return Reader(name, formats, self.redactor, self.concern, year, self._zone)

    def take(self, sources: Sequence[Source]) -> None:
        """Read all sources side by side, by their times, parts of one log in turn, and tally their handshakes."""
        self.sources = (*self.sources, *sources)
        beginnings = b"\n".join(one.beginning for one in sources).decode("utf-8", "replace")
        self._proxies |= proxies(beginnings)
        self._zone = stamp.clf_zone(beginnings)
        self.bulk.known = self.skimmer.known(sources, self._new_reader)
        for source in sources:
            self.reader(source.name)
        groups = (chain.from_iterable(map(self._items, group)) for group in in_turn(sources))
        merged = heapq.merge(*groups, key=_Clock())
        self.count(self.joiner.feed(self.chosen(self.bulk.entries(merged))))
        # What one source was read past before another named its path.
        late = (entry for reader in self.readers.values() for entry in reader.recall())
        self.count(self.joiner.feed(self.chosen(late)))
        self.count(self.joiner.finish())
        for name, clients in self.bulk.callers:
            self.joiner.callers.meet(name, clients)
        for examples in self.bulk.examples:  # of what was counted, which is all asked for
            self.entries.update(entry.place.source for entry in examples)
            told = chain(self.joiner.feed(examples), self.joiner.finish())
            self.count(map(self.bulk.doubted, told))

    def chosen(self, entries: Iterable[Entry], arrived: float | None = None) -> Iterator[Entry]:
        """Yield what lies within the time that is asked for; a record without a time has that at which it `arrived`."""
        since, until = self.inquiry.since, self.inquiry.until
        for entry in entries:
            if entry.time is None and arrived is not None:
                entry.time, entry.zoned = arrived, True
            early = since is not None and entry.time is not None and entry.time < since
            late = until is not None and entry.time is not None and entry.time > until
            if not (early or late):
                self.entries[entry.place.source] += 1
                yield entry

    def asked(self, story: Story) -> bool:
        """Return whether this handshake is one that is asked for: known only when all of its records are joined."""
        return not self._is_ours(story) and self.concern.asks_for(story.entries)

    def _is_ours(self, story: Story) -> bool:
        """Whether an earlier check sent it, which is nobody's trouble."""
        return not self.inquiry.mark and any(entry.identity.get("probe") for entry in story.entries)

    def count(self, stories: Iterable[Story]) -> None:
        """Tally those of these stories that are asked for."""
        for story in stories:
            if self._is_ours(story):
                self._ours.update(entry.place.source for entry in story.entries)
            elif self.asked(story):
                self.tally.add(kind(story), story, self.bulk.stands_for(story))
            elif len(self._unasked) < _HINTS:
                self._unasked.add(bare(story.path))

    def _items(self, source: Source) -> Iterator[Item]:
        return self.skimmer.items(source, self.reader(source.name), self._new_reader(source.name))

    def _witnesses(self) -> tuple[Witness, ...]:
        return tuple(
            replace(witness, lines=witness.lines * self.skimmer.times_as_large(name))
            for name, reader in self.readers.items()
            for witness in reader.witnesses
        )

    # ---- the report

    def report(self, unopened: Sequence[Unopened] = ()) -> Report:
        """Return the report on what was tallied so far."""
        troubles = [text for source in self.sources for text in source.troubles]
        troubles += [_cut(name, reader.cut) for name, reader in self.readers.items() if reader.cut]
        troubles += [_untold(self.tally.ungrouped)] if self.tally.ungrouped else []
        cut_short = "; ".join(text.rstrip(".") for text in troubles)
        endings = self._endings()
        told = self._verdict(endings, cut_short)
        if unopened and not self.readers:
            told = replace(told, summary=_UNREAD)
        chronicle = self._chronicle(endings, unopened)
        if endings and endings[0].key.outcome == NAMELESS:
            told = replace(told, next_steps=(*self._hints(), *told.next_steps))
        told = replace(told, chronicle=chronicle, incomplete=told.incomplete or bool(cut_short or unopened))
        return clean_report(self.skimmer.numbered(told), None if self.inquiry.show_secrets else self.redactor)

    def ending(self, story: Story) -> Group:
        """Return what one handshake came to; one of each kind is judged for all."""
        alike = kind(story)
        if alike not in self._came_to:
            if len(self._came_to) >= _KINDS:
                self._came_to.clear()
            self._came_to[alike] = self._ending(story)
        ended, one = self._came_to[alike], measure(story)
        times, clients, paths = one.times, one.clients.top(1), one.paths.top(1)
        return Group(*ended, one.count, times.first, times.last, clients, paths, ())

    def _endings(self) -> "tuple[Grouped[Ending], ...]":
        """Return what became of the handshakes and why, those that fail first, then the most frequent."""
        from ws101.verdict.ending import settled

        told: Tally[Ending] = Tally()
        every = [self._ended(self.joiner.revised(one.story), one.measure) for one in self.tally.groups()]
        for one in settled(every):
            told.add(*one)
        return tuple(sorted(told.groups(), key=lambda group: group.key.rank(group.measure.count)))

    def _ended(self, story: Story, of_all: Measure) -> "Ended":
        from ws101.verdict.ending import ended

        return ended(self._ending(story), story, of_all)

    def prepare(self) -> None:
        """Load the causes, so that the first handshake that is judged while logs are followed keeps no line waiting."""
        import ws101.verdict.ending
        import ws101.verdict.logged  # noqa: F401

    def _ending(self, story: Story) -> "Ending":
        from ws101.verdict.ending import ending

        return ending(story, self._judge(story).findings)

    def _judge(self, story: Story) -> "Weighed":
        """Weigh the causes for a handshake; it is asked for several times of each that is told."""
        from ws101.verdict.logged import judge

        if id(story) not in self._weighed:
            if len(self._weighed) >= _KINDS:
                self._weighed.clear()
            weighed = judge(story, now=self.inquiry.now, config=self._config(story), saw=self.inquiry.saw)
            self._weighed[id(story)] = (story, weighed)  # while the story is held no other has its id
        return self._weighed[id(story)][1]

    def _verdict(self, endings: "Sequence[Grouped[Ending]]", cut_short: str) -> Report:
        from ws101.verdict.logged import judged

        saw = self.inquiry.saw
        asked = [one for one in endings if saw is not None and one.key.status == saw]
        shown = next(iter(asked or endings), None)
        if shown is None:
            return self._nothing(cut_short)
        return judged(
            shown.story,
            now=self.inquiry.now,
            config=self._config(shown.story),
            saw=saw,
            cut_short=cut_short,
        )

    def _chronicle(self, endings: "Sequence[Grouped[Ending]]", unopened: Sequence[Unopened]) -> Chronicle:
        times = [one.measure.times for one in endings]
        first = min((t.first for t in times if t.first is not None), default=None)
        last = max((t.last for t in times if t.last is not None), default=None)
        groups = tuple(self._group(one, first, last) for one in endings)
        return Chronicle(self.told(unopened), groups, first, last)

    def _group(self, one: "Grouped[Ending]", first: float | None, last: float | None) -> Group:
        from ws101.verdict.account import account

        measure, ending = one.measure, one.key
        over_time: tuple[int, ...] = ()
        if first is not None and last is not None and last > first:
            over_time = measure.times.parts(first, last, _PARTS)
        return Group(
            ending.outcome, ending.status, ending.cause, ending.certainty, measure.count, measure.times.first,
            measure.times.last, measure.clients.top(_NAMED), measure.paths.top(_NAMED), over_time,
            account(one.story, self._judge(one.story).findings), measure.hosts.top(_NAMED),
            measure.clients.rest(_NAMED), measure.paths.rest(_NAMED),
        )  # fmt: skip

    def _nothing(self, cut_short: str) -> Report:
        address = read_url(self.inquiry.url) if self.inquiry.url else None
        path = next(iter(self.inquiry.paths), "")
        target = (
            TargetInfo(self.inquiry.url or "", address.host, address.port, address.target, address.scheme)
            if address
            else TargetInfo(path, "", 0, path, "ws")
        )
        there = sorted(self._unasked - self.concern.asked)
        hints = [
            f"ws101 logs … --path {shlex.quote(path)}  has handshakes" for path in there
        ] or self._hints()
        steps = (*hints, "ws101 check URL --log SOURCE  sends a handshake that every log can show")
        summary = _NONE_ASKED_FOR if self._unasked else _OURS_ALONE if self._ours else _NOTHING
        return Report(
            target, Outcome.INCOMPLETE, None, summary, (), (), (), (), (), None,
            unexamined=(cut_short,) if cut_short else (), next_steps=steps, incomplete=True,
        )  # fmt: skip

    def _hints(self) -> list[str]:
        """Name the paths whose requests were refused the most: one may be a WebSocket's, though nothing says so."""
        refused: Counter[str] = Counter()
        for reader in self.readers.values():
            refused += reader.refused
        likely = [(path, count) for path, count in refused.most_common() if not _ASSET.search(path)]
        return [
            f"ws101 logs … --path {shlex.quote(path)}  if this is your WebSocket:"
            f" {count} of its requests {'was' if count == 1 else 'were'} refused"
            for path, count in likely[:_HINTS]
        ]

    def _config(self, story: Story) -> "tuple[Configured, ...] | None":
        if not self.models:
            return None
        from ws101.configured import Running, follow
        from ws101.verdict.logged import evidence_of

        sending = evidence_of(story, now=self.inquiry.now).sending
        return follow(self.models, sending, sending.port, "", Running())

    def told(self, unopened: Sequence[Unopened]) -> tuple[LogSource, ...]:
        """Return what was read of each log, and what could not be."""
        offsets = {witness.source: witness.offset for witness in self.joiner.witnesses}
        told = [
            _source(
                name,
                reader,
                self.entries[name] - self._ours[name],
                self.bulk.counted[name],
                self.skimmer.passed_over(name),
                offsets.get(name),
                self._ours[name],
                samples=self.inquiry.unknown,
            )
            for name, reader in self.readers.items()
        ]
        return (
            *told,
            *(LogSource(u.name, None, "", 0, 0, 0, problem=f"{u.why}. {u.cure}") for u in unopened),
        )


class _Clock:
    """The order in which entries of several sources are taken: by time; one without goes right behind the one before."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    def __call__(self, item: Item) -> float:
        last = self._last.get(item.place.source, 0.0)
        time = last if item.time is None else max(item.time, last)
        self._last[item.place.source] = time
        return time


def _source(
    name: str,
    reader: Reader,
    entries: int,
    alike: int,
    passed_over: int,
    offset: float | None,
    ours: int,
    *,
    samples: bool,
) -> LogSource:
    """Return what was read of a source; `alike` are lines of handshakes that were counted without being read, `ours` of our probes."""
    witnesses = reader.witnesses
    first = min((w.first for w in witnesses if w.first is not None), default=None)
    last = max((w.last for w in witnesses if w.last is not None), default=None)
    lines = (
        sum(w.lines for w in witnesses) + reader.unknown + alike
    )  # without those read apart, among others alike
    hops = {w.hop for w in witnesses}
    formats = ", ".join(dict.fromkeys(w.format for w in witnesses))
    hop = next(iter(hops)) if len(hops) == 1 else None
    shown = tuple(line.text for line in reader.unknown_samples) if samples else ()
    return LogSource(
        name, hop, formats, max(lines, entries + alike), entries + alike, reader.unknown, first, last, offset,
        passed_over=passed_over, samples=shown, zoned=not witnesses or any(w.zoned for w in witnesses),
        ours=ours,
    )  # fmt: skip


def _cut(name: str, count: int) -> str:
    return f"{name}: of {count} lines only the first 64 KiB were read"


def _untold(count: int) -> str:
    return f"{count:,} handshakes are in none of the groups: they are of more kinds than are told apart"


# ---- what is asked


def _concern(inquiry: Inquiry) -> Concern:
    address = read_url(inquiry.url) if inquiry.url else None
    paths = [*inquiry.paths, *([address.target] if address else [])]
    return Concern(paths, [address.host] if address else [], inquiry.mark)


def _models(inquiry: Inquiry) -> "Sequence[Model]":
    """Read the configurations. Raises UnreadableInput."""
    if not inquiry.nginx_configs:
        return ()
    from ws101.nginx.model import understand
    from ws101.probe.nginx_files import read_configuration

    return [understand(read_configuration(path, inquiry.nginx_root)) for path in inquiry.nginx_configs]


def _formats(inquiry: Inquiry, models: "Sequence[Model]") -> Iterator[Format]:
    for number, text in enumerate(inquiry.log_formats, 1):
        yield from_log_format(f"log-format-{number}", text)
    for model in models:
        for line in model.http.own("log_format"):
            if len(line.arguments) >= 2:
                yield from_words(line.arguments)


def _statements(models: "Sequence[Model]") -> tuple[Statement, ...]:
    """Return what the configurations say of their logs, in every server; a line that holds in several says it once."""
    found = [s for model in models for level in (model.http, *model.servers) for s in stated(level, model)]
    return tuple({one.place: one for one in found}.values())
