"""Composes the report of a weighed diagnosis: trail, exchange, experiments and sentences. Judges nothing, prints nothing."""

from collections.abc import Sequence

from ws101.attempt import Attempt, Ending, Layer
from ws101.evidence import Evidence
from ws101.handshake.answer import Breach, Kind
from ws101.handshake.checks import check_request
from ws101.outcome import alike
from ws101.pattern import compiled
from ws101.report import Crossing, Exchange, Finding, FrameLine, Report, Step, TargetInfo, Trial
from ws101.signature import Says
from ws101.terms import Certainty, Hop, Outcome, StepState
from ws101.verdict import configuration
from ws101.verdict.account import account, settings
from ws101.verdict.weigh import Weighed

_BODY_LINES = 8
_ORDER = tuple(Hop)


def report(stages: Sequence[Evidence], weighed: Weighed, *, cut_short: str = "", untried: str = "") -> Report:
    """Return the report; `cut_short` says in a sentence what could not be tried (budget, time), or is empty.

    `untried` says what would only have proven more.
    """
    evidence = stages[0]
    cut_short = "; ".join(text for text in (cut_short, configuration.unread(evidence)) if text)
    finding = weighed.findings[0] if weighed.findings else None
    outcome = _outcome(evidence)
    return Report(
        target=_target(evidence),
        outcome=outcome,
        status=evidence.status,
        summary=_summary(evidence, finding),
        findings=weighed.findings,
        ruled_out=weighed.ruled_out,
        not_tested=weighed.not_tested,
        trail=_trail(evidence, finding),
        experiments=_trials(stages),
        exchange=_exchange(evidence),
        examined=_examined(evidence) if outcome is Outcome.CONNECTED else (),
        unexamined=_unexamined(evidence, cut_short, untried),
        next_steps=_next_steps(evidence, weighed),
        incomplete=bool(cut_short) or _unanswered_saw(evidence, finding),
        seen=next((crossing for stage in stages if (crossing := _crossing(stage))), None),
        account=account(evidence.story, weighed.findings) if evidence.story else None,
    )


def _target(evidence: Evidence) -> TargetInfo:
    target = evidence.target
    return TargetInfo(target.url, target.host, target.port, target.path, target.scheme)


def _outcome(evidence: Evidence) -> Outcome:
    baseline = evidence.baseline
    if baseline is None:
        return Outcome.INCOMPLETE
    if baseline.works:
        return Outcome.CONNECTED
    if baseline.layer in {Layer.NAME, Layer.TCP}:
        return Outcome.UNREACHABLE
    return Outcome.INCOMPLETE if baseline.ending is Ending.BUG else Outcome.REFUSED


def _unanswered_saw(evidence: Evidence, finding: Finding | None) -> bool:
    return evidence.works and evidence.saw is not None and finding is None


def met(attempt: Attempt) -> str:
    """Say in a few words what an attempt met."""
    if attempt.works:
        return "101, open"
    if attempt.upgraded:
        after = attempt.aftermath
        if attempt.refusal.status != 101:
            return f"101, then {attempt.refusal.status} inside the stream"
        if after is not None and after.closed_after is not None:
            return f"101, then closed{f' with {after.close_code}' if after.close_code else ''}"
        return "101 that a strict client drops"
    if attempt.status is not None:
        return f"{attempt.status} {attempt.answer.reason}".strip()
    if attempt.layer is Layer.HTTP and attempt.answer.kind is not Kind.NOTHING:
        return attempt.answer.service or attempt.answer.kind.value
    words = attempt.tls_error.lower().replace("_", " ") if attempt.tls_error else attempt.ending.value
    return f"TLS: {words}" if attempt.layer is Layer.TLS else words


def _summary(evidence: Evidence, finding: Finding | None) -> str:
    if finding is not None and evidence.works and evidence.saw is not None:
        return f"This handshake works; a client that meets {evidence.saw} here may do this: {finding.title}"
    if finding is not None:
        return finding.title
    if evidence.works and evidence.saw is not None:
        return f"This handshake works, and no single mistake that was tried gives {evidence.saw} here"
    if evidence.works:
        return "This handshake works"
    return "The cause is not known; what was ruled out stands below"


