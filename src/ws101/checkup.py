"""Composition for library users: a question in, a report out. Probes, judges, asks for experiments, judges again."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import parsedate_to_datetime

from ws101.attempt import Attempt, Ending, Layer, Sending
from ws101.causes import CAUSES
from ws101.evidence import Dial, Evidence, Resolution, TlsLook
from ws101.probe.limits import Limits
from ws101.probe.resolve import resolve
from ws101.probe.runner import Job, Runner
from ws101.probe.tls import look, read_trust_file
from ws101.question import Question, direct, sending, target, tls_settings
from ws101.redact import Redactor, clean_report
from ws101.report import Family, Report
from ws101.tokens import credential
from ws101.tokens.read import read as read_token
from ws101.tokens.verify import mint
from ws101.verdict import plan, tell
from ws101.verdict.weigh import weigh

Progress = Callable[[str], None]


def check(question: Question, progress: Progress = lambda _: None) -> Report:
    """Find out why this handshake fails, or that it works.

    Raises UsageError and UnreadableInput for what cannot be asked; what a peer does is never an exception.
    """
    return asyncio.run(diagnose(question, progress))


async def diagnose(question: Question, progress: Progress = lambda _: None) -> Report:
    """Find out, inside a running event loop, why this handshake fails; see `check`."""
    return await Examination(question, progress).run()


def announce(question: Question) -> tuple[Sending, tuple[str, ...]]:
    """Return the handshake as it would be sent and, in sentences, every further connection that a check may make."""
    usual = sending(question)
    evidence = Evidence(target(question), usual, 0.0, saw=question.saw, direct=direct(question, usual))
    lines = [f"TCP to every address of {usual.host}, port {usual.port}"]
    lines += ["TLS without verification, to look at the certificate"] if usual.tls else []
    lines.append("the handshake as you send it")
    return usual, (*lines, *(f"the same handshake, {change}" for change in plan.announce(evidence)))


def redactor(question: Question) -> Redactor | None:
    """Return what takes this question's secrets out of any text, or None when they are to be shown."""
    if question.show_secrets:
        return None
    usual = sending(question)
    known = {*credential.secrets(usual.request), *([question.token] if question.token else [])}
    if usual.forward_proxy and usual.forward_proxy.authorization:
        known.add(usual.forward_proxy.authorization)
    return Redactor(sorted(known), secrets.token_bytes(8))


