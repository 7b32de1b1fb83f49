"""Weighs what the causes say of the evidence into a ranked list: proven before likely before possible, root first."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, field

from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.report import Cleared, Excerpt, Finding, NotTested
from ws101.terms import Certainty, Hop
from ws101.verdict.heed import heed
from ws101.verdict.recipes import proxies_of, written_for

if TYPE_CHECKING:
    from ws101.configured import Configured
    from ws101.nginx.circumstance import Circumstance
    from ws101.nginx.edit import Edit

_BEFORE_SERVER = frozenset({Hop.CDN, Hop.PROXY})

R = TypeVar("R", RuledOut, Unknown)


class Cure(Struct, frozen=True):
    """The edits of one configuration that are to take a cause away from the handshake of a stage, or what stood around it."""

    stage: int
    hop: "Configured"
    edits: "tuple[Edit, ...]"
    given: "Circumstance | None" = None


class Weighed(Struct, frozen=True):
    """The ranked findings, what was ruled out, and what nobody could look at.

    `cures` are what can be tried on a configuration, by the slug of the cause that it is to take away.
    """

    findings: tuple[Finding, ...]
    ruled_out: tuple[Cleared, ...]
    not_tested: tuple[NotTested, ...]
    cures: Mapping[str, Cure] = field(default_factory=dict)


class _Standing(Struct, frozen=True, eq=False):
    """One supported cause with all that its rank depends on; `stage` counts the obstacles overcome before it.

    `aside` says that it was met straight at the server, where the user's own handshake has not got yet.
    """

    cause: Cause
    ruling: Supported
    stage: int
    place: int
    aside: bool = False

    @property
    def rank(self) -> tuple[int, ...]:
        certainty = self.ruling.certainty.rank
        weak = self.ruling.certainty is Certainty.POSSIBLE
        seldom = self.ruling.rare and weak
        return (
            self.aside,
            weak,
            self.ruling.latent,
            self.stage,
            certainty,
            seldom,
            self.cause.generic,
            self.place,
        )


def weigh(stages: Sequence[Evidence], causes: Sequence[Cause]) -> Weighed:
    """Return the verdict on a diagnosis; each stage but the first has one more obstacle overcome."""
    rulings = [
        [(cause, _ruling(cause, e)) for cause in causes if not (e.past_proxy and cause.hop in _BEFORE_SERVER)]
        for e in stages
    ]
    standing = [
        _Standing(cause, ruling, stage, place, stages[stage].past_proxy)
        for stage, judged in enumerate(rulings)
        for place, (cause, ruling) in enumerate(judged)
        if isinstance(ruling, Supported)
    ]
    kept, explained = _without_explained(_strongest(standing))
    kept = _single_out(_deeper_first(sorted(kept, key=lambda s: s.rank)), stages[0])
    found = {s.cause.slug for s in kept}
    ruled_out = {
        cause.slug: Cleared(cause.slug, r.why, r.experiment) for cause, r in _last(rulings, RuledOut)
    }
    ruled_out |= {
        s.cause.slug: Cleared(s.cause.slug, f"what was seen is explained by {by}")
        for s, by in explained.items()
    }
    unknown = {cause.slug: NotTested(cause.slug, r.need) for cause, r in _last(rulings, Unknown)}
    return Weighed(
        tuple(_finding(s, stages[s.stage]) for s in kept),
        tuple(cleared for slug, cleared in ruled_out.items() if slug not in found),
        tuple(need for slug, need in unknown.items() if slug not in found and slug not in ruled_out),
        {
            s.cause.slug: Cure(s.stage, s.ruling.hop, s.ruling.cure, s.ruling.given)
            for s in kept
            if s.ruling.hop and (s.ruling.cure or s.ruling.given)
        },
    )


def _ruling(cause: Cause, evidence: Evidence) -> Ruling:
    """Judge by the evidence, by what the refusal itself names, then by logs and by configurations, if there are any."""
    ruling = _by_wire_and_logs(cause, evidence)
    if not evidence.config:
        return ruling
    from ws101.verdict.consult import consult
    from ws101.verdict.recount import as_met

    return consult(cause, ruling, as_met(evidence))


def _by_wire_and_logs(cause: Cause, evidence: Evidence) -> Ruling:
    """Judge by what was sent and met; where nothing was, by logs alone."""
    if evidence.story is None:
        return heed(cause.slug, cause.judge(evidence), evidence)
    from ws101.verdict.recount import read, recount

    if evidence.baseline is None:
        return read(cause, evidence.story, evidence)
    return recount(cause, heed(cause.slug, cause.judge(evidence), evidence), evidence)


def _excerpts(ruling: Supported) -> tuple[Excerpt, ...]:
    if not ruling.lines:
        return ()
    from ws101.verdict.excerpt import excerpts

    return excerpts(ruling.lines)


def _strongest(standing: Sequence[_Standing]) -> list[_Standing]:
    """Keep one ruling for each cause: the one that ranks first over all stages."""
    best: dict[str, _Standing] = {}
    for candidate in standing:
        known = best.get(candidate.cause.slug)
        if known is None or candidate.rank < known.rank:
            best[candidate.cause.slug] = candidate
    return list(best.values())


def _without_explained(standing: Sequence[_Standing]) -> tuple[list[_Standing], dict[_Standing, str]]:
    """Part the causes from those that merely fit an obstacle which another one is proven, or more surely, to be."""
    explained: dict[_Standing, str] = {}
    for weak in standing:
        root = next((s for s in standing if _explains(s, weak)), None)
        if root is not None:
            explained[weak] = root.cause.slug
    return [s for s in standing if s not in explained], explained


def _explains(root: _Standing, weak: _Standing) -> bool:
    if _shown_behind(root, weak):
        return True
    apart = root is weak or root.stage != weak.stage or weak.ruling.behind == root.cause.slug
    if apart or weak.ruling.latent or root.ruling.latent or root.cause.generic:
        return False
    sure = root.ruling.certainty is not Certainty.POSSIBLE
    named = root.ruling.named or (root.ruling.shown and sure)
    proven_over_possible = (
        root.ruling.certainty is Certainty.PROVEN or named
    ) and weak.ruling.certainty is Certainty.POSSIBLE
    specific_over_generic = (
        sure and weak.cause.generic and root.ruling.certainty.rank <= weak.ruling.certainty.rank
    )
    return proven_over_possible or specific_over_generic


def _shown_behind(root: _Standing, weak: _Standing) -> bool:
    """Whether a configuration shows the deeper reason of what was seen, so that it needs no other."""
    sure = root.ruling.shown and root.ruling.certainty is not Certainty.POSSIBLE
    return sure and root.ruling.behind == weak.cause.slug and root.stage == weak.stage


def _deeper_first(standing: list[_Standing]) -> list[_Standing]:
    """Put a deeper reason before the finding that it is behind, where it is as sure."""
    ranked = list(standing)
    for deeper in standing:
        surface = next((s for s in ranked if s.cause.slug == deeper.ruling.behind), None)
        if surface is None or deeper.ruling.certainty.rank > surface.ruling.certainty.rank:
            continue
        if ranked.index(surface) < ranked.index(deeper):
            ranked.remove(deeper)
            ranked.insert(ranked.index(surface), deeper)
    return ranked


def _single_out(standing: list[_Standing], evidence: Evidence) -> list[_Standing]:
    """Of all single damages to a working handshake, call the only one that gives the client's status likely."""
    if evidence.saw is None or not evidence.works or len(standing) != 1:
        return standing
    only = standing[0]
    if only.ruling.certainty is not Certainty.POSSIBLE or only.cause.generic:
        return standing
    ruling = Supported(Certainty.LIKELY, only.ruling.facts, only.ruling.remedy)
    return [_Standing(only.cause, ruling, only.stage, only.place)]


def _last(rulings: Sequence[Sequence[tuple[Cause, Ruling]]], kind: type[R]) -> list[tuple[Cause, R]]:
    return [(cause, ruling) for judged in rulings for cause, ruling in judged if isinstance(ruling, kind)]


def _finding(standing: _Standing, evidence: Evidence) -> Finding:
    cause, ruling = standing.cause, standing.ruling
    found = Finding(
        cause.slug, cause.hop, ruling.certainty, cause.title, ruling.facts, ruling.remedy or cause.remedy,
        _excerpts(ruling), ruling.latent,
    )  # fmt: skip
    return written_for(found, proxies_of(evidence), evidence.target.path.partition("?")[0])
