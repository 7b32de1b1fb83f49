"""Composition for library users: a question in, a report out. Probes, judges, asks for experiments, judges again."""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ws101 import meanwhile
from ws101.attempt import Attempt, Ending, Layer, Sending
from ws101.errors import Unavailable
from ws101.evidence import Evidence
from ws101.handshake import trace
from ws101.handshake.answer import Kind
from ws101.observed import Resolution, TlsLook
from ws101.outcome import alike
from ws101.probe.limits import Limits
from ws101.probe.resolve import resolve
from ws101.probe.runner import Job, Runner
from ws101.question import Question, direct, redactor, sending, target, tls_settings
from ws101.signature import Says
from ws101.terms import Family

if TYPE_CHECKING:
    from ws101.configured import Running
    from ws101.nginx.model import Model
    from ws101.overheard import Ear, Heard
    from ws101.report import Report

# What judges is imported where it judges: to load it takes longer than a connect, which need not wait for it.

Progress = Callable[[str], None]

_AFTER_PONG = 0.1  # seconds in which a server that answers pings would have closed again
_PATIENCE = 3  # times what the baseline took from connect to end, which are two round trips at least
_SHORTEST_PATIENCE = 0.4  # seconds; to answer a ClientHello takes milliseconds


def check(question: Question, progress: Progress = lambda _: None) -> "Report":
    """Find out why this handshake fails, or that it works.

    Raises UsageError and UnreadableInput for what cannot be asked; what a peer does is never an exception.
    """
    return asyncio.run(diagnose(question, progress))


async def diagnose(question: Question, progress: Progress = lambda _: None) -> "Report":
    """Find out, inside a running event loop, why this handshake fails; see `check`."""
    return await Examination(question, progress).run()


def announce(question: Question) -> tuple[Sending, tuple[str, ...]]:
    """Return the handshake as it would be sent and, in sentences, every further connection that a check may make."""
    from ws101.verdict import plan

    usual = sending(question)
    minted = "minted" if question.keys else None
    evidence = Evidence(
        target(question),
        usual,
        0.0,
        saw=question.saw,
        direct=direct(question, usual),
        tls_settings=tls_settings(question),
        fresh_token=minted,
        stale_token=minted,
    )
    lines = (
        f"TCP to every address of {usual.host}, port {usual.port}",
        "TLS without verification, to look at the certificate",
        "the handshake as you send it",
        f"GET {trace.HANDSHAKES}… with your Authorization, where the answer names this record of it",
    )
    changes = (f"the same handshake, {change}" for change in plan.announce(evidence))
    marked = ("nothing more, but each of these with a User-Agent of its own, to be found in the logs",)
    configured = _WITH_CONFIGURATION[: None if question.sandbox else -1] if question.nginx_configs else ()
    return usual, (*lines, *changes, *(marked if question.logs else ()), *configured)