class Examination:
    """One run: the rounds of probing, each of which adds to what is known. `so_far` can be read at any time."""

    def __init__(self, question: Question, progress: Progress) -> None:
        self.question, self.progress = question, progress
        self.usual = sending(question)
        self.limits = Limits(connect=question.connect_timeout, answer=question.answer_timeout, hold=question.hold)
        self.stages: list[Evidence] = []
        self.cut_short = ""
        self.runner: Runner | None = None

    async def run(self) -> Report:
        """Probe in rounds until nothing more can be learned, the budget is spent or the time is up."""
        try:
            async with asyncio.timeout(self.question.max_time):
                await self._probe()
        except TimeoutError:
            self.cut_short = f"the time ran out after {self.question.max_time:g} s (--max-time)"
        return self.report()

    def report(self) -> Report:
        """Return the report on what is known so far."""
        stages = self.stages or [self._nothing_yet()]
        told = tell.report(stages, weigh(stages, CAUSES), cut_short=self.cut_short)
        return clean_report(told, redactor(self.question))

    async def _probe(self) -> None:
        self.progress(f"looking at {self.usual.host}:{self.usual.port}")
        self.stages = [await self._first_look()]
        while True:
            self.stages[-1] = await self._experiment(self.stages[-1])
            further = plan.next_stage(self.stages[-1]) if len(self.stages) < plan.STAGES else None
            if further is None:
                return
            self.stages.append(self._with_token(further))

    def _nothing_yet(self) -> Evidence:
        return Evidence(
            target(self.question),
            self.usual,
            time.time(),
            saw=self.question.saw,
            direct=direct(self.question, self.usual),
            tls_settings=tls_settings(self.question),
        )

    async def _first_look(self) -> Evidence:
        evidence, usual = self._nothing_yet(), self.usual
        names, there = await asyncio.gather(self._resolve(usual), self._reach(evidence.direct))
        self.runner = Runner(names.addresses, self.limits, self.question.budget)
        evidence = replace(evidence, names=names, direct=there)
        if names.error and not usual.forward_proxy:
            return replace(evidence, baseline=_unknown_name(usual, names))
        baseline, dials, seen = await asyncio.gather(self._baseline(), self._dial(), self._look(usual))
        return self._with_token(_with_look(replace(evidence, baseline=baseline, dials=dials), seen))

    async def _resolve(self, there: Sending) -> Resolution:
        question = self.question
        return await resolve(there.host, there.port, family=question.family, overrides=question.overrides)

    async def _reach(self, there: Sending | None) -> Sending | None:
        """Pin the address of --direct that answers, if one does."""
        if there is None:
            return None
        names = await self._resolve(there)
        dials = await Runner(names.addresses, self.limits).dial_all(there.port)
        answering = next((dial.address for dial in dials if dial.connected), None)
        return replace(there, address=answering or next(iter(names.addresses), None))

    async def _baseline(self) -> Attempt | None:
        assert self.runner is not None
        made = await self.runner.run([Job("baseline", Family.BASELINE, "", self.usual)])
        return made[0] if made else None

    async def _dial(self) -> tuple[Dial, ...]:
        """Dial every address, where the name has several: the baseline itself tells of a single one."""
        assert self.runner is not None
        worth = len(self.runner.addresses) > 1 and self.usual.forward_proxy is None
        return await self.runner.dial_all(self.usual.port) if worth else ()

    async def _look(self, there: Sending) -> TlsLook | None:
        assert self.runner is not None
        if there.tls is None or there.forward_proxy or not self.runner.addresses:
            return None
        return await look(there, self.runner.addresses, self.limits.tls)

    async def _experiment(self, evidence: Evidence) -> Evidence:
        assert self.runner is not None
        chosen = plan.choose(evidence)
        if chosen:
            self.progress(f"{len(chosen)} experiments, each with one thing changed")
        jobs = [Job(experiment.name, experiment.family, experiment.change, there) for experiment, there in chosen]
        there = evidence.baseline.sending if evidence.baseline and evidence.look is None and jobs else None
        made, seen = await asyncio.gather(self.runner.run(jobs), self._look(there or self.usual) if there else _nothing())
        evidence = _with_look(evidence, seen)
        if self.runner.not_run:
            self.cut_short = f"{len(self.runner.not_run)} experiments were not run: the budget of {self.question.budget} was spent"
        return replace(evidence, attempts={attempt.experiment: attempt for attempt in made})

    def _with_token(self, evidence: Evidence) -> Evidence:
        """Read the token of the handshake by the server's clock, if its answer told it."""
        if evidence.baseline is None:
            return evidence
        question, request, now = self.question, evidence.baseline.sending.request, time.time()
        reading = read_token(request, question.keys, _server_time(evidence.baseline), now, question.audience, question.issuer)
        if reading is None:
            return evidence
        fresh = mint(credential.plain(reading.credential), question.keys, now) if question.keys else None
        stale = mint(credential.plain(reading.credential), question.keys, now, expired=True) if question.keys else None
        return replace(evidence, token=reading, fresh_token=fresh, stale_token=stale)


async def _nothing() -> None:
    return None


def _with_look(evidence: Evidence, seen: TlsLook | None) -> Evidence:
    """Add what TLS showed, compared with the file of --cacert."""
    if seen is None:
        return evidence
    file = evidence.tls_settings.ca_file if evidence.tls_settings else None
    return replace(evidence, look=seen, trust_file=read_trust_file(file, seen.chain) if file else None)


def _unknown_name(usual: Sending, names: Resolution) -> Attempt:
    return Attempt("baseline", usual, Layer.NAME, Ending.UNKNOWN_NAME, detail=names.error)


def _server_time(attempt: Attempt) -> float | None:
    """Return the server's clock from its Date field (RFC 9110, 6.6.1), in seconds since the epoch."""
    try:
        return parsedate_to_datetime(attempt.answer.headers.get("date")).timestamp()
    except (ValueError, TypeError):
        return None