def _trials(stages: Sequence[Evidence]) -> tuple[Trial, ...]:
    trials: list[Trial] = []
    for number, stage in enumerate(stages):
        if stage.baseline is not None and number == 0:
            trials.append(_trial(stage.baseline, "the handshake as you send it"))
        prefix = "".join(f"{name} + " for name in stage.overcome)
        made = sorted(stage.attempts.values(), key=lambda a: not stage.reproduces(a.experiment))
        trials += [_trial(attempt, attempt.change, prefix, stage.baseline) for attempt in made]
    return tuple(trials)


def _trial(attempt: Attempt, change: str, prefix: str = "", varied: Attempt | None = None) -> Trial:
    """Tell an experiment; an answer that reads as that to the handshake it varies, and is another one, is called so."""
    seen = met(attempt)
    another = varied is not None and seen == met(varied) and not alike(attempt, varied)
    return Trial(
        prefix + attempt.experiment,
        attempt.family,
        change,
        f"another {seen}" if another else seen,
        attempt.status,
        attempt.timings.done,
        attempt.works,
    )


# ---- the trail


def _trail(evidence: Evidence, finding: Finding | None) -> tuple[Step, ...]:
    failed = finding.hop if finding is not None and not evidence.works else None
    steps = (
        _client(evidence),
        _network(evidence),
        _tls(evidence),
        *_edge(evidence, failed),
        _proxy(evidence),
        _server(evidence),
        _auth(evidence),
    )
    return tuple(_at_failure(step, failed, finding) for step in steps)


def _at_failure(step: Step, failed: Hop | None, finding: Finding | None) -> Step:
    """Mark the hop of the verdict; nothing behind it is called passed unless it was seen to answer."""
    if failed is None or finding is None:
        return step
    if step.hop is failed:
        state = StepState.UNKNOWN if finding.certainty is Certainty.POSSIBLE else StepState.FAILED
        return Step(step.hop, state, finding.cause, step.ms)
    behind = _ORDER.index(step.hop) > _ORDER.index(failed)
    if behind and step.state is StepState.PASSED and failed in {Hop.NETWORK, Hop.TLS}:
        return Step(step.hop, StepState.UNKNOWN, "not reached")
    return step


def _client(evidence: Evidence) -> Step:
    request = evidence.sending.request
    return Step(Hop.CLIENT, StepState.PASSED, f"{request.method} {request.version}")


def _network(evidence: Evidence) -> Step:
    baseline = evidence.baseline
    if baseline is None:
        return Step(Hop.NETWORK, StepState.UNKNOWN, "not tried")
    if baseline.layer in {Layer.NAME, Layer.TCP, Layer.FORWARD_PROXY}:
        return Step(Hop.NETWORK, StepState.FAILED, baseline.ending.value)
    return Step(Hop.NETWORK, StepState.PASSED, baseline.address, baseline.timings.tcp)


def _tls(evidence: Evidence) -> Step:
    baseline = evidence.baseline
    if baseline is None or baseline.layer in {Layer.NAME, Layer.TCP, Layer.FORWARD_PROXY}:
        return Step(Hop.TLS, StepState.UNKNOWN, "not reached")
    if baseline.sending.tls is None:
        return Step(Hop.TLS, StepState.SKIPPED, "none: ws://")
    if baseline.layer is Layer.TLS:
        return Step(Hop.TLS, StepState.FAILED, baseline.tls_error or baseline.ending.value)
    since = baseline.timings.tls, baseline.timings.tcp
    spent = since[0] - since[1] if since[0] is not None and since[1] is not None else None
    return Step(Hop.TLS, StepState.PASSED, baseline.tls.version if baseline.tls else "", spent)


def _edge(evidence: Evidence, failed: Hop | None) -> tuple[Step, ...]:
    wrote = evidence.author is not None and evidence.author.hop is Hop.CDN
    name = evidence.author.software if evidence.author and wrote else evidence.edge
    if not name and failed is not Hop.CDN:
        return ()
    return (Step(Hop.CDN, StepState.PASSED if evidence.works else StepState.UNKNOWN, name),)


