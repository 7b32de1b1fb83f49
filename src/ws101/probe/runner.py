"""Runs attempts side by side, within a budget of connections and a time. Does not know what they are for."""

import asyncio
from collections.abc import Callable, Sequence

from msgspec import Struct

from ws101.attempt import Attempt, Sending
from ws101.observed import Dial
from ws101.probe.clock import Stopwatch
from ws101.probe.connect import dial
from ws101.probe.exchange import attempt
from ws101.probe.limits import Limits
from ws101.probe.secure import Contexts
from ws101.terms import Family

AT_ONCE = 64  # more than any round of experiments has: none waits for another


class Job(Struct, frozen=True):
    """One attempt to be made; `change` completes "the same handshake, but …". `limits` are the runner's unless given."""

    name: str
    family: Family
    change: str
    sending: Sending
    limits: Limits | None = None


class Runner:
    """Makes attempts at one target, one connection each, until `budget` is spent or `max_time` seconds have passed.

    The time runs from the first `run`. `not_run` names the jobs that the budget or the time did not allow. `mark` changes
    what is about to be sent, so that it can be told from everything else. `kept` of the budget are for what comes later.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        limits: Limits | None = None,
        budget: int = 40,
        *,
        max_time: float | None = None,
        mark: Callable[[Sending], Sending] = lambda there: there,
    ) -> None:
        self.addresses = tuple(addresses)
        self._limits = limits or Limits()
        self._left = budget
        self._max_time = max_time
        self._mark = mark
        self._watch: Stopwatch | None = None
        self._gate = asyncio.Semaphore(AT_ONCE)
        self.contexts = Contexts()
        self.not_run: tuple[str, ...] = ()
        self.kept = 0

    @property
    def left(self) -> int:
        """How many more connections the budget allows."""
        return max(self._left - self.kept, 0)

    async def run(
        self, jobs: Sequence[Job], on_progress: Callable[[Attempt], None] = lambda _: None
    ) -> tuple[Attempt, ...]:
        """Make these attempts at the same time; return those that came to an end, in the order of the jobs."""
        allowed = jobs[: self.left]
        self._left -= len(allowed)
        tasks = [asyncio.create_task(self._make(job, on_progress)) for job in allowed]
        try:
            if tasks:
                await asyncio.wait(tasks, timeout=self._time_left())
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        made = tuple(end for end in ends if isinstance(end, Attempt))
        done = {end.experiment for end in made}
        self.not_run += tuple(job.name for job in jobs if job.name not in done)
        for end in ends:
            if isinstance(end, Exception):
                raise end
        return made

    async def dial_all(self, port: int) -> tuple[Dial, ...]:
        """Connect to each of the target's addresses, and no more than that; not counted in the budget."""
        return tuple(await asyncio.gather(*(dial(a, port, self._limits.connect) for a in self.addresses)))

    async def _make(self, job: Job, on_progress: Callable[[Attempt], None]) -> Attempt:
        async with self._gate:
            made = await attempt(
                job.name,
                job.family,
                job.change,
                self._mark(job.sending),
                addresses=self.addresses,
                limits=job.limits or self._limits,
                contexts=self.contexts,
            )
        on_progress(made)
        return made

    def _time_left(self) -> float | None:
        if self._max_time is None:
            return None
        if self._watch is None:
            self._watch = Stopwatch()
        return max(self._max_time - self._watch.seconds, 0)
