"""What logs tell, in words and small charts that every format shows alike; knows no format."""

from collections.abc import Sequence
from datetime import UTC, datetime

from ws101.report import (
    ENDED,
    NAMELESS,
    UNTOLD,
    Account,
    Chronicle,
    Group,
    LogLine,
    LogSource,
    Report,
    Silent,
)
from ws101.terms import Certainty, Hop, StepState

MOST_GROUPS = 12
MOST_LINES = 16
MOST_DOUBTS = 3
_NAMED = 3  # clients or paths of a group; the others are counted
_BARS, _ASCII_BARS = "▁▂▃▄▅▆▇█", ".:-=+*#@"


def moment(time: float | None, *, date: bool = False) -> str:
    """Return a time in UTC to the second, or to the millisecond where it has a part of one; nothing for None."""
    at = _at(time)
    if at is None:
        return ""
    part = f".{at.microsecond // 1000:03}" if at.microsecond >= 1000 else ""
    return f"{at:%Y-%m-%d %H:%M:%S}{part}" if date else f"{at:%H:%M:%S}{part}"


def span(first: float | None, last: float | None, *, zoned: bool = True) -> str:
    """Return from when to when, in UTC, or as it was written where no zone is named; the date once where it is the same."""
    begun, ended = _at(first), _at(last)
    if begun is None or ended is None:
        return ""
    zone = "UTC" if zoned else "as written"
    if int(first or 0) == int(last or 0):
        return f"{begun:%Y-%m-%d %H:%M:%S} {zone}"
    same = begun.date() == ended.date()
    return f"{begun:%Y-%m-%d %H:%M:%S} – {ended:{'%H:%M:%S' if same else '%Y-%m-%d %H:%M:%S'}} {zone}"


def spanned(chronicle: Chronicle) -> str:
    """Return from when to when the handshakes of the logs took place."""
    told = [source.zoned for source in chronicle.sources if source.entries]
    return span(chronicle.first, chronicle.last, zoned=any(told) or not told)


