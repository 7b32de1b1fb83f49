"""What the logs that were given write of a check's own handshakes: marks what is sent, listens, and joins what was heard."""

import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ws101 import __version__
from ws101.attempt import Sending
from ws101.evidence import Evidence
from ws101.logs import marking
from ws101.logs.entry import Entry, Told
from ws101.logs.line import Place
from ws101.logs.story import Story
from ws101.question import Question
from ws101.report import Hop, LogSource
from ws101.sources.listening import Listening

_PROBES = "the probes themselves"


@dataclass(frozen=True, slots=True)
class Heard:
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

    def mark(self, there: Sending) -> Sending:
        """Return what will be sent, marked by a number of its own in User-Agent, which most hops log."""
        number, self._sent = self._sent, self._sent + 1
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
        stories = list(desk.joiner.feed(self._probes(evidence)))
        for name, heard in pieces.items():
            reader = desk.reader(name)
            reader.feed(heard.before.text, heard.before.line)
            reader.pause()
            for arrived, data in heard.new:
                stories += desk.joiner.feed(desk.chosen(reader.feed(data), arrived))
            late = heard.new[-1][0] if heard.new else None
            stories += desk.joiner.feed(desk.chosen(reader.finish(), late))
        stories += desk.joiner.finish()
        unopened = self._listening.unopened
        problems = [f"{one.name}: {one.why}. {one.cure}" for one in unopened]
        return Heard(
            self._of_baseline(stories),
            desk.told(unopened),
            (*problems, *self._listening.troubles),
        )

    def _probes(self, evidence: Evidence) -> Iterator[Entry]:
        """Yield what was sent as records of our own, by which the records of other hops are joined."""
        attempts = (evidence.baseline, *evidence.attempts.values(), *evidence.again.values())
        for number, attempt in enumerate((a for a in attempts if a is not None), 1):
            request = attempt.sending.request
            name = request.headers.get("user-agent")
            if name in self._times:
                took = (attempt.timings.done or attempt.timings.first_byte or 0.0) / 1000
                yield Entry(
                    Place(_PROBES, number), _PROBES, "ws101", Hop.CLIENT, Told.ANSWERED, "", time=self._times[name] + took,
                    method=request.method, path=request.target, version=request.version, status=attempt.status, took=took,
                    identity={"probe": marking.probe(name)},
                )  # fmt: skip

    def _of_baseline(self, stories: Sequence[Story]) -> Story | None:
        """Return the story of the baseline, without our own record of it."""
        first = marking.name(self._run, 0)
        ours = next((s for s in stories if any(e.identity.get("probe") == first for e in s.entries)), None)
        told = tuple(e for e in ours.entries if e.format != _PROBES) if ours else ()
        return replace(ours, entries=told) if ours and told else None
