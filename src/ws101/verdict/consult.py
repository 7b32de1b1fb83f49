"""What becomes of a ruling when configurations of nginx are at hand: what they show is joined with what the wire showed.

A line that explains the refusal makes a cause likely; the same configuration, mended in a sandbox, proves it.
"""

from dataclasses import replace

from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.configured import Configured, Rehearsal, quoted
from ws101.evidence import Evidence
from ws101.nginx.edit import by_file, diff
from ws101.nginx.repairs import repair
from ws101.report import Certainty, Fact, Hop, Remedy

_ELSEWHERE = Unknown("--direct URL of the server behind the proxy")
_RANK = (Certainty.POSSIBLE, Certainty.LIKELY, Certainty.PROVEN)


def consult(cause: Cause, ruling: Ruling, evidence: Evidence) -> Ruling:
    """Return what becomes of a ruling on this cause; without a configuration it is left as it is."""
    if not evidence.config or cause.inspect is None or evidence.works:
        return ruling
    readings = [(hop, cause.inspect(evidence, hop)) for hop in evidence.config]
    blamed = next(((hop, r) for hop, r in readings if isinstance(r, Supported)), None)
    if blamed is not None:
        return _joined(cause, ruling, *blamed, evidence)
    clear = next((r for _, r in readings if isinstance(r, RuledOut)), None)
    whole = all(hop.whole and isinstance(r, RuledOut) for hop, r in readings)
    proven = isinstance(ruling, Supported) and ruling.certainty is Certainty.PROVEN
    if clear is not None and whole and not proven and not isinstance(ruling, RuledOut):
        return clear
    return _not_asked_again(ruling)


def _joined(cause: Cause, ruling: Ruling, hop: Configured, reading: Supported, evidence: Evidence) -> Ruling:
    if isinstance(ruling, RuledOut):
        return ruling
    if isinstance(ruling, Unknown) and not reading.shown:
        return _not_asked_again(ruling)
    known = ruling if isinstance(ruling, Supported) else reading
    facts = reading.facts + (known.facts if known is not reading else ())
    shown = hop.whole and (reading.shown or (reading.joins and known is not reading))
    certain = reading.certainty if reading.shown else Certainty.LIKELY
    certainty = max(known.certainty, certain, key=_RANK.index) if shown else known.certainty
    if known is reading and not shown:
        certainty = Certainty.POSSIBLE
    joined = replace(
        known,
        certainty=certainty,
        facts=facts,
        remedy=(_remedy(cause, hop, reading) if shown else None) or known.remedy,
        lines=reading.lines,
        hop=hop,
        cure=reading.cure if shown else (),
        shown=shown,
        latent=known.latent or reading.latent,
        behind=known.behind or reading.behind,
    )
    rehearsal = evidence.rehearsals.get(cause.slug)
    return _proven(joined, rehearsal, cause.slug) if rehearsal is not None else joined


def _not_asked_again(ruling: Ruling) -> Ruling:
    """Do not ask for a configuration that was given."""
    asks = isinstance(ruling, Unknown) and "configuration" in ruling.need
    return _ELSEWHERE if asks else ruling


def _remedy(cause: Cause, hop: Configured, reading: Supported) -> Remedy | None:
    """Return the repair of the user's own file as a diff, where there is one."""
    if reading.remedy is not None:
        return reading.remedy
    mended = repair(hop.route, cause.slug)
    if mended is None:
        return None
    doubt = f" Mind: {mended.doubt}." if mended.doubt else ""
    what = mended.what[:1].upper() + mended.what[1:]
    return Remedy(
        f"{what}.{doubt}", Hop.PROXY, patch=diff(by_file(mended.edits)), command="nginx -t && nginx -s reload"
    )


# ---- the sandbox

# What must arrive as it was sent, for causes that need not be seen in the status: the server there minds nothing else.
PARTS: dict[str, tuple[str, ...]] = {
    "proxy-strips-authorization": ("Authorization",),
    "proxy-strips-query": ("target",),
    "proxy-rewrites-path": ("target",),
    "proxy-rewrites-host": ("Host",),
    "proxy-forwarded-proto-wrong": ("X-Forwarded-Proto",),
}


def _proven(ruling: Supported, rehearsal: Rehearsal, slug: str) -> Supported:
    where = f"the sandbox, nginx {'.'.join(map(str, rehearsal.nginx))}"
    brought = rehearsal.brings(*PARTS.get(slug, ()))
    if rehearsal.opens:
        before = rehearsal.before.status or "no answer"
        said = [
            Fact(f"as it is, it answers this handshake with {before}; with this change alone: 101", where)
        ]
    else:
        said = [
            Fact(f"with your configuration, run here as it is, {_arrived(*one)}", where) for one in brought
        ]
    if not said or not ruling.shown:
        return ruling
    at = len(ruling.lines)  # behind what the configuration says
    facts = (*ruling.facts[:at], *said, *ruling.facts[at:])
    return replace(ruling, certainty=Certainty.PROVEN, facts=facts)


def _arrived(part: str, before: str | None, after: str | None) -> str:
    if part == "target":
        return f"the server is asked for `{before}`; with this change alone: for `{after}`"
    was = f"`{part}: {before}`" if before else f"no `{part}`"
    return f"the server gets {was}; with this change alone: `{part}: {after}`"


# ---- sentences


def unread(evidence: Evidence) -> str:
    """Say what of the configurations could not be read or followed, so that they cannot tell all; empty where nothing is."""
    for hop in evidence.config or ():
        troubles = hop.configuration.troubles
        more = f", and {len(troubles) - 1} more" if len(troubles) > 1 else ""
        if troubles:
            return f"not all of the configuration was read: {troubles[0].place}: {troubles[0].what}{more}"
        if hop.undecided is not None:
            place = f" ({hop.undecided.by.place})" if hop.undecided.by else ""
            return f"the configuration does not tell how this handshake goes on: {hop.undecided.why}{place}"
    return ""


def stated(evidence: Evidence) -> tuple[str, ...]:
    """Say what was taken for granted of the configurations, and where they contradict a handshake that works."""
    hops = evidence.config or ()
    assumed = list(dict.fromkeys(text for hop in hops for text in hop.stated))
    said = [f"what was taken for granted of the configuration: {'; '.join(assumed)}"] if assumed else []
    if evidence.works and (refusing := next((hop for hop in hops if _would_refuse(hop)), None)):
        line = refusing.gate or (refusing.sent.by if refusing.sent else None)
        where = f" ({line.place}: `{quoted(line)}`)" if line else ""
        said.append(
            f"the configuration would not let this handshake through{where}: what runs is another one"
        )
    return tuple(said)


def _would_refuse(hop: Configured) -> bool:
    if not hop.whole or hop.undecided:
        return False
    return hop.answered is not None or (hop.sent is not None and hop.sent.upgrades is False)


def way(evidence: Evidence) -> tuple[str, ...]:
    """Say which lines of the configurations take the handshake, hop by hop."""
    said = []
    for hop in evidence.config or ():
        location = hop.route.location.directive if hop.route.location else None
        taken = f"`{quoted(location)}` ({location.place}) takes it" if location else "no location takes it"
        passed = f", and passes it on to {hop.sent.server}" if hop.sent else ""
        said.append(f"configuration: {taken}{passed}")
    return tuple(said)
