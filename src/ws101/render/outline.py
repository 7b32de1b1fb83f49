"""What of a report a person is told, in which order and in how many lines; knows no format."""

from collections.abc import Mapping, Set
from enum import IntEnum

from msgspec import Struct

from ws101.render import history
from ws101.report import NAMELESS, Cleared, Finding, Passage, Report, Step, Trial
from ws101.terms import Certainty, Family, Fate, Hop, Outcome, StepState

_TRIALS = 10
_WITHOUT_EFFECT = 4
_RULED_OUT = 6
_NEEDS = 5
_ORDER = tuple(Hop)
_REPEAT = "repeat"  # the experiment that changes nothing

GLOSS: Mapping[Certainty, str] = {
    Certainty.PROVEN: "exactly one thing was changed, and the outcome changed with it",
    Certainty.LIKELY: "a signature that only this cause leaves was seen",
    Certainty.POSSIBLE: "what was seen fits, and fits other causes too",
}

WHERE: Mapping[Hop, str] = {
    Hop.CLIENT: "in the client",
    Hop.NETWORK: "in the network",
    Hop.TLS: "in the TLS set-up",
    Hop.CDN: "at the CDN",
    Hop.PROXY: "in the proxy",
    Hop.SERVER: "in the server",
    Hop.AUTH: "in the credentials",
}


class Effect(IntEnum):
    """What one experiment made of the handshake, against the one that it varies; the most telling first."""

    BASELINE = 0
    FLIPPED = 1
    FURTHER = 2  # it stays refused, but later: further experiments build on this one
    WAVERS = 3  # nothing was changed, and the answer was another one
    DIFFERENT = 4
    SAME = 5


_REMARKS = {Effect.FURTHER: "gets further", Effect.WAVERS: "wavers", Effect.DIFFERENT: "differs"}


class Row(Struct, frozen=True):
    """One experiment as a line of a table."""

    change: str
    seen: str
    ms: str
    works: bool
    effect: Effect

    @property
    def remark(self) -> str:
        """What the change does to the handshake, in two words or none."""
        if self.effect is Effect.FLIPPED:
            return "mends it" if self.works else "breaks it"
        return _REMARKS.get(self.effect, "")


class Table(Struct, frozen=True):
    """The experiments that tell most, the baseline first; `hidden` counts the others."""

    rows: tuple[Row, ...]
    hidden: int


def astray(report: Report) -> tuple[Passage, ...]:
    """Return what did not reach the server as it was sent, by its own record: lost or changed on the way."""
    passages = report.seen.passages if report.seen else ()
    return tuple(passage for passage in passages if passage.fate in {Fate.LOST, Fate.CHANGED})


def arrived(report: Report) -> str:
    """Say how much of the handshake reached the server as it was sent."""
    passages = report.seen.passages if report.seen else ()
    same = sum(passage.fate is Fate.SAME for passage in passages)
    return f"{same} more arrived as sent" if astray(report) else "all of the handshake arrived as it was sent"


def seen_as(passage: Passage) -> str:
    """Return the words for what the server saw of a part of the request."""
    return {Fate.SAME: "the same", Fate.LOST: "none: lost on the way"}.get(passage.fate, passage.seen or "")


def standing(report: Report) -> str:
    """Say what was asked and what it met, as in "ws://host/path answered 400"; of what no log tells, nothing."""
    if report.chronicle is not None and report.outcome is not Outcome.UNREACHABLE and report.status is None:
        return report.target.url
    if not report.target.url and report.status is None:
        return "nothing was sent"
    if report.status is not None:
        where = report.target.url or "an address that no log names"
        if _of_no_request(report):
            return f"a connection that names no request, perhaps no handshake's, met {report.status}"
        met = f"a handshake with {where} met" if _logged_alone(report) else f"{where} answered"
        return f"{met} {report.status}"
    missing = "could not be reached" if report.outcome is Outcome.UNREACHABLE else "gave no HTTP answer"
    return f"{report.target.url} {missing}"


def _of_no_request(report: Report) -> bool:
    """Return whether the verdict of logs is on connections of which nobody knows what they were for."""
    groups = report.chronicle.groups if report.chronicle else ()
    return bool(groups) and groups[0].outcome == NAMELESS


def _logged_alone(report: Report) -> bool:
    """Return whether all that is known is from logs, and nothing was sent."""
    return report.account is not None and report.exchange is None and not report.experiments


def unread(report: Report) -> tuple[str, ...]:
    """Say which logs could not be read, and why."""
    sources = report.chronicle.sources if report.chronicle else ()
    return tuple(f"{one.source}: {one.problem}".rstrip(".") for one in sources if one.problem)


def headline(report: Report) -> str:
    """Return the verdict in a sentence, without a full stop."""
    found = report.verdict.title if report.verdict else "Not enough could be tested to name a cause"
    return (report.summary or found).rstrip(".")


def caveats(report: Report) -> tuple[str, ...]:
    """Return what must be known of the report itself before it is believed or passed on."""
    said = [later] if (later := history.recovered(report)) else []
    if report.incomplete:
        said.append("incomplete: not everything that was asked for could be tested")
    if not report.redacted:
        said.append("the secrets are in this report: do not pass it on")
    return tuple(said)


def fix_heading(report: Report) -> str:
    """Return the heading over the verdict's remedy."""
    possible = report.verdict is not None and report.verdict.certainty is Certainty.POSSIBLE
    return "Fix, if it is this" if possible else "Fix"


def duration(ms: float | None) -> str:
    """Return a time as people read it, in at most seven characters, or nothing."""
    if ms is None:
        return ""
    if ms < 10:
        return f"{ms:.1f} ms"
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s" if ms < 100_000 else f"{ms / 1000:.0f} s"


