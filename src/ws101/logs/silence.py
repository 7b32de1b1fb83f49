"""Which logs say nothing of a handshake, and whether that is evidence: only where such handshakes were shown to be logged.

Says which setting would make it visible where it is not.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from ws101.logs.concern import bare
from ws101.logs.entry import Entry, Level, Told
from ws101.logs.statement import Kind, kind_of
from ws101.logs.story import Silence
from ws101.logs.strand import Strand
from ws101.logs.witness import Witness
from ws101.terms import Hop

_BETWEEN = frozenset({Hop.PROXY, Hop.CDN})
_LOW = frozenset({Level.DEBUG, Level.INFO})  # from here on, nginx says why it refuses a request
_SETTINGS = {
    ("nginx", Kind.ERROR): "error_log … info;",
    ("nginx", Kind.ACCESS): "access_log … combined;",
    ("openresty", Kind.ERROR): "error_log … info;",
    ("openresty", Kind.ACCESS): "access_log … combined;",
    ("apache", Kind.ERROR): "LogLevel info",
    ("apache", Kind.ACCESS): "CustomLog … combined",
    ("caddy", Kind.ERROR): "debug, in Caddy's global options",
    ("caddy", Kind.ACCESS): "log, in the site's block",
    ("traefik", Kind.ERROR): "log.level: DEBUG",
    ("traefik", Kind.ACCESS): "accessLog: {}",
    ("haproxy", Kind.ERROR): "option httplog, without option dontlognull",
    ("haproxy", Kind.ACCESS): "option httplog, without option dontlognull",
    ("envoy", Kind.ERROR): "--component-log-level http:debug",
    ("envoy", Kind.ACCESS): "access_log of the HTTP connection manager",
}
_TIMES_AS_MANY = 50  # requests at a proxy, files among them, to one that its server's log has
_NOT_EVERY = "it lacks lines of handshakes that are known to have come there"
_OF_SERVERS = "a line for every request, written before the router and authentication see it"


def silences(one: Strand, entries: Sequence[Entry], witnesses: Sequence[Witness]) -> tuple[Silence, ...]:
    """Return the logs of other hops that have no line of this handshake, in the order of the wire."""
    if any(entry.status == 101 for entry in entries):
        return ()  # an open socket's line may be still to come
    found: dict[tuple[object, ...], Silence] = {}
    for witness in witnesses:
        if not _matters(witness, one, entries):
            continue
        key = (list(Hop).index(witness.hop), witness.source, _kind(witness))
        silence = _silent(witness, one, entries, witnesses)
        if key not in found or _weight(silence) > _weight(found[key]):
            found[key] = silence
    return tuple(found[key] for key in sorted(found, key=repr))


def belied(one: Strand, entries: Sequence[Entry], witnesses: Sequence[Witness]) -> Iterator[Witness]:
    """Yield the access logs that were taken to have every request, and have no line of this one, which came to their program."""
    if any(entry.status == 101 for entry in entries):
        return
    for witness in witnesses:
        here = [e for e in entries if e.place.source == witness.source and e.hop is witness.hop]
        arrived = any(e.told in {Told.SEEN, Told.ANSWERED} for e in here)
        missing = all(e.format != witness.format for e in here) and witness.source not in one.near
        if witness.every and arrived and missing and witness.covers(one.end):
            yield witness


def recalled(found: Silence) -> Silence:
    """Return a silence of a log that was taken to have every request, and has not."""
    return replace(found, sure=False, why=_NOT_EVERY, setting=setting(found.witness))


def _weight(silence: Silence) -> tuple[bool, bool, int]:
    """Which of several formats of one log tells most by its silence."""
    return silence.sure, bool(silence.witness.competent), silence.witness.lines


def _kind(witness: Witness) -> Kind:
    """A proxy's error log is a log of its own; a server writes both into one."""
    return kind_of(witness) if witness.hop in _BETWEEN else Kind.ACCESS


def _matters(witness: Witness, one: Strand, entries: Sequence[Entry]) -> bool:
    """Whether a line of the handshake could be expected here that is not there: not where it may have one."""
    if witness.hop not in {*_BETWEEN, Hop.SERVER, Hop.AUTH} or witness.source in one.near:
        return False
    here = [entry for entry in entries if entry.hop is witness.hop]
    if any(e.place.source == witness.source and e.format == witness.format for e in here):
        return False
    if witness.hop in _BETWEEN:
        same = [e for e in here if e.software == witness.software]
        return not here or bool(same) or _kind(witness) is Kind.ACCESS
    return not here


