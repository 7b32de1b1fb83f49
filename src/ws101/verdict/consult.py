"""What becomes of a ruling when configurations of nginx are at hand: what they show is joined with what the wire showed.

A line that explains the refusal makes a cause likely; the same configuration, mended in a sandbox, proves it.
"""

from msgspec.structs import replace

from ws101.cause import Cause, Marked, RuledOut, Ruling, Supported, Unknown
from ws101.configured import Configured
from ws101.evidence import Evidence
from ws101.judging import remedied
from ws101.nginx.performance import Rehearsal
from ws101.nginx.repair import Repair
from ws101.report import Fact, Remedy
from ws101.terms import Certainty, Hop

_ELSEWHERE = Unknown("--direct URL of the server behind the proxy")


def consult(cause: Cause, ruling: Ruling, evidence: Evidence) -> Ruling:
    """Return what becomes of a ruling on this cause; without a configuration it is left as it is."""
    if not evidence.config or cause.inspect is None or evidence.works:
        return ruling
    readings = [(hop, cause.inspect(evidence, hop)) for hop in evidence.config]
    blamed = next(((hop, r) for hop, r in readings if isinstance(r, Supported) and r.lines), None)
    if blamed is not None:
        return _joined(cause, ruling, *blamed, evidence)
    clear = next((r for _, r in readings if isinstance(r, RuledOut)), None)
    whole = all(hop.whole and isinstance(r, RuledOut) for hop, r in readings)
    if clear is None or not whole or isinstance(ruling, RuledOut):
        return _not_asked_again(ruling)
    return _contradicted(ruling, clear) if isinstance(ruling, Supported) else clear


def _contradicted(ruling: Supported, clear: RuledOut) -> Ruling:
    """Weigh a configuration that clears what the wire speaks for: another hop, or another file, may be to blame."""
    if ruling.certainty is Certainty.PROVEN:
        return ruling
    if ruling.certainty is Certainty.POSSIBLE:
        return clear
    against = Fact(
        f"but {clear.why}: then it is another hop, or another file is what runs", "the configuration"
    )
    return replace(ruling, certainty=Certainty.POSSIBLE, facts=(*ruling.facts, against), named=False)


def _joined(cause: Cause, ruling: Ruling, hop: Configured, reading: Supported, evidence: Evidence) -> Ruling:
    if isinstance(ruling, RuledOut):
        return ruling
    if isinstance(ruling, Unknown) and not reading.shown:
        return _not_asked_again(ruling)
    known = ruling if isinstance(ruling, Supported) else reading
    facts = reading.facts + (known.facts if known is not reading else ())
    shown = hop.whole and (reading.shown or (reading.joins and known is not reading))
    certain = reading.certainty if reading.shown else Certainty.LIKELY
    certainty = min(known.certainty, certain, key=lambda one: one.rank) if shown else known.certainty
    if known is reading and not shown:
        certainty = Certainty.POSSIBLE
    mended = hop.repaired(cause.slug) if shown and reading.remedy is None else None
    joined = replace(
        known,
        certainty=certainty,
        facts=facts,
        remedy=_remedy(reading, mended) if shown else known.remedy,
        lines=reading.lines,
        hop=hop,
        cure=reading.cure if shown else (),
        given=reading.given if shown else None,
        shown=shown,
        latent=known.latent or reading.latent,
        behind=known.behind or reading.behind,
    )
    if joined.remedy is None and shown:
        joined = replace(joined, remedy=_of_line(known.remedy or cause.remedy, reading.lines[0]))
    rehearsal = evidence.rehearsals.get(cause.slug)
    if rehearsal is None or not rehearsal.resembles(evidence.status):
        return joined
    return _proven(joined, rehearsal, PARTS.get(cause.slug, ()), _change(joined, rehearsal))


def _not_asked_again(ruling: Ruling) -> Ruling:
    """Do not ask for a configuration that was given."""
    asks = isinstance(ruling, Unknown) and "configuration" in ruling.need
    return _ELSEWHERE if asks else ruling


def _remedy(reading: Supported, mended: Repair | None) -> Remedy | None:
    """Return the repair of the user's own file as a diff, where there is one."""
    return remedied(mended) if reading.remedy is None and mended is not None else reading.remedy