_WITH_CONFIGURATION = (
    "TCP and a TLS hello to each server on this machine's loopback that the configuration leads to, where its nginx runs here",
    "a plain GET / to one of these that answers with an alert; to one that auth_request asks, what nginx asks it",
    "where a limit answers so, or the answer is 502, the handshake that nginx passes on, to the server behind it",
    "nothing outside: your configuration is tried in a sandbox on this machine, on loopback (--no-sandbox leaves it out)",
)


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
        self.cut_short = self.without_direct = self.without_sandbox = self.spared = ""
        self.later: list[list[Job]] = []
        self.models: Sequence[Model] = ()
        self.runner = Runner((), self.limits, question.budget)
        self.ear = _ear(question)
        self.heard: Heard | None = None

    async def run(self) -> "Report":
        """Probe in rounds until nothing more can be learned, the budget is spent or the time is up."""
        question = self.question
        try:
            async with asyncio.timeout(question.max_time):
                await asyncio.gather(
                    self._probe(), asyncio.to_thread(meanwhile.prepare, self.usual, question)
                )
        except TimeoutError:
            held = f" and the {question.hold:g} s of --hold" if question.hold else ""
            self.cut_short = (
                f"the time ran out after {question.max_time - question.hold:g} s (--max-time){held}"
            )
        return self.report()

    def report(self) -> "Report":
        """Return the report on what is known so far."""
        from ws101.causes import CAUSES
        from ws101.redact import clean_report
        from ws101.report import Chronicle
        from ws101.verdict import tell
        from ws101.verdict.weigh import weigh

        unread = "; ".join(self.heard.problems) if self.heard else ""
        told = tell.report(
            self.stages,
            weigh(self.stages, CAUSES),
            cut_short=self.cut_short or self.without_direct or unread,
            untried="; ".join(filter(None, (self.without_sandbox, self.spared))),
        )
        if self.heard is not None:
            told = replace(told, chronicle=Chronicle(self.heard.sources, (), None, None))
        minted = {token for stage in self.stages for token in (stage.fresh_token, stage.stale_token) if token}
        return clean_report(told, redactor(self.question, *minted, *self._configured_secrets()))

    async def _probe(self) -> None:
        self.progress(f"looking at {self.usual.host}:{self.usual.port}")
        if self.ear is not None:
            await self.ear.start()
        await asyncio.gather(self._first_look(), self._read_configurations())
        if self.ear is not None:
            await self.ear.rest()
        self.stages[0] = self._with_configuration(self.stages[0])
        await self._sound_out()
        await self._experiment_in_stages()
        await self._provoke()
        if self.ear is not None:
            self.progress("reading what the logs say of it")
            self.heard = await self.ear.hear(self.stages[0])
            self._learn(0, story=self.heard.story)
        await self._rehearse()

    async def _experiment_in_stages(self) -> None:
        await self._experiment(0)
        from ws101.verdict import plan

        for stage in range(plan.STAGES - 1):
            further = plan.next_stage(self.stages[stage])
            if further is None:
                break
            self.stages.append(self._with_configuration(self._with_token(further)))
            await asyncio.gather(self._confirm(stage), self._experiment(stage + 1))
            if plan.next_stage(self.stages[stage]) is None:  # it was chance that led further
                del self.stages[stage + 1], self.later[stage + 1]
                return
        await self._confirm(len(self.stages) - 1)

    def _learn(self, stage: int, **news: Any) -> None:
        """Add to what is known at this stage, so that an end at any moment finds it."""
        self.stages[stage] = replace(self.stages[stage], **news)

    def _met(self, stage: int, attempt: Attempt) -> None:
        known, name = self.stages[stage], attempt.experiment
        if attempt.ending is Ending.BUG:
            self.cut_short = (
                f"ws101 itself failed at {name} ({attempt.detail}), and that is a bug: please report it"
            )
        elif attempt.family is Family.BASELINE:
            self._learn(stage, baseline=attempt)
            self.stages[stage] = self._with_token(self.stages[stage])
        elif name not in known.attempts:
            self._learn(stage, attempts={**known.attempts, name: attempt})
        elif name not in known.again or alike(known.again[name], known.attempts[name]):
            self._learn(stage, again={**known.again, name: attempt})

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
        names = await self._resolve(usual)
        mark = self.ear.mark if self.ear is not None else _as_it_is
        self.runner = Runner(names.addresses, self.limits, self.question.budget, mark=mark)
        self._learn(0, names=names)
        if names.error and not usual.forward_proxy:
            self._learn(0, baseline=_unknown_name(usual, names))
            await self._reach_direct()
        else:
            await asyncio.gather(self._baseline(), self._dial(), self._look(0, usual), self._reach_direct())

    async def _resolve(self, there: Sending) -> Resolution:
        question = self.question
        return await resolve(there.host, there.port, family=question.family, overrides=question.overrides)

    async def _reach_direct(self) -> None:
        """Pin the address of --direct that answers, if one does; forget --direct where its name has none, and say so."""
        there = self.stages[0].direct
        if there is None:
            return
        names = await self._resolve(there)
        if not names.addresses:
            self.without_direct = f"--direct was not asked: {there.host} has no address ({names.error})"
            self._learn(0, direct=None)
            return
        dials = await Runner(names.addresses, self.limits).dial_all(there.port)
        answering = next((dial.address for dial in dials if dial.connected), None)
        self._learn(0, direct=replace(there, address=answering or names.addresses[0]))

    async def _baseline(self) -> None:
        await self.runner.run([Job("baseline", Family.BASELINE, "", self.usual)], partial(self._met, 0))

    async def _dial(self) -> None:
        """Dial every address, where the name has several: the baseline itself tells of a single one."""
        if len(self.runner.addresses) > 1 and self.usual.forward_proxy is None:
            self._learn(0, dials=await self.runner.dial_all(self.usual.port))

    async def _look(self, stage: int, there: Sending | None) -> None:
        if there is None or there.tls is None or there.forward_proxy or not self.runner.addresses:
            return
        from ws101.probe.tls import look

        seen = await look(there, self.runner.addresses, self.limits.tls)
        self.stages[stage] = _with_look(self.stages[stage], seen)
        self.runner.contexts.saw(there, seen.chain)

    async def _experiment(self, stage: int) -> None:
        from ws101.verdict import plan

        evidence = self.stages[stage]
        chosen = plan.choose(evidence)
        if chosen:
            self.progress(f"{len(chosen)} experiments, each with one thing changed")
        every = [Job(e.name, e.family, e.change, there, self._limits(stage, there)) for e, there in chosen]
        jobs = [job for job in every if not plan.provokes(evidence, job.name)]
        self.runner.kept = sum(map(len, self.later[:stage]))
        self.later[stage:] = [[job for job in every if job not in jobs]]
        unseen = evidence.baseline.sending if evidence.baseline and jobs and evidence.look is None else None
        _, made, _ = await asyncio.gather(
            self._ask_for_trace(stage),
            self.runner.run(jobs, partial(self._met, stage)),
            self._look(stage, unseen),
        )
        self._learn(stage, attempts={attempt.experiment: attempt for attempt in made})

    async def _provoke(self) -> None:
        """Send last what may make a server fail, one alone and then the others: none where one did."""
        from ws101.verdict import plan, tell

        self.runner.kept = 0
        for most in (1, None, 0):  # the last time only to see what came of the others
            if (failed := plan.provoked(self.stages)) is not None:
                self.spared = tell.spared(failed, sum(map(len, self.later)))
                break
            now = [(stage, job) for stage, jobs in enumerate(self.later) for job in jobs][:most]
            self.later = [[job for job in jobs if (n, job) not in now] for n, jobs in enumerate(self.later)]
            await asyncio.gather(*(self.runner.run([job], partial(self._met, stage)) for stage, job in now))
        else:
            await asyncio.gather(*map(self._confirm, range(len(self.stages))))
        if self.runner.not_run and not self.cut_short:
            self.cut_short = f"{len(self.runner.not_run)} experiments were not run: the budget of {self.question.budget} was spent"

    async def _ask_for_trace(self, stage: int) -> None:
        """Ask the server what it saw of the baseline, where it told that it knows: on the same way, as the same user."""
        evidence = self.stages[stage]
        path, baseline = evidence.trace_path, evidence.baseline
        if not path or baseline is None or not self.runner.left:
            return
        asking = replace(
            baseline.sending, request=trace.request_for(path, baseline.sending.request), pause=0.0
        )
        job = Job("trace", Family.BASELINE, "its record of this handshake", asking)
        await self.runner.run([job], lambda attempt: self._learn(stage, trace=attempt))

    async def _confirm(self, stage: int) -> None:
        """Send once more what differed, as far as the budget goes, lest chance be taken for a cause."""
        from ws101.verdict import plan

        telling = plan.again(self.stages[stage])[: self.runner.left]
        jobs = [
            Job(a.experiment, a.family, a.change, a.sending, self._limits(stage, a.sending)) for a in telling
        ]
        await self.runner.run(jobs, partial(self._met, stage))

    # ---- configurations of nginx

    async def _read_configurations(self) -> None:
        if self.question.nginx_configs:
            self.models = await asyncio.to_thread(meanwhile.read_configurations, self.question)

    def _with_configuration(self, evidence: Evidence) -> Evidence:
        """Follow the handshake of this stage through the configurations, if there are any."""
        if not self.models or evidence.baseline is None:
            return evidence
        from ws101.configured import follow

        baseline = evidence.baseline
        port, running = evidence.port_meant(baseline.sending), self._running(evidence)
        return replace(
            evidence, config=follow(self.models, baseline.sending, port, baseline.address, running)
        )

    async def _sound_out(self) -> None:
        """Knock at the servers on this machine that the configurations lead a handshake to which fails."""
        first = self.stages[0]
        if first.config and not first.works:
            from ws101.probe.sounding import survey

            self._learn(0, soundings=await survey(first.config, first.status))

    def _configured_secrets(self) -> list[str]:
        if not self.models:
            return []
        from ws101.nginx.secret import secrets as secrets_in

        return [text for model in self.models for text in secrets_in(model.configuration)]

    def _running(self, evidence: Evidence) -> "Running":
        from ws101.configured import Running, version_in

        if self.question.nginx_version:
            return Running(self.question.nginx_version, "as --nginx-version says")
        named = version_in(evidence.answer.headers.get("server")) if evidence.answer else None
        return Running(named, "as the answer's Server says") if named else Running()

    async def _rehearse(self) -> None:
        """Try in a sandbox what the configurations show: as they are, and with the cure of each cause that was found."""
        from ws101.causes import CAUSES
        from ws101.verdict.weigh import weigh

        cures = weigh(self.stages, CAUSES).cures if self.models else {}
        if not cures or not self.question.sandbox:
            return
        self.progress("trying your configuration in a sandbox")
        from ws101.lab.rehearsal import rehearse
        from ws101.nginx.circumstance import SOUND

        for slug, cure in cures.items():
            try:
                found = await rehearse(cure.hop, cure.edits, cure.given or SOUND)
            except Unavailable as missing:
                self.without_sandbox = f"your configuration in a sandbox: {missing}"
                return
            if found.before.trouble:
                self.without_sandbox = (
                    f"your configuration in a sandbox: {found.before.trouble}; a reload may fail with it, too"
                )
                return
            known = self.stages[cure.stage].rehearsals
            self._learn(cure.stage, rehearsals={**known, slug: found})

    def _limits(self, stage: int, there: Sending) -> Limits:
        """Return how long an experiment may take, by what the baseline took.

        A pong is enough of a 101 where the baseline met none. Where plain HTTP was dealt with promptly, so is TLS, if
        the port speaks it: a server of lines waits in silence for the end of what it takes for one.
        """
        evidence, limits = self.stages[stage], self.limits
        baseline = evidence.baseline
        if baseline is None:
            return limits
        if not baseline.upgraded:
            limits = replace(limits, after_pong=_AFTER_PONG)
        same_port = (there.host, there.port) == (baseline.sending.host, baseline.sending.port)
        hinted = evidence.says is Says.PLAIN_HTTP_TO_TLS or baseline.answer.kind is Kind.TLS_ALERT
        if there.tls and not baseline.sending.tls and same_port and not hinted:
            patience = _PATIENCE * (baseline.timings.done or 0) / 1000
            limits = replace(limits, tls=min(limits.tls, max(_SHORTEST_PATIENCE, patience)))
        return limits

    def _with_token(self, evidence: Evidence) -> Evidence:
        """Read the token of the handshake by the server's clock, if its answer told it."""
        if evidence.baseline is None:
            return evidence
        from ws101.tokens import credential
        from ws101.tokens.read import read as read_token
        from ws101.tokens.verify import mint

        question, request, now = self.question, evidence.baseline.sending.request, time.time()
        reading = read_token(
            request, question.keys, _server_time(evidence.baseline), now, question.audience, question.issuer
        )
        if reading is None:
            return evidence
        fresh = mint(credential.plain(reading.credential), question.keys, now) if question.keys else None
        stale = (
            mint(credential.plain(reading.credential), question.keys, now, expired=True)
            if question.keys
            else None
        )
        return replace(evidence, token=reading, fresh_token=fresh, stale_token=stale)


def _ear(question: Question) -> "Ear | None":
    """Return what listens to the logs that were given, if there are any."""
    if not question.logs:
        return None
    from ws101.overheard import Ear

    return Ear(question)


def _as_it_is(there: Sending) -> Sending:
    return there


def _with_look(evidence: Evidence, seen: TlsLook) -> Evidence:
    """Add what TLS showed, compared with the file of --cacert."""
    from ws101.probe.tls import read_trust_file

    file = evidence.tls_settings.ca_file if evidence.tls_settings else None
    return replace(evidence, look=seen, trust_file=read_trust_file(file, seen.chain) if file else None)


def _unknown_name(usual: Sending, names: Resolution) -> Attempt:
    return Attempt("baseline", usual, Layer.NAME, Ending.UNKNOWN_NAME, detail=names.error)


def _server_time(attempt: Attempt) -> float | None:
    """Return the server's clock from its Date field (RFC 9110, 6.6.1), in seconds since the epoch."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(attempt.answer.headers.get("date")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