def _silent(witness: Witness, one: Strand, entries: Sequence[Entry], witnesses: Sequence[Witness]) -> Silence:
    unseen = _unseen(witness, one)
    why = unseen or _unlogged(witness, entries, witnesses)
    if why is None and (beyond := _passed_on(witness, entries)):
        why = f"{beyond} has one, further in: it went another way, or that line is of another handshake"
        return Silence(witness, sure=False, why=why)
    if why is None:
        return Silence(witness, sure=True, why=_shown(witness))
    return Silence(witness, sure=False, why=why, setting="" if unseen else setting(witness))


def setting(witness: Witness) -> str:
    """Return what would make such a handshake visible in this log."""
    if witness.hop not in _BETWEEN:
        return _OF_SERVERS
    return _SETTINGS.get(
        (witness.software, kind_of(witness)), "a line for every request, also for those refused at once"
    )


def _unseen(witness: Witness, one: Strand) -> str | None:
    """Return why the log may not have been read where the line would stand, None where it was."""
    if witness.first is None or witness.last is None:
        return "its lines have no times"
    if one.span is None:
        return "no record of the handshake has a time that can be compared"
    ahead = witness.offset or 0.0
    if witness.covers(one.end) or witness.covers(max(one.begin, one.end - 60.0)):
        return None
    if one.end + ahead > witness.last:
        return f"its last line is from {_clock(witness.last)}, before the handshake"
    return f"its first line is from {_clock(witness.first)}, after the handshake"


def _unlogged(witness: Witness, entries: Sequence[Entry], witnesses: Sequence[Witness]) -> str | None:
    """Return why the log might not have a line of such a handshake, None where it was shown to write one."""
    if _kind(witness) is Kind.ERROR:
        if witness.level in _LOW:
            return None
        lowest = (
            f"the lowest level that it is known to write is {witness.level}"
            if witness.level
            else "its level is not known"
        )
        return f"{lowest}, and why a request is refused is often said at info"
    if witness.competent is False:
        return f"the configuration turns it off: {'; '.join(witness.settings)}"
    if witness.settings and witness.competent:
        return None
    if witness.every:
        return _picked(witness, witnesses)
    if not witness.competent:
        return "no handshake or other request that was answered was seen in it"
    path = next((bare(entry.path) for entry in entries if entry.path), "")
    if path not in witness.paths:
        return f"no request of {path or 'this kind'} was seen in it"
    if witness.hop in _BETWEEN:
        return None
    return "it was only seen to log handshakes, and not requests that lost their upgrade on the way"


def _picked(witness: Witness, witnesses: Sequence[Witness]) -> str | None:
    """Return why a server's log of requests may not have every one: the proxy before it has so many more."""
    if witness.hop in _BETWEEN:
        return None
    before = (w for w in witnesses if w.hop in _BETWEEN and _kind(w) is Kind.ACCESS)
    most = max(before, key=lambda w: w.lines, default=witness)
    if most.lines <= witness.lines * _TIMES_AS_MANY:
        return None
    many = most.lines // max(witness.lines, 1)
    return f"it has one request's line for some {many:,} of {most.source}, so it may not have one of each"


def _passed_on(witness: Witness, entries: Sequence[Entry]) -> str:
    """Return the log of a hop further in that has a line, where this one has a line for every request that it passes on."""
    if _kind(witness) is Kind.ERROR:
        return ""
    order = tuple(Hop)
    behind = order[order.index(witness.hop) + 1 :]
    seen = (e.place.source for e in entries if e.hop in behind and e.told is not Told.MEANT)
    return next(seen, "")


def _shown(witness: Witness) -> str:
    if witness.settings:
        return f"the configuration says that it logs them: {'; '.join(witness.settings)}"
    if _kind(witness) is Kind.ERROR:
        return f"it writes from {witness.level} on"
    return (
        "it was seen to log every request" if witness.every else "it was seen to log handshakes at this path"
    )


def _clock(time: float) -> str:
    try:
        return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return "another time"