def _of_line(remedy: Remedy, line: Marked) -> Remedy:
    """Name the line to change, where it is for its owner to say into what."""
    if remedy.applies is not Hop.PROXY:
        return remedy
    return replace(remedy, text=f"{remedy.text} The line to change is {line.directive.place}.")


# ---- the sandbox

# What must arrive as it was sent, for causes that need not be seen in the status: the server there minds nothing else.
PARTS: dict[str, tuple[str, ...]] = {
    "proxy-strips-authorization": ("Authorization",),
    "proxy-strips-query": ("target",),
    "proxy-rewrites-path": ("target",),
    "proxy-rewrites-host": ("Host",),
    "proxy-forwarded-proto-wrong": ("X-Forwarded-Proto",),
}


# What a server goes by, so that a file is cleared of much that brings it there as it was sent.
_TELLING = ("target", "Host", "Origin", "Authorization", "Cookie", "Sec-WebSocket-Protocol")
_NAMES = {"target": "the path"}


def _change(ruling: Supported, rehearsal: Rehearsal) -> str:
    """Say what was changed between the two trials."""
    if not rehearsal.edited:
        return f"with {rehearsal.given.in_order}"
    patched = (ruling.remedy.patch if ruling.remedy else None) or ""
    return "with this change alone" if patched.startswith("--- ") else "without this line"


def _proven(ruling: Supported, rehearsal: Rehearsal, parts: tuple[str, ...], change: str) -> Supported:
    """Add what the sandbox showed; it proves the cause where the change alone opens the way, or brings what was lost.

    What was tried in a circumstance that nobody saw proves nothing.
    """
    given = rehearsal.given
    stage = (
        "as it is"
        if not given.text
        else f"as if with {given.text}"
        if given.supposed
        else f"with {given.text}"
    )
    as_it_is = f"run here {stage}, your configuration"
    if rehearsal.opens:
        said = [
            f"{as_it_is} answers this handshake with {rehearsal.before.text}; {change}: 101",
            *_cleared(rehearsal),
        ]
    elif rehearsal.unmasks:
        said = [f"{as_it_is} answers {rehearsal.before.status}; {change}: {rehearsal.after.status}"]
    elif rehearsal.outlasts:
        lasts = f"it stays open for all of {rehearsal.given.silence:g} s"
        said = [f"{as_it_is} cuts a silent socket after {rehearsal.before.cut:.1f} s; {change}, {lasts}"]
    else:
        said = [_brought(*one, change) for one in rehearsal.brings(*parts)]
    where = f"the sandbox, nginx {'.'.join(map(str, rehearsal.nginx))}"
    if rehearsal.falls_short and ruling.shown:
        short = f"{as_it_is} answers {rehearsal.before.status}, and {change} {rehearsal.after.status}: it takes more than that"
        return replace(ruling, facts=(*ruling.facts, Fact(short, where)))
    if not said or not ruling.shown:
        return ruling
    if rehearsal.left_out:
        names = ", ".join(dict.fromkeys(one.name for one in rehearsal.left_out))
        said.append(f"what did not run there: {names}")
    at = len(ruling.lines)  # behind what the configuration says
    facts = (*ruling.facts[:at], *(Fact(text, where) for text in said), *ruling.facts[at:])
    return replace(ruling, certainty=ruling.certainty if given.supposed else Certainty.PROVEN, facts=facts)


def _cleared(rehearsal: Rehearsal) -> list[str]:
    """Say what the file is cleared of, where none of its lines was changed."""
    kept = [_NAMES.get(part, part) for part in rehearsal.kept(*_TELLING)] if not rehearsal.edited else []
    named = f"{', '.join(['the upgrade', *kept[:-1]])} and {kept[-1]}" if kept else ""
    return [f"the server in order gets {named} as they were sent"] if kept else []


def _brought(part: str, before: str | None, after: str | None, change: str) -> str:
    run = "run here as it is, your configuration"
    if part == "target":
        return f"{run} asks the server for `{before}`; {change}: for `{after}`"
    if part == "Authorization":  # no value of it is to be shown, not even one of nginx's own
        was = "another Authorization than the client's" if before else "no Authorization"
        return f"{run} sends the server {was}; {change}: the client's own"
    was = f"`{part}: {before}`" if before else f"no {part}"
    return f"{run} sends the server {was}; {change}: `{part}: {after}`"