def _proxy(evidence: Evidence) -> Step:
    if not _reached_http(evidence):
        return Step(Hop.PROXY, StepState.UNKNOWN, "not reached")
    if not evidence.proxy:
        return Step(Hop.PROXY, StepState.SKIPPED if evidence.works else StepState.UNKNOWN, "none seen")
    if evidence.works or (evidence.author is not None and evidence.author.hop is Hop.SERVER):
        return Step(Hop.PROXY, StepState.PASSED, evidence.proxy)
    return Step(Hop.PROXY, StepState.UNKNOWN, evidence.proxy)


def _server(evidence: Evidence) -> Step:
    if not _reached_http(evidence):
        return Step(Hop.SERVER, StepState.UNKNOWN, "not reached")
    if evidence.works:
        return Step(Hop.SERVER, StepState.PASSED, "101", _waited(evidence))
    author = evidence.author
    if author is not None and author.hop is Hop.SERVER:
        return Step(Hop.SERVER, StepState.PASSED, f"{author.software}: {evidence.status}", _waited(evidence))
    return Step(Hop.SERVER, StepState.UNKNOWN, "")


def _auth(evidence: Evidence) -> Step:
    if evidence.works:
        return Step(Hop.AUTH, StepState.PASSED, "accepted" if evidence.token else "none asked")
    return Step(Hop.AUTH, StepState.UNKNOWN, "not reached" if not _reached_http(evidence) else "")


def _reached_http(evidence: Evidence) -> bool:
    return evidence.baseline is not None and evidence.baseline.layer is Layer.HTTP


def _waited(evidence: Evidence) -> float | None:
    timings = evidence.baseline.timings if evidence.baseline else None
    if timings is None or timings.first_byte is None:
        return None
    return timings.first_byte - (timings.tls or timings.tcp or 0.0)


# ---- the exchange


def _exchange(evidence: Evidence) -> Exchange | None:
    baseline = evidence.baseline
    if baseline is None or baseline.layer is not Layer.HTTP:
        return None
    return Exchange(_sent(baseline), _received(evidence, baseline))


def _sent(baseline: Attempt) -> tuple[FrameLine, ...]:
    lines = baseline.sent.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    return _noted(lines, check_request(baseline.sending.request))


def _noted(head: Sequence[str], breaches: Sequence[Breach]) -> tuple[FrameLine, ...]:
    """Return the lines of a head, each with the breach of its field; breaches by fields that are missing come last."""
    notes: dict[str, str] = {}
    for breach in breaches:
        said, name = f"{breach.text} ({breach.section})", breach.field.lower()
        notes[name] = f"{notes[name]}; {said}" if name in notes else said
    lines = [FrameLine(line, notes.pop(_field(line) if n else "", "")) for n, line in enumerate(head)]
    return (*lines, *(FrameLine("", note) for note in notes.values()))


def _field(line: str) -> str:
    return line.partition(":")[0].strip().lower()


def _received(evidence: Evidence, baseline: Attempt) -> tuple[FrameLine, ...]:
    answer = baseline.answer
    if answer.kind is Kind.NOTHING:
        return (FrameLine("", f"no byte came back: {baseline.ending.value}"),)
    if answer.kind is not Kind.HTTP:
        return (
            FrameLine(answer.raw[:160].decode("latin-1"), f"this is {answer.service or answer.kind.value}"),
        )
    head = answer.raw.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    return (*_noted(head, baseline.breaches), *_body(evidence))


def _body(evidence: Evidence) -> tuple[FrameLine, ...]:
    author, answer = evidence.author, evidence.answer
    if answer is None or not answer.body:
        return ()
    note = f"{author.software}: {author.says.value}" if author and author.says is not Says.NOTHING else ""
    shown = [line.rstrip() for line in answer.text.splitlines() if line.strip()][:_BODY_LINES]
    marked = _telling(answer.text, author.body) if author and author.body else ""
    return (FrameLine(""), *(FrameLine(line, note if marked and line == marked else "") for line in shown))


def _telling(text: str, pattern: str) -> str:
    """Return the line by which a body was recognised: of those that the pattern covers, the one that says most."""
    found = compiled(pattern).search(text)
    if found is None:
        return ""
    start = text.rfind("\n", 0, found.start()) + 1
    end = text.find("\n", found.end())
    covered = text[start : end if end >= 0 else len(text)].splitlines()
    return max((line.rstrip() for line in covered), key=len, default="")


