"""Composition for library users: a question in, a report out. Probes, judges, asks for experiments, judges again."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any

from ws101.attempt import Attempt, Ending, Layer, Sending
from ws101.causes import CAUSES
from ws101.evidence import Evidence, Resolution, TlsLook
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

_SHORTEST_KEY = 8  # characters; a shorter signing secret is a word that stands in many innocent places


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


def redactor(question: Question, *minted: str) -> Redactor | None:
    """Return what takes this question's secrets, and `minted` tokens, out of any text; None when they are to be shown."""
    if question.show_secrets:
        return None
    usual = sending(question)
    known = {*credential.secrets(usual.request), *([question.token] if question.token else []), *minted}
    if usual.forward_proxy and usual.forward_proxy.authorization:
        known.add(usual.forward_proxy.authorization)
    signing = question.keys.secret.decode("utf-8", "replace").strip() if question.keys and question.keys.secret else ""
    if len(signing) >= _SHORTEST_KEY:
        known.add(signing)
    return Redactor(sorted(known), secrets.token_bytes(8))


class Examination:
    """One run: the rounds of probing, each of which adds to what is known; `report` can be asked for at any time.

    `cut_short` says in a sentence why the run is not complete, or is empty.
    """

    def __init__(self, question: Question, progress: Progress) -> None:
        self.question, self.progress = question, progress
        self.usual = sending(question)
        timeout = question.connect_timeout
        self.limits = Limits(connect=timeout, tls=timeout, answer=question.answer_timeout, hold=question.hold)
        self.stages: list[Evidence] = [self._nothing_yet()]
        self.cut_short = ""
        self.runner = Runner((), self.limits, question.budget)

    async def run(self) -> Report:
        """Probe in rounds until nothing more can be learned, the budget is spent or the time is up."""
        question = self.question
        try:
            async with asyncio.timeout(question.max_time):
                await self._probe()
        except TimeoutError:
            held = f" and the {question.hold:g} s of --hold" if question.hold else ""
            self.cut_short = f"the time ran out after {question.max_time - question.hold:g} s (--max-time){held}"
        return self.report()

    def report(self) -> Report:
        """Return the report on what is known so far."""
        told = tell.report(self.stages, weigh(self.stages, CAUSES), cut_short=self.cut_short)
        minted = {token for stage in self.stages for token in (stage.fresh_token, stage.stale_token) if token}
        return clean_report(told, redactor(self.question, *minted))

    async def _probe(self) -> None:
        self.progress(f"looking at {self.usual.host}:{self.usual.port}")
        await self._first_look()
        while True:
            await self._experiment()
            further = plan.next_stage(self.stages[-1]) if len(self.stages) < plan.STAGES else None
            if further is None:
                return
            self.stages.append(self._with_token(further))

    def _learn(self, **news: Any) -> None:
        """Add to what is known at this stage, so that an end at any moment finds it."""
        self.stages[-1] = replace(self.stages[-1], **news)

    def _met(self, attempt: Attempt) -> None:
        if attempt.family is Family.BASELINE:
            self._learn(baseline=attempt)
            self.stages[-1] = self._with_token(self.stages[-1])
        else:
            self._learn(attempts={**self.stages[-1].attempts, attempt.experiment: attempt})

    def _nothing_yet(self) -> Evidence:
        return Evidence(
            target(self.question),
            self.usual,
            time.time(),
            saw=self.question.saw,
            direct=direct(self.question, self.usual),
            tls_settings=tls_settings(self.question),
        )

    async def _first_look(self) -> None:
        usual = self.usual
        names, there = await asyncio.gather(self._resolve(usual), self._reach(self.stages[-1].direct))
        self.runner = Runner(names.addresses, self.limits, self.question.budget, on_progress=self._met)
        self._learn(names=names, direct=there)
        if names.error and not usual.forward_proxy:
            self._learn(baseline=_unknown_name(usual, names))
        else:
            await asyncio.gather(self._baseline(), self._dial(), self._look(usual))

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

    async def _baseline(self) -> None:
        await self.runner.run([Job("baseline", Family.BASELINE, "", self.usual)])

    async def _dial(self) -> None:
        """Dial every address, where the name has several: the baseline itself tells of a single one."""
        if len(self.runner.addresses) > 1 and self.usual.forward_proxy is None:
            self._learn(dials=await self.runner.dial_all(self.usual.port))

    async def _look(self, there: Sending | None) -> None:
        if there is None or there.tls is None or there.forward_proxy or not self.runner.addresses:
            return
        seen = await look(there, self.runner.addresses, self.limits.tls)
        self.stages[-1] = _with_look(self.stages[-1], seen)

    async def _experiment(self) -> None:
        evidence = self.stages[-1]
        chosen = plan.choose(evidence)
        if chosen:
            self.progress(f"{len(chosen)} experiments, each with one thing changed")
        jobs = [Job(experiment.name, experiment.family, experiment.change, there) for experiment, there in chosen]
        unseen = evidence.baseline if jobs and evidence.look is None else None
        made, _ = await asyncio.gather(self.runner.run(jobs), self._look(unseen.sending if unseen else None))
        if self.runner.not_run:
            self.cut_short = f"{len(self.runner.not_run)} experiments were not run: the budget of {self.question.budget} was spent"
        self._learn(attempts={attempt.experiment: attempt for attempt in made})

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


def _with_look(evidence: Evidence, seen: TlsLook) -> Evidence:
    """Add what TLS showed, compared with the file of --cacert."""
    file = evidence.tls_settings.ca_file if evidence.tls_settings else None
    return replace(evidence, look=seen, trust_file=read_trust_file(file, seen.chain) if file else None)


def _unknown_name(usual: Sending, names: Resolution) -> Attempt:
    return Attempt("baseline", usual, Layer.NAME, Ending.UNKNOWN_NAME, detail=names.error)


def _server_time(attempt: Attempt) -> float | None:
    """Return the server's clock from its Date field (RFC 9110, 6.6.1), in seconds since the epoch."""
    try:
        return parsedate_to_datetime(attempt.answer.headers.get("date")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