def chart(counts: Sequence[int], *, ascii_only: bool = False) -> str:
    """Return one character for each count, as high as it is against the highest; a blank for none."""
    bars, highest = (_ASCII_BARS if ascii_only else _BARS), max(counts, default=0)
    return "".join(bars[(n * len(bars) - 1) // highest] if n else " " for n in counts)


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun, thousands apart."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def alone(chronicle: Chronicle | None) -> bool:
    """Return whether the logs tell of one handshake only: then what each hop wrote of it is all that there is to tell."""
    return chronicle is not None and sum(group.count for group in chronicle.groups) == 1


def works(group: Group) -> bool:
    """Return whether a group's handshakes reached 101, and nothing is wrong with them."""
    return group.status == 101 and not group.cause


def fate(group: Group) -> StepState:
    """Return whether a group's handshakes passed or failed, or what is not even known."""
    if works(group):
        return StepState.PASSED
    return StepState.UNKNOWN if group.outcome in {UNTOLD, ENDED} and not group.cause else StepState.FAILED


def called(group: Group) -> str:
    """Name what became of a group's handshakes, and why."""
    if group.cause:
        return f"{group.cause}, {group.certainty.value}" if group.certainty else group.cause
    return group.outcome


def since(group: Group, chronicle: Chronicle) -> str:
    """Say when a group's handshakes came, with dates where the logs span more than a day."""
    if group.first is None or group.last is None:
        return "at no time that is told"
    dated = _days(chronicle) > 1
    if group.first == group.last:
        return f"at {moment(group.first, date=dated)}"
    return f"since {moment(group.first, date=dated)}, last {moment(group.last, date=dated)}"


def _days(chronicle: Chronicle) -> int:
    first, last = _at(chronicle.first), _at(chronicle.last)
    return (last.date() - first.date()).days + 1 if first and last else 0


def _at(time: float | None) -> datetime | None:
    """Return a moment; None for what no calendar has."""
    try:
        return None if time is None else datetime.fromtimestamp(time, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def recovered(report: Report) -> str:
    """Say that handshakes work since the last one of the verdict failed, where the logs show that."""
    chronicle = report.chronicle
    if chronicle is None or not chronicle.groups or report.verdict is None:
        return ""
    failing = chronicle.groups[0]
    later = next((g for g in chronicle.groups if works(g) and g.last is not None), None)
    if later is None or failing.last is None or works(failing) or failing.last >= (later.last or 0.0):
        return ""
    dated = _days(chronicle) > 1
    failed, worked = moment(failing.last, date=dated), moment(later.last, date=dated)
    return f"the last one that failed so was at {failed}; others worked, the last at {worked}"


def whom(group: Group) -> str:
    """Name the clients of a group, the most frequent with their numbers."""
    return _named(group.clients, "client", others=group.other_clients)


def whither(group: Group, chronicle: Chronicle) -> str:
    """Name the hosts that a group's handshakes were for, where the logs tell of several."""
    several = len({host for one in chronicle.groups for host, _ in one.hosts}) > 1
    return _named(group.hosts, "host") if several else ""


def where(group: Group) -> str:
    """Name the paths of a group: the only one as it is."""
    if group.outcome == NAMELESS:
        return "no request is named" if group.cause else ""
    if len(group.paths) == 1:
        return group.paths[0][0]
    return _named(group.paths, "path", others=group.other_paths)


def _named(ranked: Sequence[tuple[str, int]], noun: str, *, others: int = 0) -> str:
    if not ranked:
        return ""
    if len(ranked) == 1:
        return f"{noun} {ranked[0][0]}"
    shown = ", ".join(f"{name} ({count:,})" for name, count in ranked[:_NAMED])
    many = f"{len(ranked):,} {noun}s{' or more' if others else ''}"
    return f"{many}: {shown}{', …' if len(ranked) > _NAMED else ''}"


def about(group: Group, chronicle: Chronicle) -> tuple[str, ...]:
    """Say of a group's handshakes when they came, for which host, whose they are, and at which path; what is not known is left out."""
    told = (since(group, chronicle), whither(group, chronicle), whom(group), where(group))
    return tuple(part for part in told if part)


def told(source: LogSource) -> str:
    """Say what was read of a source."""
    said = [
        *([] if source.passed_over else [counted(source.lines, "line")]),
        f"{source.entries:,} of handshakes"
        if source.entries
        else f"none of {'another' if source.ours else 'a'} handshake",
    ]
    if source.ours:
        said.insert(-1, f"{source.ours:,} of ws101's own, left out")
    if not source.entries and (covered := span(source.first, source.last, zoned=source.zoned)):
        said.append(covered)
    if source.unknown:
        said.append(f"{source.unknown:,} in no known format")
    if source.passed_over:
        said.append(f"{size(source.passed_over)} passed over without a sign of one")
    if source.offset is not None and abs(source.offset) >= 1:
        side = "ahead" if source.offset > 0 else "behind"
        said.append(f"its clock is {_spent(round(abs(source.offset)))} {side}")
    return ", ".join(said)


def _spent(seconds: int) -> str:
    """Return a length of time in its two largest units."""
    parts = [(seconds // 3600, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    first = next((at for at, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count)


def size(count: int) -> str:
    """Return a number of bytes as people read it."""
    for unit, power in (("GiB", 30), ("MiB", 20), ("KiB", 10)):
        if count >= 1 << power:
            return f"{count / (1 << power):.1f} {unit}"
    return counted(count, "byte")


def kind(source: LogSource) -> str:
    """Say whose log a source is."""
    return " ".join(word for word in (source.hop.value if source.hop else "", source.format) if word)


def beside(report: Report) -> tuple[str, ...]:
    """Say of which handshake the account is, where there are more, or when it was; and by what its lines were joined."""
    account, chronicle = report.account, report.chronicle
    if account is None:
        return ()
    many = chronicle is not None and bool(chronicle.groups) and not alone(chronicle)
    when = spanned(chronicle) if chronicle is not None and not many else ""
    joined = f"joined by {', '.join(account.joined)}" if account.joined else ""
    return tuple(part for part in ("one of them" if many else when, joined) if part)


def silence(silent: Silent, account: Account) -> str:
    """Say what a log without a line of the handshake means; it did get there where that hop, or one behind, wrote of it."""
    if silent.sure:
        hops = tuple(Hop)
        there = any(hops.index(line.hop) >= hops.index(silent.hop) for line in account.lines)
        return f"it has no line of this handshake{'' if there else ', which did not get there'}: {silent.why}"
    return f"{silent.why}; what would show it: {silent.setting}" if silent.setting else silent.why


def in_order(account: Account) -> tuple[LogLine | Silent, ...]:
    """Return what each hop wrote, and which did not, in the order of the wire."""
    hops = tuple(Hop)
    both: list[LogLine | Silent] = [*account.lines, *account.silent]
    return tuple(sorted(both, key=lambda one: hops.index(one.hop)))


def sure(group: Group) -> bool:
    """Return whether the cause of a group is more than possible."""
    return group.certainty is not None and group.certainty is not Certainty.POSSIBLE
