"""What the logs that were given write of a check's own handshakes: marks what is sent, listens, and joins what was heard."""

import re
import secrets
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ws101 import __version__
from ws101.attempt import Sending
from ws101.evidence import Evidence
from ws101.logs import marking, way
from ws101.logs.entry import Entry, Told
from ws101.logs.line import Place
from ws101.logs.story import Story
from ws101.logs.tie import ALONE, OF_ONE_PROGRAM, explains, ties
from ws101.question import Question
from ws101.report import LogSource
from ws101.sources.listening import Heard as Overheard
from ws101.sources.listening import Listening
from ws101.terms import Hop

if TYPE_CHECKING:
    from ws101.logbook import Desk

_PROBES = "the probes themselves"
_OWN = re.compile(rf"{_PROBES}:\d+(?:, {_PROBES}:\d+)*")
_REST = 0.1  # seconds without a line, after which the first handshake is over in the logs
_LONGEST_REST = 0.5


class Heard(Struct, frozen=True):
    """What became of listening: the story of the baseline if one was told, the logs, and what could not be read."""

    story: Story | None
    sources: tuple[LogSource, ...]
    problems: tuple[str, ...]


class Ear:
    """Listens to the logs of one question. A request that names its own User-Agent stays as it is, without a mark."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._listening = Listening(question.logs, stdin=sys.stdin.buffer, environ=question.environ)
        self._run = secrets.token_hex(4)
        self._sent = 0
        self._times: dict[str, float] = {}
        self._begun = self._alone_until = 0.0

    def mark(self, there: Sending) -> Sending:
        """Return what will be sent, marked by a number of its own in User-Agent, which most hops log."""
        number, self._sent = self._sent, self._sent + 1
        self._begun = self._begun or time.time()
        headers = there.request.headers
        bare = number > 0 and "user-agent" not in headers  # a change took it away
        if bare or not headers.get("user-agent", marking.PRODUCT).startswith(marking.PRODUCT):
            return there
        name = marking.agent(__version__, self._run, number)
        self._times[name] = time.time()
        marked = headers.replaced("User-Agent", name)
        return there.asking(there.request.with_headers(marked))

    async def start(self) -> None:
        """Begin to listen, before anything is sent."""
        await self._listening.start()

    async def rest(self) -> None:
        """Wait until the hops have written of the first handshake, before a second one is sent."""
        await self._listening.quiet(_REST, _LONGEST_REST)
        self._alone_until = time.time()

    async def hear(self, evidence: Evidence) -> Heard:
        """Wait until the hops have written what they write, and return what they wrote of the baseline."""
        pieces = await self._listening.settle()
        from ws101.logbook import Desk, Inquiry

        question = self._question
        desk = Desk(
            Inquiry(
                question.logs,
                url=question.url,
                nginx_configs=question.nginx_configs,
                nginx_root=question.nginx_root,
                show_secrets=True,  # the report that this becomes a part of is redacted as a whole
                now=time.time(),
                mark=self._run,
            )
        )
        entries = list(self._probes(evidence))
        first = next((e for e in entries if e.identity.get(ALONE)), None)
        for name, heard in pieces.items():
            early, later = self._read(desk, name, heard)
            entries += self._sorted_out(first, early, later)
        stories = [*desk.joiner.feed(entries), *desk.joiner.finish()]
        unopened = self._listening.unopened
        problems = [f"{one.name}: {one.why}. {one.cure}" for one in unopened]
        return Heard(
            self._of_baseline(stories),
            desk.told(unopened),
            (*problems, *self._listening.troubles),
        )

    def _read(self, desk: "Desk", name: str, heard: Overheard) -> tuple[list[Entry], list[Entry]]:
        """Return what one source wrote of handshakes while nothing but the first was sent, and what it wrote later."""
        reader = desk.reader(name)
        reader.feed(heard.before.text, heard.before.line)
        reader.pause()
        found: tuple[list[Entry], list[Entry]] = [], []
        arrived = self._alone_until
        for is_late, pieces in groupby(heard.new, lambda piece: piece[0] > self._alone_until):
            for arrived, data in pieces:
                found[is_late].extend(desk.chosen(reader.feed(data), arrived))
            found[is_late].extend(desk.chosen(reader.pause(), arrived))
        found[True].extend(desk.chosen(reader.finish(), arrived))
        return found

    def _sorted_out(self, first: Entry | None, early: list[Entry], later: list[Entry]) -> Iterator[Entry]:
        """Yield the records of a source of which the first handshake's may be one, with a mark on those that are its own.

        What a source wrote later is another's, where it wrote of the first in time, or is a proxy that writes of errors at once.
        """
        own = _caused(first, early) if first is not None else []
        for entry in own:
            entry.identity = {**entry.identity, ALONE: self._run}
        yield from early
        yield from (e for e in later if e.identity.get("probe") or not (own or _written_at_once(e)))

    def _probes(self, evidence: Evidence) -> Iterator[Entry]:
        """Yield what was sent as records of our own, by which the records of other hops are joined."""
        attempts = (evidence.baseline, *evidence.attempts.values(), *evidence.again.values())
        for number, attempt in enumerate((a for a in attempts if a is not None), 1):
            request = attempt.sending.request
            name = request.headers.get("user-agent", "")
            alone = {ALONE: self._run} if attempt is evidence.baseline else {}
            if name in self._times or alone:
                took = (attempt.timings.done or attempt.timings.first_byte or 0.0) / 1000
                yield Entry(
                    Place(_PROBES, number), _PROBES, "ws101", Hop.CLIENT, Told.ANSWERED, "",
                    time=self._times.get(name, self._begun) + took, method=request.method, path=request.target,
                    version=request.version, status=attempt.status, took=took,
                    identity={**({"probe": mark} if (mark := marking.probe(name)) else {}), **alone},
                )  # fmt: skip

    def _of_baseline(self, stories: Sequence[Story]) -> Story | None:
        """Return the story of the baseline, without our own record of it."""
        ours = next((s for s in stories if any(e.identity.get(ALONE) for e in s.entries)), None)
        told = tuple(e for e in ours.entries if e.format != _PROBES) if ours else ()
        if ours is None or not told:
            return None
        apart = tuple(_OWN.sub("what this check sent", text) for text in ours.apart)
        return replace(ours, entries=told, apart=apart)


def _caused(first: Entry, early: Sequence[Entry]) -> list[Entry]:
    """Return the records that fit the handshake which alone was sent, where no other of their kind fits it as well."""
    kinds: dict[tuple[str, Told, str | None], list[Entry]] = defaultdict(list)
    for entry in early:
        tie = ties(first, entry)
        if not entry.identity.get("probe") and (tie or (tie is not None and explains(entry, first.status))):
            own = next((one for kind in OF_ONE_PROGRAM if (one := entry.identity.get(kind))), None)
            kinds[entry.format, entry.told, own].append(entry)
    formats = Counter((form, told) for form, told, _ in kinds)
    return [
        entry
        for (form, told, own), found in kinds.items()
        if formats[form, told] == 1 and (len(found) == 1 or (told is Told.WRONG and own))
        for entry in found
    ]


def _written_at_once(entry: Entry) -> bool:
    return entry.hop in way.BETWEEN and entry.told is Told.WRONG