def weak_point(report: Report) -> Step | None:
    """Return the step at which the trail ends: the failed one, or the one that the verdict suspects."""
    failed = next((step for step in report.trail if step.state is StepState.FAILED), None)
    if failed is None and report.verdict is not None and report.outcome is not Outcome.CONNECTED:
        suspected = report.verdict.hop
        return next((step for step in report.trail if step.hop is suspected), None)
    return failed


def table(report: Report) -> Table:
    """Return the experiments, those that changed something before those that changed nothing."""
    trials = {trial.name: trial for trial in report.experiments}
    baseline = next((t for t in report.experiments if t.family is Family.BASELINE), None)
    bases = {_mended_by(trial) for trial in report.experiments}
    rows = [
        _row(trial, trials.get(_mended_by(trial), baseline), _repeat_of(trial, trials), report, bases)
        for trial in report.experiments
    ]
    rows.sort(key=lambda row: Effect.FLIPPED if row.effect is Effect.FURTHER else row.effect)
    telling = sum(row.effect is not Effect.SAME for row in rows)
    shown = rows[: min(_TRIALS, telling + _WITHOUT_EFFECT)]
    return Table(tuple(shown), len(rows) - len(shown))


def _mended_by(trial: Trial) -> str:
    """Return the names of the repairs that were in the handshake before this change, as in "tls-instead"."""
    return trial.name.rpartition(" + ")[0]


def _repeat_of(trial: Trial, trials: Mapping[str, Trial]) -> Trial | None:
    """Return the unchanged handshake as it was sent once more, beside this change of it."""
    base = _mended_by(trial)
    return trials.get(f"{base} + {_REPEAT}" if base else _REPEAT)


def _row(trial: Trial, varied: Trial | None, repeat: Trial | None, report: Report, bases: Set[str]) -> Row:
    before = report.outcome is Outcome.CONNECTED
    is_baseline = trial.family is Family.BASELINE
    effect = Effect.BASELINE if is_baseline else _effect(trial, varied, repeat, before=before)
    mended = f", after {_mended_by(trial)}" if _mended_by(trial) else ""
    status = "" if trial.status is None or str(trial.status) in trial.outcome else f"{trial.status} "
    return Row(
        change="as you send it" if is_baseline else trial.change + mended,
        seen=status + trial.outcome,
        ms=duration(trial.ms),
        works=before if is_baseline else _works(trial),
        effect=Effect.FURTHER if effect is Effect.DIFFERENT and trial.name in bases else effect,
    )


def _works(trial: Trial) -> bool:
    return trial.status == 101 if trial.works is None else trial.works


def _effect(trial: Trial, varied: Trial | None, repeat: Trial | None, *, before: bool) -> Effect:
    if repeat is trial:
        return Effect.WAVERS if varied is not None and not _alike(trial, varied) else Effect.SAME
    if repeat is not None and _alike(trial, repeat):
        return Effect.SAME  # what comes of no change at all is no effect of this one
    if _works(trial) != before:
        return Effect.FLIPPED
    return Effect.DIFFERENT if varied is not None and not _alike(trial, varied) else Effect.SAME


def _alike(trial: Trial, other: Trial) -> bool:
    return (trial.status, trial.outcome) == (other.status, other.outcome)


def others(report: Report) -> tuple[tuple[str, tuple[Finding, ...]], ...]:
    """Return the findings after the verdict under a heading each: rivals, what lies behind it, and the rest."""
    verdict = report.verdict
    if verdict is None:
        return ()
    groups: dict[str, list[Finding]] = {"It may also be": [], "Next in line": [], "Also seen": []}
    for finding in report.findings[1:]:
        behind = finding.latent or _ORDER.index(finding.hop) >= _ORDER.index(verdict.hop)
        weak = finding.certainty is Certainty.POSSIBLE and verdict.certainty is Certainty.POSSIBLE
        rival = weak and not finding.latent
        groups["It may also be" if rival else "Next in line" if behind else "Also seen"].append(finding)
    return tuple((heading, tuple(found)) for heading, found in groups.items() if found)


def cleared(report: Report) -> tuple[tuple[Cleared, ...], int]:
    """Return what experiments ruled out, as much as a reader wants; and how many more causes were ruled out at all."""
    if _settled(report):
        return (), 0
    most = _RULED_OUT if report.outcome is not Outcome.CONNECTED else 2 * _RULED_OUT
    shown = [cleared for cleared in report.ruled_out if cleared.experiment][:most]
    return tuple(shown), len(report.ruled_out) - len(shown)


def needs(report: Report) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], int]:
    """Return the evidence that would tell most, each with the causes it would tell of; and how many more there are.

    Where a flip has proven the cause, or the handshake works, no more evidence is asked for; nor where logs name it, for
    more of them would prove nothing.
    """
    sure = Certainty.LIKELY if _logged_alone(report) else Certainty.PROVEN
    if _settled(report) or (report.verdict is not None and report.verdict.certainty.rank <= sure.rank):
        return (), 0
    causes: dict[str, list[str]] = {}
    for missing in report.not_tested:
        causes.setdefault(missing.need, []).append(missing.cause)
    ranked = sorted(causes.items(), key=lambda item: -len(item[1]))
    return tuple((need, tuple(slugs)) for need, slugs in ranked[:_NEEDS]), max(0, len(ranked) - _NEEDS)


def _settled(report: Report) -> bool:
    """Whether the handshake works and nothing speaks against it: every cause is ruled out by that alone."""
    return report.outcome is Outcome.CONNECTED and not report.findings and not report.incomplete