def _crossing(evidence: Evidence) -> Crossing | None:
    if evidence.record is None:
        return None
    return Crossing(evidence.record.trace_id, tuple(evidence.crossing.values()))


# ---- sentences


def _examined(evidence: Evidence) -> tuple[str, ...]:
    baseline = evidence.baseline
    assert baseline is not None
    said = (
        [f"name: {', '.join(evidence.names.addresses)}"]
        if evidence.names and not evidence.names.literal
        else []
    )
    reached = sum(dial.connected for dial in evidence.dials)
    if evidence.dials:
        said.append(f"TCP: {reached} of {len(evidence.dials)} addresses answer")
    if baseline.tls and baseline.sending.tls:
        said.append(
            f"TLS: {baseline.tls.version}, {baseline.sending.tls.verify.value} of the certificate checked"
        )
    said.append("handshake: 101, with the right Sec-WebSocket-Accept, nothing that was not offered")
    if baseline.aftermath is not None:
        pong = ", and a ping was answered" if baseline.aftermath.pong else ""
        said.append(f"afterwards: open for {baseline.aftermath.watched:.1f} s{pong}")
    return (*said, *configuration.way(evidence))


def _wavering(evidence: Evidence) -> str:
    """Say that the same handshake met two answers, if it did: then no single change can be proven to matter."""
    if evidence.wavering is None:
        return ""
    first, second = map(met, evidence.wavering)
    apart = f"{first}, then {second}" if first != second else f"{first} twice, with another content each time"
    return f"the answers waver: the same handshake met {apart}, so no change of it can be proven to matter"


def _unexamined(evidence: Evidence, cut_short: str, untried: str) -> tuple[str, ...]:
    said = [text for text in (cut_short, untried, _wavering(evidence), _untold(evidence)) if text]
    said += configuration.stated(evidence)
    if evidence.works:
        aftermath = evidence.baseline.aftermath if evidence.baseline else None
        if aftermath is None or aftermath.watched < 10:
            said.append("idle time-outs (--hold SECONDS)")
        if evidence.saw is None:
            said.append("what a client that fails does otherwise (--saw STATUS)")
    return tuple(said)


def spared(failed: Attempt, unsent: int) -> str:
    """Say what an experiment may have done to the servers behind a proxy, and what was not sent for it."""
    what = f"the same handshake, {failed.change}, met {met(failed)}"
    aside = "a proxy may pass nobody on to a server that fails so for a while (nginx: 10 s)"
    left_out = f", and {unsent} more experiments that may provoke it were not sent" if unsent else ""
    return f"{what}: {aside}{left_out}"


def _untold(evidence: Evidence) -> str:
    """Say why the server's own record of the handshake is not shown, though it names one; empty where it is, or names none."""
    if not evidence.trace_path or evidence.record is not None:
        return ""
    if evidence.trace is None:
        why = "it was not asked for: the budget or the time was spent"
    elif evidence.trace.status in {401, 403, 404}:
        why = f"the request for it met {evidence.trace.status}; its user, or an administrator, can read it there"
    else:
        why = f"the request for it met {met(evidence.trace)}"
    return f"what the server saw of this handshake, {evidence.trace_path}: {why}"


def _next_steps(evidence: Evidence, weighed: Weighed) -> tuple[str, ...]:
    shown = () if evidence.story is None or evidence.works else settings(evidence.story)
    if not weighed.findings:
        return () if evidence.works else ("ws101 explain --list", *shown)
    steps = [f"ws101 explain {weighed.findings[0].cause}"]
    proven = weighed.findings[0].certainty is Certainty.PROVEN
    if not proven and evidence.direct is None and evidence.proxy and not evidence.works:
        steps.append("ws101 check … --direct ws://SERVER:PORT  asks the server itself, past the proxy")
    if not proven and evidence.config is None and evidence.proxy == "nginx" and not evidence.works:
        steps.append(
            "ws101 check … --nginx-config nginx.conf  names the line, and tries the fix in a sandbox"
        )
    return (*steps, *(() if proven else shown))
